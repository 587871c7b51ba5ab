// Comparisons of text (spec: condition-language.md §10.2 to §10.4). Bytes, ASCII case only, no allocation
// except where the C library needs a terminated string.
#pragma once

#include <string_view>

namespace stoop {

bool contains(std::string_view text, std::string_view part);
bool contains_ignoring_case(std::string_view text, std::string_view part);

// fnmatch over the whole text: `*` crosses `/`, `?` is one byte.
bool glob(std::string_view text, std::string_view pattern, bool ignore_case);

char ascii_lower(char c);
char ascii_upper(char c);

}  // namespace stoop
