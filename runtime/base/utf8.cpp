// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/utf8.h"

namespace stoop {

std::string encode_utf8(uint32_t code) {
    std::string out;
    auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | code >> 6);
        put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3F));
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    }
    return out;
}

uint32_t decode_utf8(std::string_view character) {
    constexpr unsigned char kBits[] = {0, 0x7F, 0x1F, 0x0F,
                                       0x07};  // of the first byte, by how many there are
    uint32_t out = static_cast<unsigned char>(character[0]) & kBits[character.size()];
    for (char c : character.substr(1)) out = out << 6 | (static_cast<unsigned char>(c) & 0x3F);
    return out;
}

Utf8Step step_utf8(std::string_view text) {
    auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned char first = byte(0);
    if (first < 0x80) return {1, true};
    if (first < 0xC2 || first > 0xF4) return {1, false};
    size_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    // The second byte is limited where a shorter form, a surrogate or a code beyond the last would come out.
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    for (size_t i = 1; i < size; ++i, low = 0x80, high = 0xBF)
        if (i == text.size() || byte(i) < low || byte(i) > high) return {i, false};
    return {size, true};
}

}  // namespace stoop
