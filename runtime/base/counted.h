// SPDX-License-Identifier: Apache-2.0
// A number of things, for people: `1 event`, `2 events`.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace stoop {

// `noun`: one of them; its plural ends in s.
inline std::string counted(uint64_t number, std::string_view noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

}  // namespace stoop
