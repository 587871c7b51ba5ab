// SPDX-License-Identifier: Apache-2.0
// Text as it stands between the quotes of a JSON string, as Falco writes it: `"`, `\` and control characters
// escaped, non-ASCII characters as they are, what is not UTF-8 as U+FFFD. Any thread may call it; it
// allocates only where `out` has to grow, and the result is at most six times as long as the text.
#pragma once

#include <string>
#include <string_view>

namespace stoop {

void append_json_escaped(std::string_view text, std::string& out);
// The same with the quotes.
void append_json_string(std::string_view text, std::string& out);
// Escapes what `out` holds from `start` on.
void escape_json_from(size_t start, std::string& out);

}  // namespace stoop
