// SPDX-License-Identifier: Apache-2.0
// Runs commands as a user would, in a folder of their own.
#pragma once

#include <filesystem>
#include <string>

namespace stoop::tests {

struct Outcome {
    std::string out;
    std::string err;
    int exit = 0;  // 128 + the signal if one ended it
};

// The summary of a run without what differs each time: "N s, N events/s".
std::string without_times(const std::string& text);

// An empty folder, removed with all that is in it when it goes out of scope.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// An empty folder, with `rules` and `fixtures` of the checkout in it; removed when it goes out of scope.
class WorkFolder {
  public:
    WorkFolder();
    const std::filesystem::path& path() const { return folder_.path(); }

    // Runs a shell command here. `stoop` is the program under test, its cache is this folder's own, times are
    // UTC.
    Outcome run(const std::string& command) const;

  private:
    TemporaryFolder folder_, capture_;
};

}  // namespace stoop::tests
