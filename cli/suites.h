// SPDX-License-Identifier: Apache-2.0
// The tests named on the command line, for the commands that run them.
#pragma once

#include <optional>

#include "cli/command.h"
#include "testing/run.h"

namespace stoop::cli {

// Which tests run, and what they are given.
struct TestChoice {
    std::string filter;              // of names; empty: all
    std::vector<std::string> rules;  // of test files that name none
    AttachedEvents events;
    bool allow_none = false;  // no tests are no error
};

void add_test_paths(CLI::App& command, std::vector<std::string>& paths);
void add_test_choice(CLI::App& command, TestChoice& choice);

// The test files of the paths, in order; no paths mean the current folder. Nothing, and the problem printed,
// if there are none, or a link in a folder leads out of it and of the root.
std::optional<std::vector<std::string>> find_tests(const std::vector<std::string>& paths, bool allow_none,
                                                   const Global& global);

// `exit` is not kOk, and every problem is printed, if something is not valid; then the tests must not be run.
std::unique_ptr<Suite> load_tests(const std::vector<std::string>& files, const TestChoice& choice,
                                  const Global& global, int& exit);

// False, and a message, if there are tests and all of them are skipped.
bool any_ran(const std::vector<TestResult>& results);

// Events of tests that are none; false if there are any.
bool print_bad_events(const Suite& suite, const std::vector<TestResult>& results, const Global& global);

}  // namespace stoop::cli
