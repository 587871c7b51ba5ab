// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/wrap.h"

#include "runtime/base/utf8.h"

namespace stoop {
namespace {

// The bytes of the first `characters` of the text.
size_t bytes_of(std::string_view text, size_t characters) {
    size_t at = 0;
    for (; characters > 0 && at < text.size(); --characters) do
            ++at;
        while (at < text.size() && !starts_character(text[at]));
    return at;
}

}  // namespace

std::string wrapped(std::string_view text, size_t width, std::string_view indent) {
    if (width == 0) return std::string(text);
    constexpr size_t kLeast = 8;  // characters of text in a line
    std::string out;
    std::string_view before;  // what this line begins with
    while (!text.empty()) {
        size_t taken = count_characters(before);
        size_t room = bytes_of(text, width > taken + kLeast ? width - taken : kLeast);
        size_t feed = text.substr(0, room + 1).find('\n');
        size_t end = room, next = room;
        if (feed != text.npos) {
            end = feed, next = feed + 1;
        } else if (room < text.size()) {
            // Blanks at the beginning of the line are indentation.
            size_t word = text.find_first_not_of(' ');
            size_t blank = text.rfind(' ', room);
            if (blank != text.npos && word != text.npos && blank > word)
                end = text.find_last_not_of(' ', blank) + 1, next = blank + 1;
        }
        out.append(before).append(text.substr(0, end));
        text.remove_prefix(next);
        if (feed == text.npos)
            while (text.starts_with(' ')) text.remove_prefix(1);
        if (!text.empty() || feed != text.npos) out += '\n';
        before = indent;
    }
    return out;
}

}  // namespace stoop
