// SPDX-License-Identifier: Apache-2.0
// The files that the patterns of a project file stand for. `*`, `?` and `[...]` match within a name, `**` any
// number of folders; a pattern without them is a file, or a folder with all that lies below it. Hidden
// folders are left out, as links to folders are.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/limits.h"
#include "runtime/base/root.h"

namespace stoop {

// Of a path and a pattern with `/` between the names.
bool matches_pattern(std::string_view path, std::string_view pattern);

struct MatchedFiles {
    std::vector<std::string> paths;  // relative to the folder, sorted
    std::string problem;             // why they cannot be told, or empty
};

// The files of one folder. Each folder below it is listed once, and only if a pattern asks for it.
class FilePatterns {
  public:
    FilePatterns(std::string folder, const Limits& limits)
        : folder_(std::move(folder)), left_(limits[Limit::ProjectFiles]), most_(left_) {}

    MatchedFiles match(const std::string& pattern);

  private:
    const std::vector<std::string>& below(const std::string& folder, std::string& problem);

    std::string folder_;
    uint64_t left_, most_;
    std::map<std::string, std::vector<std::string>> listed_;
};

}  // namespace stoop
