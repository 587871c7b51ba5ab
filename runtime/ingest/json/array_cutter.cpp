// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/json/array_cutter.h"

#include "runtime/base/utf8.h"

namespace stoop {

void ArrayCutter::pass(char c) {
    ++here_.at;
    if (c == '\n') {
        ++here_.line;
        here_.column = 1;
    } else {
        here_.column += starts_character(c);
    }
}

// Whether an element ends at the byte that comes next.
ArrayCutter::Ends ArrayCutter::step_element(char c) {
    if (in_string_) {
        bool closes = c == '"' && !escaped_;
        escaped_ = c == '\\' && !escaped_;
        in_string_ = !closes;
        return closes && depth_ == 0 ? Ends::Behind : Ends::No;
    }
    switch (c) {
        case '"': in_string_ = true; return Ends::No;
        case '{':
        case '[': ++depth_; return Ends::No;
        case '}':
        case ']':
            if (depth_ == 0) return Ends::Before;
            return --depth_ == 0 ? Ends::Behind : Ends::No;
        case ',':
        case ' ':
        case '\t':
        case '\r':
        case '\n': return depth_ == 0 ? Ends::Before : Ends::No;
        default: return Ends::No;
    }
}

ArrayCutter::Found ArrayCutter::step_between(char c) {
    bool may_end = expect_ == Expect::ElementOrEnd || expect_ == Expect::SeparatorOrEnd;
    if (c == ']' && may_end) {
        pass(c);
        expect_ = Expect::Nothing;
        return Found::Closed;
    }
    if (expect_ == Expect::SeparatorOrEnd && c == ',') {
        pass(c);
        expect_ = Expect::Element;
        return Found::NeedsMore;
    }
    bool may_begin = expect_ == Expect::ElementOrEnd || expect_ == Expect::Element;
    if (!may_begin || c == ',' || c == ']' || c == '}') return Found::Bad;
    begin_ = here_;
    in_element_ = true;
    depth_ = 0;
    in_string_ = escaped_ = false;
    return Found::NeedsMore;
}

ArrayCutter::Found ArrayCutter::next(std::string_view text) {
    while (here_.at < text.size()) {
        char c = text[here_.at];
        if (in_element_) {
            Ends ends = step_element(c);
            if (ends != Ends::Before) pass(c);
            if (ends == Ends::No) continue;
            in_element_ = false;
            expect_ = Expect::SeparatorOrEnd;
            return Found::Element;
        }
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
            pass(c);
        else if (Found found = step_between(c); found != Found::NeedsMore)
            return found;
    }
    return Found::NeedsMore;
}

}  // namespace stoop
