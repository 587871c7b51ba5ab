// SPDX-License-Identifier: Apache-2.0
// What is known of the terminal that output goes to.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace stoop::cli {

// Its columns; 0 if the descriptor is no terminal, or one that does not say.
size_t terminal_width(int descriptor);

// Prints a result of one line, broken where the terminal ends; the lines that follow are indented.
void print_wrapped(const std::string& line, size_t indent);

// Standard input among the paths is a terminal: says that what is typed there is read.
void say_if_typed(const std::vector<std::string>& paths, const char* what, bool quiet);

}  // namespace stoop::cli
