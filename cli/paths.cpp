// SPDX-License-Identifier: Apache-2.0
#include "cli/paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "compiler/project/project.h"
#include "runtime/base/file.h"

namespace stoop::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kDeepestFolder = 200;

// Compressed or not.
bool is_events_file(std::string_view name) {
    for (std::string_view suffix : {".gz", ".zst"})
        if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
    return name.ends_with(".jsonl") || name.ends_with(".json");
}

// All files below a folder. Hidden folders hold nothing of ours, and links to folders are not followed.
// Returns why they cannot be found, or an empty text.
template <typename Visit>
std::string walk(const std::string& folder, Visit&& visit) {
    constexpr auto kOptions = fs::directory_options::skip_permission_denied;
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, kOptions, error), end; !error && at != end;
         at.increment(error)) {
        std::error_code ignored;
        if (at.depth() >= kDeepestFolder)
            return fmt::format("folders stand inside each other more than {} deep", kDeepestFolder);
        if (at->is_directory(ignored) && at->path().filename().string().starts_with('.'))
            at.disable_recursion_pending();
        else
            visit(*at);
    }
    return error ? error.message() : "";
}

}  // namespace

bool is_named_like(const std::string& path, FolderOf kind) {
    std::string name = fs::path(path).filename().string();
    if (kind == FolderOf::Events) return is_events_file(name);
    if (kind == FolderOf::Tests) return is_test_name(name);
    return is_yaml_name(name) && !is_test_name(name) && name != kProjectFileName;
}

std::vector<FoundPath> find_files(const std::vector<std::string>& paths, FolderOf kind) {
    std::vector<FoundPath> out;
    for (const std::string& path : paths) {
        std::error_code error;
        if (path == "-" || !fs::is_directory(path, error)) {
            out.push_back({path, ""});
            continue;
        }
        std::vector<std::string> files;
        auto consider = [&](const fs::directory_entry& entry) {
            if (std::error_code ignored;
                entry.is_regular_file(ignored) && is_named_like(entry.path().string(), kind))
                files.push_back((path == "." ? entry.path().lexically_normal() : entry.path()).string());
        };
        std::string problem;
        if (kind == FolderOf::Events) {
            for (const auto& entry : fs::directory_iterator(path, error)) consider(entry);
            if (error) problem = error.message();
        } else {
            problem = walk(path, consider);
        }
        if (!problem.empty())
            out.push_back({path, problem});
        else if (files.empty())
            out.push_back({path,
                           kind == FolderOf::Rules    ? "the folder holds no *.yaml or *.yml files"
                           : kind == FolderOf::Events ? "the folder holds no *.jsonl or *.json files"
                                                      : "no *_test.yaml or *.test.yaml in the folder",
                           "", true});
        std::sort(files.begin(), files.end());
        for (std::string& file : files) out.push_back({std::move(file), "", path});
    }
    return out;
}

uint64_t size_on_disk(const std::vector<FoundPath>& files) {
    uint64_t total = 0;
    for (const FoundPath& found : files) {
        std::error_code error;
        if (found.path == "-" || !fs::is_regular_file(found.path, error)) return 0;
        uint64_t size = fs::file_size(found.path, error);
        if (!error) total += size;
    }
    return total;
}

TextFile read_file(const std::string& path, const Limits& limits) {
    return read_text_file(path == "-" ? "/dev/stdin" : path, limits);
}

std::string display_name(const std::string& path) { return path == "-" ? "<stdin>" : path; }

}  // namespace stoop::cli
