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

std::string encode_utf8(uint32_t code);

}  // namespace stoop
