// SPDX-License-Identifier: Apache-2.0
// The root: the folder below which files lie that an untrusted file may name. A test file of a stranger's
// repository names rules and events; they are read only if they are regular files below the root after links
// are followed, and not part of a git repository's own data (interface.md, "The root").
//
// What is checked is the descriptor that is then read: the path is resolved, and the result is walked from a
// descriptor of the root without following any link. Immutable; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "runtime/base/file.h"

namespace stoop {

class Root {
  public:
    // The root of a run: `given` (--root), or the folder of the project file, or the top of the git
    // repository that holds the working directory, or the working directory; empty texts are none. Nothing,
    // and `error` set, if there is no such folder.
    static std::optional<Root> of_run(const std::string& given, const std::string& project,
                                      std::string& error);
    // For a test file, or a folder of them, that the user named: the root of the run if that was given or
    // holds it, else the top of the git repository that holds it, else its folder.
    Root for_tests(const std::string& path) const;

    // Without links. As messages show it.
    const std::string& path() const { return path_; }
    std::string shown() const;

    // A regular file that was opened for reading, or why not.
    struct File {
        Descriptor descriptor;
        bool missing = false;  // there is no such file
        std::string path;      // without links
        std::string problem;
    };
    // A file that an untrusted file names. Whether something outside the root exists does not show.
    File open(const std::string& path) const;
    // The folder of a file that the user named and that is to be replaced. No link below the root may lead
    // there.
    File open_folder_of(const std::string& path) const;
    // Whether the file that a path stands for lies below the root.
    bool holds(const std::string& path) const;

    // Messages quote what the user named, unless somebody else may have chosen what that is: why they must
    // not quote this file, or an empty text.
    std::string why_not_quoted(const std::string& path) const;

  private:
    Root(std::string path, bool given);
    std::optional<std::string> below(const std::string& real_path) const;
    std::string resolve(const std::string& path, File& out) const;
    Descriptor walk(const std::string& below_root, std::string& problem) const;

    std::string path_;
    bool given_ = false;
    std::shared_ptr<const Descriptor> folder_;
};

}  // namespace stoop
