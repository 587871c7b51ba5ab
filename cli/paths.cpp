#include "cli/paths.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace stoop::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestRuleFile = size_t{256} << 20;

bool belongs(const fs::path& path, FolderOf kind) {
    std::string name = path.filename().string();
    auto ends = [&](const char* suffix) { return name.ends_with(suffix); };
    if (kind == FolderOf::Events) return ends(".jsonl") || ends(".json");
    bool test = ends("_test.yaml") || ends(".test.yaml") || ends("_test.yml") || ends(".test.yml");
    return (ends(".yaml") || ends(".yml")) && !test;
}

}  // namespace

std::vector<FoundPath> find_files(const std::vector<std::string>& paths, FolderOf kind) {
    std::vector<FoundPath> out;
    for (const std::string& path : paths) {
        std::error_code error;
        if (path == "-" || !fs::is_directory(path, error)) {
            out.push_back({path, ""});
            continue;
        }
        std::vector<std::string> files;
        for (const auto& entry : fs::directory_iterator(path, error))
            if (std::error_code ignored; entry.is_regular_file(ignored) && belongs(entry.path(), kind))
                files.push_back(entry.path().string());
        if (error)
            out.push_back({path, error.message()});
        else if (files.empty())
            out.push_back({path, kind == FolderOf::Rules ? "the folder holds no *.yaml or *.yml files"
                                                         : "the folder holds no *.jsonl or *.json files"});
        std::sort(files.begin(), files.end());
        for (std::string& file : files) out.push_back({std::move(file), ""});
    }
    return out;
}

bool read_file(const std::string& path, std::string& text, std::string& error) {
    std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
    if (!file) {
        error = std::strerror(errno);
        return false;
    }
    char buffer[1 << 16];
    errno = 0;
    while (size_t got = std::fread(buffer, 1, sizeof buffer, file)) {
        text.append(buffer, got);
        if (text.size() > kLargestRuleFile) break;
    }
    if (std::ferror(file)) error = std::strerror(errno);
    if (text.size() > kLargestRuleFile) error = "larger than 256 MiB";
    if (file != stdin) std::fclose(file);
    return error.empty();
}

std::string display_name(const std::string& path) { return path == "-" ? "<stdin>" : path; }

}  // namespace stoop::cli
