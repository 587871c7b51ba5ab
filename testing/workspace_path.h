// SPDX-License-Identifier: Apache-2.0
// Paths in reports that a service shows beside the files of a repository.
#pragma once

#include <string>

namespace stoop {

// The path from the top of the repository that GitHub ($GITHUB_WORKSPACE) or GitLab ($CI_PROJECT_DIR) has
// checked out; as it is where neither is set, or it lies outside. Reads the environment and follows links.
// Any thread.
std::string workspace_path(const std::string& path);

}  // namespace stoop
