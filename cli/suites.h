// The tests named on the command line, for the commands that run them.
#pragma once

#include "cli/command.h"
#include "testing/run.h"

namespace stoop::cli {

void add_test_paths(CLI::App& command, std::vector<std::string>& paths);
void add_filter_option(CLI::App& command, std::string& filter);

// Null, with `exit` set and every problem printed, if something is not valid. No paths: the current folder.
std::unique_ptr<Suite> load_tests(const std::vector<std::string>& paths, const std::string& filter,
                                  const Global& global, int& exit);

// Events of tests that are none; false if there are any.
bool print_bad_events(const Suite& suite, const std::vector<TestResult>& results, const Global& global);

}  // namespace stoop::cli
