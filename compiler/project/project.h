// SPDX-License-Identifier: Apache-2.0
// The project that a run belongs to: its file `stoop.yaml`, and the files that each of its rule sets names,
// once they are known to lie below the root.
//
// The file is somebody else's until the opposite is known: it must belong to the user or to root, and it can
// name only regular files below the root (runtime/base/root.h). Immutable once loaded; any thread.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/project/project_file.h"
#include "runtime/base/root.h"

namespace stoop {

constexpr const char* kProjectFileName = "stoop.yaml";

// The folder of the project file of a folder: its own, or the nearest above it up to the top of the git
// repository. Without links; nothing if there is none.
std::optional<std::string> find_project(const std::string& folder);

// Test files are told by their names: `x_test.yaml`, `x.test.yaml`.
bool is_yaml_name(std::string_view path);
bool is_test_name(std::string_view path);

struct RuleSet {
    const RuleSetDefinition* definition = nullptr;
    // Paths as messages show them, in load order; of the others sorted.
    std::vector<std::string> rules, schemas, tests, bench_events;
    std::set<std::string> own;  // of the rules; empty if the project file does not say

    const std::string& name() const { return definition->name.text; }
    bool is_own(const std::string& rules_path) const { return own.empty() || own.contains(rules_path); }
};

struct Project {
    std::string path;    // of its file, as messages show it
    std::string folder;  // as paths of messages begin; empty for the working directory
    Sources sources;     // that file
    Diagnostics diagnostics;
    ProjectFile file;
    bool is_read = false;  // the file is valid by itself; what it names may be wrong
    std::vector<RuleSet> rule_sets;
};

// The project in `folder`, whose paths are shown relative to the working directory. Errors are among its
// diagnostics.
std::unique_ptr<Project> load_project(const std::string& folder, const Root& root, const Limits& limits);

}  // namespace stoop
