#include "runtime/alert/markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "runtime/alert/json_escape.h"
#include "runtime/event/utf8.h"

namespace stoop {
namespace {

size_t longest_run_of_backticks(std::string_view text) {
    size_t longest = 0, run = 0;
    for (char c : text) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
    return longest;
}

uint32_t code_of(std::string_view character) {
    auto code = static_cast<unsigned char>(character[0]) & (0x7Fu >> (character.size() - 1));
    for (char c : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3F);
    return code;
}

// DEL and the second set of control characters, line separators, marks of direction, and characters of no
// width.
bool is_hidden(uint32_t code) {
    return (code >= 0x7F && code <= 0x9F) || code == 0xAD || code == 0x61C || code == 0x180E ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || (code >= 0xE0000 && code <= 0xE0FFF);
}

// One character.
void append_visible(std::string_view character, std::string& out) {
    uint32_t code = code_of(character);
    auto end = std::back_inserter(out);
    if (!is_hidden(code))
        out += character;
    else if (code < 0x10000)
        fmt::format_to(end, "\\u{:04x}", code);
    else  // the two halves that JSON makes of it
        fmt::format_to(end, "\\u{:04x}\\u{:04x}", 0xD7C0 + (code >> 10), 0xDC00 + (code & 0x3FF));
}

std::string on_one_line(std::string_view text) {
    std::string out;
    for (Utf8Step step; !text.empty(); text.remove_prefix(step.size)) {
        step = step_utf8(text);
        std::string_view character = text.substr(0, step.size);
        // Quotes need no escape here.
        bool as_json = !step.valid || character == "\\" || static_cast<unsigned char>(character[0]) < 0x20;
        as_json ? append_json_escaped(character, out) : append_visible(character, out);
    }
    return out;
}

// Not in the middle of a character.
std::string_view first_bytes(std::string_view text, size_t longest) {
    if (text.size() <= longest) return text;
    for (int more = 3; more > 0 && longest > 0 && !starts_character(text[longest]); --more) --longest;
    return text.substr(0, longest);
}

}  // namespace

void append_code_span(std::string_view text, size_t longest, std::string& out) {
    std::string_view shown = first_bytes(text, longest);
    std::string visible = on_one_line(shown);
    if (shown.size() < text.size()) visible += "…";
    std::string fence(longest_run_of_backticks(visible) + 1, '`');
    // A blank on either side is not part of the text; it keeps backticks apart from the fence.
    bool pad = visible.empty() || visible.front() == '`' || visible.back() == '`' || visible.front() == ' ' ||
               visible.back() == ' ';
    std::string_view blank = pad ? " " : "";
    out += fence;
    out += blank;
    out += visible;
    out += blank;
    out += fence;
}

void append_json_block(std::string_view text, std::string& out) {
    std::string fence(std::max<size_t>(longest_run_of_backticks(text) + 1, 3), '`');
    out += fence;
    out += "json\n";
    for (size_t size; !text.empty(); text.remove_prefix(size)) {
        size = step_utf8(text).size;
        append_visible(text.substr(0, size), out);
    }
    out += '\n';
    out += fence;
    out += '\n';
}

}  // namespace stoop
