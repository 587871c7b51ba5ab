// SPDX-License-Identifier: Apache-2.0
// Bracket expressions of globs, `[a-z]`: what fnmatch makes of them in the C locale (spec:
// condition-language.md §10.4). The tests compare with the C library. Only for expressions that POSIX calls
// undefined the answer may be another one: `[=` that begins no equivalence class, a class as the end of a
// range, and a `[` without end behind which a range, an escape or a symbol `[.` is cut off, or a symbol is
// not one byte. (glob.h has a limit to how many `[` without end a pattern may have.)
//
// Any thread; nothing is allocated. The time is linear in the length of the expression.
#pragma once

#include <bitset>
#include <cstddef>
#include <string_view>

namespace stoop {

using ByteSet = std::bitset<256>;

// Where the expression that begins at pattern[at], a `[`, ends: behind its `]`. If it has none, npos: the `[`
// stands for itself.
size_t bracket_end(std::string_view pattern, size_t at);

// The bytes that it matches, if it has an end.
ByteSet bracket_bytes(std::string_view pattern, size_t at, bool ignore_case);

}  // namespace stoop
