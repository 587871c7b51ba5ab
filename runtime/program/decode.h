// SPDX-License-Identifier: Apache-2.0
// Reads what encode.h writes. The bytes may come from anywhere: every length and number is checked, and so is
// that the program is one that matches events safely (well_formed.h). Time and memory are linear in the size
// of the input. What is decoded and encoded again gives the same bytes. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/program/program.h"

namespace stoop {

// Nothing, and an `error` that says why, if the bytes are no program of this version.
std::optional<Program> decode(std::string_view bytes, std::string& error);

}  // namespace stoop
