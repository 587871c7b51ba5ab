// SPDX-License-Identifier: Apache-2.0
// What a change of a project file changes, key by key, for people who have to agree to it.
#pragma once

#include <string>
#include <vector>

#include "compiler/project/project_file.h"

namespace stoop {

struct ProjectChange {
    std::string rule_set;  // empty for the warnings
    std::string key, before, after;
    bool drops_gates = false;  // the set is gone, and what it demanded with it
};
std::vector<ProjectChange> project_changes(const ProjectFile& before, const ProjectFile& after);

}  // namespace stoop
