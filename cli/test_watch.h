// SPDX-License-Identifier: Apache-2.0
// stoop test --watch: runs tests again when what they read changes.
//
// Watched are the test files, their rules and events, and the folders on the command line, in which new files
// are taken up. Only the tests run that read what changed.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/suites.h"

namespace stoop::cli {

struct TestRun {
    int exit = kOk;
    std::vector<std::unique_ptr<Suite>> suites;  // what was loaded, which says what is read
};
using RunTests = std::function<TestRun(const std::vector<std::string>& files, const TestChoice& choice)>;

// Runs the test files, and those of them again that are concerned by a change, until it is interrupted.
// `paths` are the files and folders on the command line; none: the folder of the
// project, or the working directory.
int watch_tests(const std::vector<std::string>& files, const std::vector<std::string>& paths,
                const TestChoice& choice, const Global& global, const RunTests& run_tests);

}  // namespace stoop::cli
