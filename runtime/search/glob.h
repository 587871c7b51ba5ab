// SPDX-License-Identifier: Apache-2.0
// The operators `glob` and `iglob` (spec: condition-language.md §10.4), and the patterns of `pmatch`.
//
// What stands between two `*` is tried at 64 places of the text at once, 512 bytes of it at most: the time is
// linear in the length of the text, and hardly depends on how it is made. Only where a longer part, one with
// a `?`, `\` or bracket, nearly fits everywhere is it the product of both lengths: seconds if both are 60 kB
// of an event and made for that. Reading the pattern is linear in its length. Any thread; nothing is
// allocated.
#pragma once

#include <string_view>

namespace stoop {

// As fnmatch without flags in the C locale, over the whole text: `*` crosses `/`, `?` is one byte. Either
// ends at its first zero byte. Only the case of ASCII letters is ignored. A `[` that no `]` ends stands for
// itself; fnmatch takes quadratic time for many of them, so behind 16 of them every `[` does.
bool glob(std::string_view text, std::string_view pattern, bool ignore_case);

}  // namespace stoop
