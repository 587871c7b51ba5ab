// The operators `glob` and `iglob` (spec: condition-language.md §10.4), and the patterns of `pmatch`.
//
// The pattern may come from the event as well as the text, so the time must not depend on how they are made:
// it is linear in the length of the text, times the longest part with a `?`, `\` or bracket between two `*`.
// Reading the pattern is linear in its length. Any thread; nothing is allocated.
#pragma once

#include <string_view>

namespace stoop {

// As fnmatch without flags in the C locale, over the whole text: `*` crosses `/`, `?` is one byte. Either
// ends at its first zero byte. Only the case of ASCII letters is ignored. A `[` that no `]` ends stands for
// itself; fnmatch takes quadratic time for many of them, so from the 16th on every further `[` does.
bool glob(std::string_view text, std::string_view pattern, bool ignore_case);

}  // namespace stoop
