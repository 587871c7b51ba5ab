// SPDX-License-Identifier: Apache-2.0
// Texts of decimal digits.
#pragma once

#include <algorithm>
#include <string_view>

namespace stoop {

// There is a digit, and there is nothing else.
inline bool all_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace stoop
