// SPDX-License-Identifier: Apache-2.0
#include "runtime/alert/markdown.h"

#include <algorithm>

#include "runtime/base/printable.h"
#include "runtime/base/utf8.h"

namespace stoop {
namespace {

size_t longest_run_of_backticks(std::string_view text) {
    size_t longest = 0, run = 0;
    for (char c : text) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
    return longest;
}

// As JSON writes it between quotes, which need no escape here.
std::string on_one_line(std::string_view text) {
    std::string out;
    for (char c : text) out.append(c == '\\' ? 2 : 1, c);
    return printable(out);
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
    out += printable_lines(text);
    out += '\n';
    out += fence;
    out += '\n';
}

}  // namespace stoop
