// SPDX-License-Identifier: Apache-2.0
// The tests named on the command line, for the commands that run them.
#pragma once

#include <map>
#include <optional>

#include "cli/command.h"
#include "testing/reported_problem.h"
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
// Or, where a document is to hold it, added to `problems`.
std::optional<std::vector<std::string>> find_tests(const std::vector<std::string>& paths, bool allow_none,
                                                   const Global& global,
                                                   std::vector<ReportedProblem>* problems = nullptr);

// The tests of a rule set of the project, or those that belong to none, with what is global for them.
struct TestSet {
    Global global;
    std::vector<std::string> files;
};
// The test files of the paths by rule set; no paths mean those of the project, without one the current
// folder.
// Nothing if there are none to be run: then `exit` says why, kInvalid for a project that is wrong.
std::optional<std::vector<TestSet>> find_test_sets(const std::vector<std::string>& paths,
                                                   const TestChoice& choice, const Global& global, int& exit,
                                                   std::vector<ReportedProblem>* problems = nullptr);

// `exit` is not kOk if something is not valid; then the tests must not be run. Every problem is printed, or,
// where a document is to hold them, added to `problems`.
std::unique_ptr<Suite> load_tests(const TestSet& set, const TestChoice& choice, int& exit,
                                  std::vector<ReportedProblem>* problems = nullptr);
// After all sets: what is wrong if there are no tests at all; else empty.
std::string no_tests_text(size_t tests, const TestChoice& choice);

// What is wrong if there are tests and all of them are skipped; else empty.
std::string none_ran_text(const std::vector<TestResult>& results, const TestChoice& choice);

// A problem without a place or a code of its own.
ReportedProblem gate_problem(std::string text);

// What is wrong with the events of tests that are invalid, by test.
std::multimap<size_t, Diagnostic> bad_events(const Suite& suite, const std::vector<TestResult>& results,
                                             const Global& global);
// Prints them; false if there are any.
bool print_bad_events(const Suite& suite, const std::vector<TestResult>& results, const Global& global);

}  // namespace stoop::cli
