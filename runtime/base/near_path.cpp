// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/near_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "runtime/base/nearest.h"

namespace stoop {
namespace {

namespace fs = std::filesystem;

// What the folder holds that has nearly this name; empty if it holds nothing of the kind.
std::string near_name(const fs::path& folder, const std::string& name) {
    constexpr size_t kMost = 1000;  // names that are looked at
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator at(folder.empty() ? fs::path(".") : folder, error), end;
         !error && at != end && names.size() < kMost; at.increment(error))
        names.push_back(at->path().filename().string());
    std::sort(names.begin(), names.end());
    std::string near = nearest(name, {names.begin(), names.end()});
    return near.empty() ? "" : (folder / near).string();
}

}  // namespace

std::string help_for_missing_file(const std::string& path) {
    std::error_code error;
    fs::path folder = fs::path(path).parent_path();
    if (path.starts_with('~')) return "the shell puts a folder for '~' only where it begins an unquoted word";
    if (!folder.empty() && !fs::is_directory(folder, error)) {
        std::string near = near_name(folder.parent_path(), folder.filename().string());
        return near.empty() ? fmt::format("there is no folder {}", folder.string())
                            : fmt::format("there is no folder {}; did you mean '{}'?", folder.string(), near);
    }
    if (path.find_first_of("*?[") != path.npos)
        return "no file matches: the shell hands a pattern without matches on as it is";
    std::string near = near_name(folder, fs::path(path).filename().string());
    if (!near.empty()) return fmt::format("did you mean '{}'?", near);
    return path.find(',') != path.npos ? "several files are separated by blanks"
                                       : "check the path; a relative one counts from the working directory";
}

}  // namespace stoop
