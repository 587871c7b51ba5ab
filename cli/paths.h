// SPDX-License-Identifier: Apache-2.0
// Paths on the command line: files, folders, and `-` for standard input (interface.md, "Commands").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/file.h"

namespace stoop::cli {

enum class FolderOf { Rules, Events, Tests };

struct FoundPath {
    std::string path;
    std::string error{};   // why it cannot be read, or empty
    std::string folder{};  // that it was found in; empty if it was named itself
    bool empty = false;    // the error is that the folder has no such files
};

// Whether a folder's file of this name is one of them.
bool is_named_like(const std::string& path, FolderOf kind);

// Folders become their files, sorted by path: with the folders below `*.yaml` and `*.yml` but not tests, or
// `*_test.yaml` and `*.test.yaml`; without them `*.jsonl` and `*.json`.
std::vector<FoundPath> find_files(const std::vector<std::string>& paths, FolderOf kind);

// The bytes of all files; 0 if that cannot be told, as of a pipe.
uint64_t size_on_disk(const std::vector<FoundPath>& files);

TextFile read_file(const std::string& path, const Limits& limits);

// As messages show it.
std::string display_name(const std::string& path);

}  // namespace stoop::cli
