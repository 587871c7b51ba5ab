// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/printable.h"

#include <algorithm>
#include <iterator>

#include "runtime/base/utf8.h"

namespace stoop {
namespace {

// Control characters, line separators, marks of direction, characters of no width, and codes that are no
// characters.
bool is_hidden(uint32_t code) {
    struct Range {
        uint32_t first, last;
    };
    // Controls, what Unicode lets programs not show at all (Default_Ignorable_Code_Point), what turns the
    // direction of writing or separates lines, and what is no character. A braille cell without a dot looks
    // like a blank.
    static constexpr Range kRanges[] = {
        {0x00, 0x1F},       {0x7F, 0x9F},     {0xAD, 0xAD},     {0x34F, 0x34F},     {0x61C, 0x61C},
        {0x115F, 0x1160},   {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x200B, 0x200F},   {0x2028, 0x202E},
        {0x2060, 0x206F},   {0x2800, 0x2800}, {0x3164, 0x3164}, {0xFDD0, 0xFDEF},   {0xFE00, 0xFE0F},
        {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
        {0xE0000, 0xE0FFF},
    };
    auto range = std::partition_point(std::begin(kRanges), std::end(kRanges),
                                      [&](const Range& r) { return r.last < code; });
    return (code & 0xFFFE) == 0xFFFE || (range != std::end(kRanges) && range->first <= code);
}

void append_escape(uint32_t code, std::string& out) {
    constexpr std::string_view kShort = "\b\t\n\f\r", kLetters = "btnfr";
    auto end = std::back_inserter(out);
    if (size_t at = code < 0x20 ? kShort.find(static_cast<char>(code)) : kShort.npos; at != kShort.npos)
        fmt::format_to(end, "\\{}", kLetters[at]);
    else if (code < 0x10000)
        fmt::format_to(end, "\\u{:04x}", code);
    else  // the two halves that JSON makes of it
        fmt::format_to(end, "\\u{:04x}\\u{:04x}", 0xD7C0 + (code >> 10), 0xDC00 + (code & 0x3FF));
}

}  // namespace

std::string printable(std::string_view text) {
    auto plain = [](char c) { return c >= 0x20 && c < 0x7F; };
    auto first = std::find_if_not(text.begin(), text.end(), plain);
    std::string out(text.begin(), first);
    text.remove_prefix(out.size());
    for (Utf8Step step; !text.empty(); text.remove_prefix(step.size)) {
        step = step_utf8(text);
        std::string_view character = text.substr(0, step.size);
        if (!step.valid)
            out += "\uFFFD";
        else if (uint32_t code = decode_utf8(character); is_hidden(code))
            append_escape(code, out);
        else
            out += character;
    }
    return out;
}

std::string printable_lines(std::string_view text) {
    std::string out;
    for (size_t begin = 0, end; begin <= text.size(); begin = end + 1) {
        end = std::min(text.find('\n', begin), text.size());
        out += printable(text.substr(begin, end - begin));
        if (end < text.size()) out += '\n';
    }
    return out;
}

}  // namespace stoop
