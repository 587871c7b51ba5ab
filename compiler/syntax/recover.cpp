// SPDX-License-Identifier: Apache-2.0
// Finds the mistakes behind the first one: what is wrong is replaced, in a copy of the text, by something of
// the same length that is not, and the copy is parsed again. So all places stay as they are.
#include <algorithm>

#include "compiler/syntax/parser.h"
#include "compiler/syntax/quoted_texts.h"

namespace stoop {
namespace {

constexpr size_t kMostErrors = 10;
constexpr std::string_view kExists = " exists";

bool is_connective(std::string_view text, size_t at) {
    if (at == 0 || (!is_blank(text[at - 1]) && text[at - 1] != ')')) return false;
    for (std::string_view word : {"and", "or"}) {
        size_t end = at + word.size();
        if (text.substr(at).starts_with(word) &&
            (end == text.size() || is_blank(text[end]) || text[end] == '('))
            return true;
    }
    return false;
}

// Where the check that begins at `begin` ends, with a mistake at `fault`: before `and`, `or` or `)`. Nothing
// if a parenthesis in it is not closed.
std::optional<size_t> end_of_check(std::string_view text, size_t begin, size_t fault, bool nested) {
    size_t depth = 0;
    QuotedTexts quoted(text);
    for (size_t at = begin; at < text.size(); ++at) {
        char c = text[at];
        if (c == '"' || c == '\'') {
            if (auto end = quoted.closing(at)) at = *end;
        } else if (c == '(' && nested) {
            ++depth;
        } else if (c == ')') {
            if (depth == 0 && at >= fault) return at;
            depth -= depth > 0;
        } else if (depth == 0 && at >= fault && is_connective(text, at)) {
            return at;
        }
    }
    if (depth > 0) return std::nullopt;
    return text.size();
}

struct Hole {
    size_t begin, end;
};

// Replaces what is wrong. False if it cannot be told what that is.
bool repair(const SyntaxError& error, std::string& text, std::vector<Hole>& holes) {
    if (error.limit) return false;
    if (error.last) {  // what stands before it is looked at
        size_t from = error.check.value_or(error.range.begin);
        std::fill(text.begin() + static_cast<ptrdiff_t>(from), text.end(), error.check ? 'x' : ' ');
        if (error.check) holes.push_back({from, text.size()});
        return true;
    }
    if (!error.repair.empty()) {
        text.replace(error.range.begin, error.repair.size(), error.repair);
        return true;
    }
    size_t fault = error.stop.value_or(error.range.begin);
    size_t begin = error.check.value_or(fault);
    if (!error.check && error.opened && text[error.opened->begin] == '(' && fault >= text.size()) {
        text[error.opened->begin] = ' ';
        return true;
    }
    auto end = end_of_check(text, begin, fault, true);
    if (!end) end = end_of_check(text, begin, fault, false);
    while (*end > begin && is_blank(text[*end - 1])) --*end;
    if (*end <= begin) return false;
    if (!error.check) {  // nothing of it belongs to a check
        std::fill(text.begin() + static_cast<ptrdiff_t>(begin), text.begin() + static_cast<ptrdiff_t>(*end),
                  ' ');
        return true;
    }
    size_t left = error.left_end.value_or(begin);
    if (left > begin && *end >= left + kExists.size()) {  // the field is looked at
        std::fill(text.begin() + static_cast<ptrdiff_t>(left), text.begin() + static_cast<ptrdiff_t>(*end),
                  ' ');
        text.replace(left, kExists.size(), kExists);
        return true;
    }
    std::fill(text.begin() + static_cast<ptrdiff_t>(begin), text.begin() + static_cast<ptrdiff_t>(*end), 'x');
    holes.push_back({begin, *end});
    return true;
}

void forget_holes(ast::Expression& e, const std::vector<Hole>& holes) {
    if (e.kind == ast::Expression::Kind::Macro)
        for (const Hole& hole : holes)
            if (e.range.begin == hole.begin) e.macro.clear();
    for (ast::Expression& child : e.children) forget_holes(child, holes);
}

}  // namespace

Rest parse_rest(std::string_view text, const SyntaxError& first, const Limits& limits,
                const std::function<bool(const SyntaxError&)>& is_of_field) {
    Rest out;
    std::string copy(text);
    std::vector<Hole> holes;
    SyntaxError error = first;
    bool cut = false;  // what stood at the end
    for (size_t tries = 0; tries < kMostErrors; ++tries) {
        if (is_of_field(error)) error.left_end.reset();
        cut = cut || error.last;
        if (!repair(error, copy, holes)) break;
        auto parsed = parse_condition(copy, limits);
        if (parsed.node) {
            out.tree = std::move(parsed.node);
            forget_holes(*out.tree, holes);
            break;
        }
        uint32_t before = error.range.begin;
        error = std::move(parsed.error);
        bool consequence = cut || error.range.begin <= before;
        if (!consequence) out.errors.push_back(error);
    }
    return out;
}

}  // namespace stoop
