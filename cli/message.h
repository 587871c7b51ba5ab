// SPDX-License-Identifier: Apache-2.0
// What the commands print, but for alerts (cli/output_file). Names and values among the arguments are made
// harmless (runtime/base/printable.h).
#pragma once

#include "runtime/base/printable.h"

namespace stoop::cli {

// Messages on standard error. One that cannot be written (a full disk, a reader that went away) is lost, and
// nothing else happens: the work goes on. Any thread.
void write_message(std::string_view text);  // as it is

template <typename... Args>
void message(fmt::format_string<detail::Printable<Args>...> format, Args&&... args) {
    write_message(format_printable(format, std::forward<Args>(args)...));
}

// Results on standard output. Throws std::system_error if they cannot be written.
void write_output(std::string_view text);  // as it is: a document, or lines that were made by `print`'s means

template <typename... Args>
void print(fmt::format_string<detail::Printable<Args>...> format, Args&&... args) {
    write_output(format_printable(format, std::forward<Args>(args)...));
}

}  // namespace stoop::cli
