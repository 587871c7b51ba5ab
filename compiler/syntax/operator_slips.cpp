// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/operator_slips.h"

namespace stoop {

bool OperatorSlips::operator_slip() {
    std::string_view word = this->word();
    std::string plain = lower(word);
    ast::Range range = range_of(word);
    if (at_end() || first() == ')' || !joining(word).empty()) return field_alone();
    if (first() == '(') {
        if (!follows_directly())
            return set(at_.found, fmt::format("no operator stands between '{}' and the list", left()),
                       "expected an operator", fmt::format("write {} in (...)", left()));
        size_t close = at_.text.find(')', at_.found.begin);
        std::string argument(
            at_.text.substr(at_.found.begin + 1, close == at_.text.npos ? 0 : close - at_.found.begin - 1));
        return help(fmt::format("the argument of a field stands in brackets: {}[{}]", left(),
                                argument.empty() ? "..." : argument));
    }
    if (first() == '.') return help("the name of a field does not end with a dot");
    if (plain == "not" || word == "!") {
        std::string_view next = next_word(word);
        const OperatorWord* row = find_operator_word(next);
        if (row || operator_from(next))
            return set(range, fmt::format("'{}' cannot stand before an operator", word), "",
                       fmt::format("'not' stands before the whole check: not {} {} ...", left(),
                                   row ? row->meant : next));
    }
    if (auto phrase = find_operator_phrase(at_.text.substr(range.begin)); phrase.word)
        return explain(phrase, range);
    if (plain == "is") {
        std::string next = lower(next_word(word)), third = lower(next_word(next_word(word)));
        auto nothing = [](const std::string& w) { return w == "null" || w == "empty" || w == "none"; };
        if (nothing(next) || (next == "not" && nothing(third)))
            return set(range, "there is no operator 'is'", "unknown operator",
                       fmt::format("whether there is {}value: {}{} exists", next == "not" ? "a " : "no ",
                                   next == "not" ? "" : "not ", left()));
        if (next == "in" || next == "not")
            return set(range, "there is no operator 'is'", "unknown operator",
                       next == "in" ? fmt::format("write {} in (...)", left())
                                    : fmt::format("write {} != ...", left()));
    }
    if (auto known = operator_from(word); known && is_name(word[0]))
        return set(range, fmt::format("a blank must follow '{}'", word), "",
                   fmt::format("write {} {} ...", left(), word));
    if (plain == "between") {
        error_.last = true;
        return set(range, "there is no operator 'between'", "unknown operator",
                   fmt::format("write a check for each end: {0} >= ... and {0} <= ...", left()));
    }
    if (const OperatorWord* row = find_operator_word(word))
        return explain({row, row->negated, word.size()}, range);
    std::string near = word.empty() || !is_name(word[0]) ? "" : nearest_operator(word);
    if (!near.empty())
        return set(range, fmt::format("there is no operator '{}'", word), "unknown operator",
                   fmt::format("did you mean '{}'?", near));
    return no_operator();
}

bool OperatorSlips::explain(const OperatorPhrase& phrase, ast::Range range) {
    range.end = range.begin + static_cast<uint32_t>(phrase.size);
    const OperatorWord& word = *phrase.word;
    if (!phrase.negated || word.meant == "!=") return unknown_operator(range, word);
    return set(range, fmt::format("there is no operator '{}'", slice(range)), "unknown operator",
               fmt::format("'not' stands before the whole check: not {} {} ...{}{}", left(), word.meant,
                           word.why.empty() ? "" : ", ", word.why));
}

bool OperatorSlips::no_operator() {
    bool quoted = first() == '"' || first() == '\'';
    if (!quoted && !is_name(first()) && first() != '/') return false;
    size_t end = at_.found.begin;
    if (quoted) {
        auto close = QuotedTexts(at_.text).closing(end);
        if (!close) return false;
        end = *close + 1;
    } else {
        while (end < at_.text.size() && !is_blank(at_.text[end]) && at_.text[end] != ')') ++end;
    }
    ast::Range value{at_.found.begin, static_cast<uint32_t>(end)};
    size_t behind = behind_blanks(end);
    bool complete = behind == at_.text.size() || at_.text[behind] == ')' || !joining(word_at(behind)).empty();
    if (!complete) return false;
    return set(value, fmt::format("no operator stands between '{}' and '{}'", left(), slice(value)),
               "expected an operator", fmt::format("for instance: {} = {}", left(), slice(value)));
}

bool OperatorSlips::field_alone() {
    if (!at_.left) return false;
    if (first() == ')') {  // `(proc.name) = x`
        std::string_view behind = word_at(behind_blanks(at_.found.begin + 1));
        if (is_operator(behind) && joining(behind).empty()) {
            error_.last = true;
            return set(*at_.left, fmt::format("'{}' stands in parentheses of its own", left()),
                       "expected an operator behind it",
                       "a field is written without parentheses, which go around the whole check");
        }
    }
    error_.subject = SyntaxError::Subject::FieldAlone;
    error_.name = left();
    bool more = !joining(word()).empty();
    return set(*at_.left, fmt::format("'{}' is not compared with anything", left()),
               "expected an operator behind it",
               fmt::format("{}whether there is a value: {} exists",
                           more ? "each field has an operator and a value of its own; " : "", left()));
}

bool OperatorSlips::value_slip() {
    if (at_end() || first() == ')') return behind_operator("value");
    bool word_op = is_name(op()[0]);
    if (first() == '(') {
        std::string instead =
            op() == "!=" ? fmt::format("not {} in (a, b)", left()) : fmt::format("{} in (a, b)", left());
        return set(
            at_.found, fmt::format("'{}' compares with one value, not with a list", op()), "expected a value",
            word_op ? fmt::format("join several checks with 'or': {0} {1} a or {0} {1} b", left(), op())
                    : "whether it is one of several: " + instead);
    }
    if (first() == '=' && at_.op && at_.op->end == at_.found.begin)
        return unknown_operator({at_.op->begin, range_of(word()).end});
    return false;
}

bool OperatorSlips::behind_operator(std::string_view what) {
    if (at_.op && !op().empty())
        return set(*at_.op, fmt::format("nothing follows '{}'", op()),
                   fmt::format("expected a {} behind it", what),
                   fmt::format("write the {} that belongs behind it", what));
    return false;
}

bool OperatorSlips::number_slip() {
    if (at_end() || first() == ')') return behind_operator("number");
    if (at_.op && at_.op->end == at_.found.begin && unknown_operator({at_.op->begin, range_of(word()).end}))
        return true;
    if (first() == '"' || first() == '\'') {
        bool number = at_.found.begin + 1 < at_.text.size() && is_digit(at_.text[at_.found.begin + 1]) &&
                      at_.text.find_first_not_of("0123456789", at_.found.begin + 1) ==
                          at_.text.find(first(), at_.found.begin + 1);
        return help(number
                        ? "a number is written without quotes"
                        : fmt::format("'{}' compares with numbers only; a text is compared with '='", op()));
    }
    if (first() == '=') return help(fmt::format("write '{}=', without a blank", op()));
    if (is_name(first()) && !is_digit(first()) && at_.text.substr(range_of(word()).end).starts_with('.')) {
        size_t end = at_.found.begin;
        while (end < at_.text.size() && (is_name(at_.text[end]) || at_.text[end] == '.')) ++end;
        return help(fmt::format("the value of another field: {} {} val({})", left(), op(),
                                at_.text.substr(at_.found.begin, end - at_.found.begin)));
    }
    return false;
}

bool OperatorSlips::list_slip() {
    if (at_end() || (first() == ')')) return behind_operator("list");
    std::string list = op() + " (a, b)";
    if (first() == '[' || first() == '{' || first() == '<')
        return help(fmt::format("a list is written in parentheses: {}", list));
    return help(fmt::format("a list is written in parentheses, also one of a single value: {}", list));
}

bool OperatorSlips::element_slip() {
    mark_open_parenthesis();
    if (at_end()) return set(error_.range, "the list is not closed", "expected ')'", "end the list with ')'");
    std::string_view word = this->word();
    if (first() == '=' || first() == '(') {
        return help("a list holds values only; a value with '=' or parentheses is put in quotes");
    }
    if (word == "and" || word == "or") {
        std::string_view next = next_word(word);
        size_t behind = behind_blanks(range_of(next).end);
        bool in_list = behind < at_.text.size() && (at_.text[behind] == ')' || at_.text[behind] == ',');
        if (!next.empty() && in_list)
            return help(fmt::format("elements are separated by commas, not by '{}'", word));
        return set(range_of(word), fmt::format("a list is not closed before '{}'", word), "expected ')'",
                   "end the list with ')'; its elements are separated by commas");
    }
    error_.opened.reset();
    if (first() == ',' || first() == ')') {
        size_t before = at_.text.find_last_not_of(" \t\r\n", at_.found.begin - 1);
        if (before != at_.text.npos && at_.text[before] == ',') {
            auto comma = static_cast<uint32_t>(before);
            return set({comma, comma + 1}, "nothing follows this comma", "expected an element behind it",
                       "leave the comma out, or write the element that belongs behind it", " ");
        }
        return help("leave the comma out, or write the element that belongs before it");
    }
    bool next = at_.before_kind != Kind::None && !follows_directly();
    return help(next ? "elements are separated by commas; one with blanks is put in quotes"
                     : "an element is a word or a \"quoted text\"");
}

void OperatorSlips::mark_open_parenthesis() {
    std::vector<uint32_t> open;
    QuotedTexts quoted(at_.text);
    for (uint32_t i = 0; i < at_.found.begin && i < at_.text.size(); ++i) {
        char c = at_.text[i];
        if (c == '(') open.push_back(i);
        if (c == ')' && !open.empty()) open.pop_back();
        if (c != '"' && c != '\'') continue;
        if (auto end = quoted.closing(i)) i = static_cast<uint32_t>(*end);
    }
    if (!open.empty()) error_.opened = ast::Range{open.back(), open.back() + 1};
}

bool OperatorSlips::template_text() {
    bool here = at_.text.substr(at_.found.begin).starts_with("{{");
    if (!here && !(at_.before_kind == Kind::Value && before().starts_with("{{"))) return false;
    uint32_t at = here ? at_.found.begin : at_.before.begin;
    error_.last = true;
    return set({at, at + 2}, "this is a template, not yet a condition", "",
               "render it first, for instance with 'helm template'");
}

}  // namespace stoop
