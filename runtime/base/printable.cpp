#include "runtime/base/printable.h"

#include <algorithm>
#include <iterator>

#include "runtime/base/utf8.h"

namespace stoop {
namespace {

uint32_t code_of(std::string_view character) {
    auto code = static_cast<unsigned char>(character[0]) & (0x7Fu >> (character.size() - 1));
    for (char c : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3F);
    return code;
}

// Control characters, line separators, marks of direction, characters of no width, and codes that are no
// characters.
bool is_hidden(uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0xAD || code == 0x61C || code == 0x180E ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || (code >= 0xFDD0 && code <= 0xFDEF) ||
           (code & 0xFFFE) == 0xFFFE || (code >= 0xE0000 && code <= 0xE0FFF);
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
        else if (uint32_t code = code_of(character); is_hidden(code))
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
