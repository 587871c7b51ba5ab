// SPDX-License-Identifier: Apache-2.0
// Texts in others (spec: condition-language.md §10.2, §10.3). Bytes, and the case of ASCII letters only.
//
// Both texts may come from the event, so the time must not depend on how they are made: a search is linear in
// their length. Any thread; nothing is allocated.
#pragma once

#include <cstddef>
#include <string_view>

namespace stoop {

// Where a part begins for the first time; npos if it is not there.
size_t find(std::string_view text, std::string_view part);
size_t find_ignoring_case(std::string_view text, std::string_view part);

bool contains(std::string_view text, std::string_view part);
bool contains_ignoring_case(std::string_view text, std::string_view part);

constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace stoop
