// SPDX-License-Identifier: Apache-2.0
#include "testing/workspace_path.h"

#include <cstdlib>
#include <filesystem>

namespace stoop {

std::string workspace_path(const std::string& path) {
    namespace fs = std::filesystem;
    const char* top = getenv("GITHUB_WORKSPACE");
    if (!top || !*top) top = getenv("CI_PROJECT_DIR");
    if (!top || !*top) return path;
    std::error_code error;
    std::string out =
        fs::weakly_canonical(path, error).lexically_relative(fs::weakly_canonical(top, error)).string();
    return out.empty() || out == ".." || out.starts_with("../") ? path : out;
}

}  // namespace stoop
