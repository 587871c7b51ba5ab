// SPDX-License-Identifier: Apache-2.0
#include "compiler/project/file_patterns.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "runtime/search/glob.h"

namespace stoop {
namespace {

namespace fs = std::filesystem;

constexpr int kDeepestFolder = 200;

bool is_pattern(std::string_view name) { return name.find_first_of("*?[") != name.npos; }

std::vector<std::string_view> names_of(std::string_view path) {
    std::vector<std::string_view> out;
    while (!path.empty()) {
        size_t end = std::min(path.find('/'), path.size());
        std::string_view name = path.substr(0, end);
        if (!name.empty() && name != ".") out.push_back(name);
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return out;
}

// What stands before the first name that is a pattern.
std::string fixed_part(std::string_view pattern) {
    std::string out;
    for (std::string_view name : names_of(pattern)) {
        if (is_pattern(name)) break;
        out += (out.empty() ? "" : "/") + std::string(name);
    }
    return out;
}

bool leads_out(std::string_view pattern) {
    auto names = names_of(pattern);
    return pattern.starts_with('/') || std::find(names.begin(), names.end(), "..") != names.end();
}

}  // namespace

// Which of the first names of the pattern match the first names of the path, name by name.
bool matches_pattern(std::string_view path, std::string_view pattern) {
    auto wanted = names_of(pattern), names = names_of(path);
    std::vector<bool> at(wanted.size() + 1);
    auto skip = [&] {  // `**` also stands for nothing
        for (size_t i = 0; i < wanted.size(); ++i)
            if (at[i] && wanted[i] == "**") at[i + 1] = true;
    };
    at[0] = true;
    skip();
    for (std::string_view name : names) {
        std::vector<bool> next(wanted.size() + 1);
        for (size_t i = 0; i < wanted.size(); ++i) {
            if (!at[i]) continue;
            if (wanted[i] == "**")
                next[i] = true;
            else if (glob(name, wanted[i], false) && (name[0] != '.' || wanted[i][0] == '.'))
                next[i + 1] = true;
        }
        at = std::move(next);
        skip();
    }
    return at.back();
}

const std::vector<std::string>& FilePatterns::below(const std::string& folder, std::string& problem) {
    auto [entry, fresh] = listed_.try_emplace(folder);
    if (!fresh) return entry->second;
    fs::path top = fs::path(folder_) / folder;
    constexpr auto kOptions = fs::directory_options::skip_permission_denied;
    std::error_code error;
    for (fs::recursive_directory_iterator at(top, kOptions, error), end; !error && at != end;
         at.increment(error)) {
        std::error_code ignored;
        bool is_folder = !at->is_symlink(ignored) && at->is_directory(ignored);
        if (is_folder && at->path().filename().string().starts_with('.')) at.disable_recursion_pending();
        if (at.depth() >= kDeepestFolder) problem = "folders stand too deep inside each other";
        if (left_ == 0)
            problem = fmt::format("there are too many files; {}", limit_help(Limit::ProjectFiles, most_));
        if (!problem.empty()) break;
        --left_;
        if (!is_folder && !at->is_directory(ignored))
            entry->second.push_back(at->path().lexically_relative(folder_).string());
    }
    std::sort(entry->second.begin(), entry->second.end());
    return entry->second;
}

MatchedFiles FilePatterns::match(const std::string& pattern) {
    MatchedFiles out;
    if (leads_out(pattern)) {
        out.problem = "it leads out of the folder of the project file";
        return out;
    }
    std::string fixed = fixed_part(pattern);
    std::error_code error;
    if (is_pattern(pattern) && fs::is_regular_file(fs::symlink_status(fs::path(folder_) / pattern, error))) {
        out.paths = {fs::path(pattern).lexically_normal().string()};  // such characters are part of its name
        return out;
    }
    if (!is_pattern(pattern) && !fs::is_directory(fs::path(folder_) / fixed, error)) {
        out.paths = {fixed};  // whether it is there shows when it is opened
        return out;
    }
    for (const std::string& path : below(fixed, out.problem))
        if (!is_pattern(pattern) || matches_pattern(path, pattern)) out.paths.push_back(path);
    return out;
}

}  // namespace stoop
