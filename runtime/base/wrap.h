// SPDX-License-Identifier: Apache-2.0
// Breaking of lines for terminals.
#pragma once

#include <string>
#include <string_view>

namespace stoop {

// Breaks the text at blanks so that no line has more than `width` characters (code points), if that is
// possible; 0 means no limit. A word that is longer than a line is broken where the line ends. All lines but
// the first begin with `indent`. Line feeds in the text stay.
std::string wrapped(std::string_view text, size_t width, std::string_view indent);

}  // namespace stoop
