// SPDX-License-Identifier: Apache-2.0
// A program as bytes: programs that say the same have the same bytes, and others have others. Interning of
// atoms and nodes, equality, digests and the key of cached native code all come from this one encoding;
// decode.h reads it.
//
// Little-endian, fixed widths; lists and texts begin with their length in 32 bits. What follows from other
// members (the type of an operand that is a slot or a transformer) is left out. The first bytes are a magic
// and the version of the format. Linear in the program. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "runtime/program/program.h"

namespace stoop {

constexpr std::string_view kProgramMagic{"stoop\0pr", 8};
constexpr uint32_t kProgramVersion = 1;

std::string encode(const Program& program);

// Appends what an atom compares with what.
void encode(const Atom& atom, std::string& out);
// Appends what a node of the graph joins.
void encode(const ProgramNode& node, std::string& out);

}  // namespace stoop
