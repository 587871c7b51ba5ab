// SPDX-License-Identifier: Apache-2.0
// Numbers on the command line, in decimal digits. The library also takes `0x10`, `010` for eight, and `nan`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/command.h"

namespace stoop::cli {

// `12` or `12.5`; nothing for anything else.
std::optional<double> decimal(std::string_view text);

// Checks of an option's value.
CLI::Validator whole_number(uint64_t least, uint64_t most);
CLI::Validator percent();  // from 0 to 100, without a sign

}  // namespace stoop::cli
