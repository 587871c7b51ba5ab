// Comparisons of text (spec: condition-language.md §10.2 to §10.4). Bytes, and the case of ASCII letters
// only. Nothing here allocates, but for a glob with brackets on a text of 512 bytes or more.
//
// Both texts may come from the event, so the time must not depend on how they are made: a search is linear
// in the length of the text, a glob in that times the longest part with a `?` or `\` between two `*`.
#pragma once

#include <string_view>

namespace stoop {

bool contains(std::string_view text, std::string_view part);
bool contains_ignoring_case(std::string_view text, std::string_view part);

// As fnmatch without flags in the C locale, over the whole text: `*` crosses `/`, `?` is one byte. Either
// ends at its first zero byte.
bool glob(std::string_view text, std::string_view pattern, bool ignore_case);

constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace stoop
