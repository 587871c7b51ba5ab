// SPDX-License-Identifier: Apache-2.0
// A place in a rule file: line and column count from 1, the column in characters.
#pragma once

#include <cstdint>
#include <string>

namespace stoop {

struct Place {
    std::string file;
    uint32_t line = 0;
    uint32_t column = 0;
};

}  // namespace stoop
