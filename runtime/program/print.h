// SPDX-License-Identifier: Apache-2.0
// A program as text, for people: made from the program alone, so a decoded one prints like the one that was
// encoded. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "runtime/program/program.h"

namespace stoop {

// A value as a condition writes it: bare unless that would change how it reads.
std::string literal_text(std::string_view value);

// What an atom compares, as a condition. Values of addresses, networks and bytes are written out.
std::string to_text(const Program& program, const Atom& atom);

// All of it: slots, event types, atoms, the graph, rules. Control characters of names are escaped.
std::string to_text(const Program& program);

}  // namespace stoop
