// SPDX-License-Identifier: Apache-2.0
// Long texts from outside, cut before people or programs get to see them. A value of an event can be
// megabytes long, and a report names it once for every comparison that reads it; what is printed of it is
// bounded here, in one place.
//
// What is cut keeps its beginning, its end, and the part around `focus`, where that is what a comparison is
// about; ` … ` stands for what is left out. Texts of up to kLongestShown bytes stay as they are. A character
// of UTF-8 is never divided. Any thread; costs what is kept.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stoop {

constexpr size_t kLongestShown = 1000;  // bytes

inline bool is_long(std::string_view text) { return text.size() > kLongestShown; }

constexpr size_t kNoFocus = std::string_view::npos;
std::string cut(std::string_view text, size_t focus = kNoFocus);

// `cut`, with the length of a text that is cut behind it: `aaa … zzz (8000000 bytes)`.
std::string excerpt(std::string_view text);

// Only the beginning, of `most` bytes at most: `aaa ...`. For names and values in a message.
std::string cropped(std::string_view text, size_t most);

}  // namespace stoop
