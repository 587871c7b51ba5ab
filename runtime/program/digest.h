// SPDX-License-Identifier: Apache-2.0
// The identity of a program: SHA-256 of its encoding, as 64 hexadecimal digits. Equal programs have equal
// digests, whatever the names of their macros, their comments and the order of keys. Any thread.
#pragma once

#include <string>

#include "runtime/program/program.h"

namespace stoop {

std::string digest(const Program& program);

}  // namespace stoop
