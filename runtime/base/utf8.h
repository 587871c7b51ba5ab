// SPDX-License-Identifier: Apache-2.0
// Counting and cutting UTF-8 text by characters. What is not UTF-8 counts some number of characters, and is
// never read beyond its end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stoop {

inline bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

inline size_t count_characters(std::string_view text) {
    return static_cast<size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

// With blanks behind it, so that it has `width` characters at least.
inline std::string padded(const std::string& text, size_t width) {
    size_t has = count_characters(text);
    return text + std::string(width > has ? width - has : 0, ' ');
}

std::string encode_utf8(uint32_t code);
// Of one character, which is valid.
uint32_t decode_utf8(std::string_view character);

// What `text`, which is not empty, begins with: a character in `size` bytes, or, if it is not UTF-8, the
// bytes that can only be taken for one unreadable character (the longest beginning of a character, else one
// byte).
struct Utf8Step {
    size_t size = 0;
    bool valid = false;
};
Utf8Step step_utf8(std::string_view text);

}  // namespace stoop
