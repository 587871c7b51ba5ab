// SPDX-License-Identifier: Apache-2.0
// Words of the command line that are not known.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace stoop::cli {

// `stoop help COMMAND` and `stoop version` as the options that they stand for.
std::vector<std::string> plain_arguments(int argc, char** argv);

bool is_command(const CLI::App& app, const std::string& word);

// Each prints what is wrong, with what may have been meant.
void report_unknown_command(const CLI::App& app, const std::string& word);
void report_wrong_usage(CLI::App& app, const CLI::ParseError& error);

}  // namespace stoop::cli
