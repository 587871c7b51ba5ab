// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/near_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "runtime/base/nearest.h"

namespace stoop {

std::string help_for_missing_file(const std::string& path) {
    namespace fs = std::filesystem;
    constexpr size_t kMost = 1000;  // names that are looked at
    std::error_code error;
    fs::path folder = fs::path(path).parent_path();
    if (path.starts_with('~')) return "the shell puts a folder for '~' only where it begins an unquoted word";
    if (!folder.empty() && !fs::is_directory(folder, error))
        return fmt::format("there is no folder {}", folder.string());
    if (path.find_first_of("*?[") != path.npos)
        return "no file matches: the shell hands a pattern without matches on as it is";
    std::vector<std::string> names;
    for (fs::directory_iterator at(folder.empty() ? fs::path(".") : folder, error), end;
         !error && at != end && names.size() < kMost; at.increment(error))
        names.push_back(at->path().filename().string());
    std::sort(names.begin(), names.end());
    std::string near = nearest(fs::path(path).filename().string(), {names.begin(), names.end()});
    if (!near.empty()) return fmt::format("did you mean '{}'?", (folder / near).string());
    return path.find(',') != path.npos ? "several files are separated by blanks"
                                       : "check the path; a relative one counts from the working directory";
}

}  // namespace stoop
