// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/excerpt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtime/base/utf8.h"

namespace stoop {
namespace {

// Bytes that are kept; together less than kLongestShown.
constexpr size_t kHead = 600, kTail = 200, kBeforeFocus = 60, kAfterFocus = 120;

// A text that is not UTF-8 is not searched for long.
size_t character_at(std::string_view text, size_t at) {
    for (size_t back = 0; back <= 3 && back <= at && at - back < text.size(); ++back)
        if (starts_character(text[at - back])) return at - back;
    return at;
}

}  // namespace

std::string cut(std::string_view text, size_t focus) {
    if (!is_long(text)) return std::string(text);
    struct Range {
        size_t begin, end;
    };
    std::array<Range, 3> kept = {{{0, kHead}, {0, 0}, {text.size() - kTail, text.size()}}};
    if (focus < text.size())
        kept[1] = {focus - std::min(focus, kBeforeFocus), std::min(focus + kAfterFocus, text.size())};
    std::string out;
    size_t to = 0;  // what is before is in `out`, or left out
    for (const Range& range : kept) {
        size_t begin = std::max(to, character_at(text, range.begin)), end = character_at(text, range.end);
        if (begin >= end) continue;
        if (begin > to) out += " … ";
        out += text.substr(begin, end - begin);
        to = end;
    }
    return out;
}

std::string excerpt(std::string_view text) {
    return is_long(text) ? fmt::format("{} ({} bytes)", cut(text), text.size()) : std::string(text);
}

std::string cropped(std::string_view text, size_t most) {
    if (text.size() <= most) return std::string(text);
    size_t end = most;
    while (end > 0 && !starts_character(text[end])) --end;
    return std::string(text.substr(0, end)) + " ...";
}

}  // namespace stoop
