// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/slips.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/syntax/look_alikes.h"
#include "compiler/syntax/operator_words.h"
#include "compiler/syntax/quoted_texts.h"
#include "runtime/base/ascii.h"
#include "runtime/base/nearest.h"

namespace stoop {
namespace {

using Wanted = StoppedParse::Wanted;
using Kind = StoppedParse::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_'; }

std::string did_you_mean(const OperatorWord& row) {
    return fmt::format("did you mean '{}'{}{}?", row.meant, row.why.empty() ? "" : ", ", row.why);
}

// Joins or negates checks, or is one of them in other letters or another language.
struct Joining {
    std::string_view written, meant;
};
constexpr Joining kJoining[] = {{"and", "and"}, {"&&", "and"}, {"&", "and"},
                                {"or", "or"},   {"||", "or"},  {"|", "or"}};

std::string_view joining(std::string_view word) {
    std::string plain = lower(word);
    for (const Joining& row : kJoining)
        if (row.written == plain) return row.meant;
    return {};
}

class Explainer {
  public:
    Explainer(const StoppedParse& at, SyntaxError& error) : at_(at), error_(error) {}

    void run() {
        if (look_alike()) {
            if (at_.wanted == Wanted::Check && error_.repair.empty()) error_.check = error_.range.begin;
            return;
        }
        if (comment() || split_operator() || quote()) return;
        bool known = false;
        switch (at_.wanted) {
            case Wanted::Connective:
                known = glued() || template_text() || connective_before() || connective() ||
                        value_is_connective() || bare_name() || brackets() || behind_quoted() ||
                        behind_value();
                break;
            case Wanted::Check:
                known = template_text() || nothing_behind() || check_start();
                if (error_.repair.empty() && !error_.check && !at_end() && first() != ')')
                    error_.check = at_.found.begin;
                break;
            case Wanted::Operator: known = operator_slip(); break;
            case Wanted::Value: known = template_text() || value_slip(); break;
            case Wanted::Number: known = number_slip(); break;
            case Wanted::List: known = list_slip(); break;
            case Wanted::Element: known = element_slip(); break;
            case Wanted::Other: break;
        }
        if (!known && at_end()) mark_open_parenthesis();
    }

  private:
    std::string_view slice(ast::Range range) const {
        return at_.text.substr(range.begin, range.end - range.begin);
    }
    bool at_end() const { return at_.found.begin >= at_.text.size(); }
    char first() const { return at_end() ? '\0' : at_.text[at_.found.begin]; }
    std::string_view before() const { return slice(at_.before); }
    bool follows_directly() const {
        return at_.before_kind != Kind::None && at_.before.end == at_.found.begin;
    }
    std::string left() const { return at_.left ? std::string(slice(*at_.left)) : "FIELD"; }
    std::string op() const { return at_.op ? std::string(slice(*at_.op)) : "="; }

    // A run of letters, digits, `_` and `-`, or of signs.
    std::string_view word_at(size_t at) const {
        size_t end = at;
        auto ends = [](char c) {
            return is_blank(c) || c == '(' || c == ')' || c == '"' || c == '\'' || c == ',';
        };
        bool name = at < at_.text.size() && is_name(at_.text[at]);
        while (end < at_.text.size() && !ends(at_.text[end]) &&
               (is_name(at_.text[end]) || (name && at_.text[end] == '-')) == name)
            ++end;
        return at_.text.substr(at, end - at);
    }
    std::string_view word() const { return word_at(at_.found.begin); }
    std::string_view next_word(std::string_view word) const {
        size_t at = range_of(word).end;
        while (at < at_.text.size() && is_blank(at_.text[at])) ++at;
        return word_at(at);
    }
    ast::Range range_of(std::string_view part) const {
        auto begin = static_cast<uint32_t>(part.data() - at_.text.data());
        return {begin, begin + static_cast<uint32_t>(part.size())};
    }
    bool is_closed(uint32_t quote) const { return QuotedTexts(at_.text).closing(quote).has_value(); }

    // Falco's place stays where its parser stops.
    bool set(ast::Range range, std::string message, std::string label, std::string help,
             std::string repair = "") {
        if (!error_.stop && range.begin != error_.range.begin) error_.stop = error_.range.begin;
        error_.range = range;
        error_.message = std::move(message);
        error_.label = std::move(label);
        error_.help = std::move(help);
        error_.repair = std::move(repair);
        return true;
    }
    bool help(std::string text) {
        error_.help = std::move(text);
        return true;
    }

    bool look_alike() {
        uint32_t begin =
            at_.before_kind == Kind::Value || follows_directly() ? at_.before.begin : at_.found.begin;
        // What was found may be the first byte of a character alone.
        constexpr size_t kLongestCharacter = 4;
        auto found = find_look_alike(at_.text.substr(begin, at_.found.end - begin + kLongestCharacter));
        if (!found || begin + found->begin >= std::max(at_.found.end, at_.found.begin + 1)) return false;
        auto at = begin + static_cast<uint32_t>(found->begin);
        ast::Range range{at, at + static_cast<uint32_t>(found->size)};
        std::string repair(found->instead);
        bool quote = repair == "\"" || repair == "'", part = repair.size() == 1 && is_name(repair[0]);
        repair.resize(found->size, ' ');
        if (found->instead.size() > found->size || quote || part) repair.clear();
        return set(range, fmt::format("{} stands here", found->name), "not what it looks like",
                   found->instead.empty()  ? "delete it"
                   : found->instead == " " ? "write an ordinary blank"
                   : quote                 ? fmt::format("write {}", found->instead)
                                           : fmt::format("write '{}'", found->instead),
                   std::move(repair));
    }

    bool comment() {
        std::string_view here = at_.text.substr(at_.found.begin);
        std::string_view sign = here.starts_with('#') ? here.substr(0, 1) : "";
        if (at_.wanted == Wanted::Connective || at_.wanted == Wanted::Check)
            for (std::string_view other : {"//", "/*", "--"})
                if (here.starts_with(other) && !follows_directly()) sign = other;
        if (sign.empty() && at_.before_kind == Kind::Value && before().starts_with('#')) {
            sign = before().substr(0, 1);
            here = at_.text.substr(at_.before.begin);
        }
        if (sign.empty()) return false;
        auto at = static_cast<uint32_t>(at_.text.size() - here.size());
        error_.last = true;
        return set({at, at + static_cast<uint32_t>(sign.size())},
                   fmt::format("'{}' begins no comment within a condition: YAML hands it on as text", sign),
                   "part of the condition", "put the comment on a line of its own above 'condition:'");
    }

    bool quote() {
        if (first() != '"' && first() != '\'') return false;
        ast::Range at{at_.found.begin, at_.found.begin + 1};
        bool within = at_.wanted == Wanted::Connective;
        if (!within && !is_closed(at.begin)) {
            error_.last = true;
            return set(at, "a quote is not closed", "opened here",
                       fmt::format("end the text with another {}", first()));
        }
        if (within && at_.before_kind == Kind::Value && follows_directly()) {
            error_.last = !is_closed(at.begin);
            return set(at, "a quote stands within a value", "", "put the whole value in quotes");
        }
        if (at_.wanted == Wanted::Check) return value_first(at);
        return false;
    }

    // `=~ x` is `=` with the value `~`, to which nothing else belongs; likewise `=< 5`.
    bool split_operator() {
        if (at_.wanted != Wanted::Connective || at_.before_kind != Kind::Value || at_.before.begin == 0)
            return false;
        if (at_.text[at_.before.begin - 1] != '=') return false;
        ast::Range range{at_.before.begin - 1, at_.before.end};
        std::string equals(range.end - range.begin, ' ');
        equals[0] = '=';
        return unknown_operator(range, std::move(equals));
    }
    bool unknown_operator(ast::Range range, std::string repair = "") {
        const OperatorWord* row = find_operator_word(slice(range));
        return row && !row->negated && unknown_operator(range, *row, std::move(repair));
    }
    bool unknown_operator(ast::Range range, const OperatorWord& row, std::string repair = "") {
        return set(range, fmt::format("there is no operator '{}'", slice(range)), "unknown operator",
                   did_you_mean(row), std::move(repair));
    }

    // The comparison of a value that ends at `end` with a field behind it, the right way round; else empty.
    std::string turned_round(size_t end, std::string_view value) const {
        constexpr std::string_view kTurned[][2] = {{"=", "="},   {"==", "="},       {"!=", "!="},
                                                   {"<", ">"},   {">", "<"},        {"<=", ">="},
                                                   {">=", "<="}, {"in", "contains"}};
        auto skip = [&](size_t at, auto&& is) {
            while (at < at_.text.size() && is(at_.text[at])) ++at;
            return at;
        };
        size_t begin = skip(end, is_blank);
        bool letters = begin < at_.text.size() && is_name(at_.text[begin]);
        size_t behind = skip(begin, [&](char c) {
            return letters ? is_name(c) : std::string_view("=!<>").find(c) != std::string_view::npos;
        });
        std::string_view op = at_.text.substr(begin, behind - begin);
        size_t field = skip(behind, is_blank);
        std::string_view name =
            at_.text.substr(field, skip(field, [](char c) { return is_name(c) || c == '.'; }) - field);
        if (name.find('.') == name.npos || is_digit(name[0])) return "";
        for (const auto& [from, to] : kTurned)
            if (from == op) return fmt::format("the field comes first: {} {} {}", name, to, value);
        return "";
    }

    // A text or a number at `at` where a check begins: the sides are the wrong way round, or the field of one
    // more value is not repeated.
    bool value_first(ast::Range at) {
        bool quoted = first() == '"' || first() == '\'';
        size_t end = quoted ? *QuotedTexts(at_.text).closing(at.begin) + 1 : range_of(word()).end;
        std::string_view value = at_.text.substr(at.begin, end - at.begin);
        error_.check = at.begin;
        error_.left_end.reset();
        std::string help = turned_round(end, value);
        std::string_view inner = quoted ? value.substr(1, value.size() - 2) : "";
        auto in_field = [](char c) { return is_name(c) || c == '.'; };
        if (help.empty() && inner.find('.') != inner.npos &&
            std::all_of(inner.begin(), inner.end(), in_field))
            help = fmt::format("a field is written without quotes: {}", inner);
        if (help.empty())
            help = fmt::format(
                "each check names its field: FIELD = {}; for one of several values: FIELD in (...)", value);
        return set({at.begin, static_cast<uint32_t>(end)},
                   quoted ? "a check cannot begin with a text" : "a check cannot begin with a number",
                   "expected a field or a macro", std::move(help));
    }

    // `and`, where a check is expected, is the name of a macro.
    bool connective_before() {
        if (at_.before_kind != Kind::Identifier) return false;
        std::string plain = lower(before());
        if (plain == "not")
            return before() != "not" && set(at_.before, fmt::format("'{}' does not negate", before()), "",
                                            "write 'not', in lower case", "not");
        if (plain != "and" && plain != "or") return false;
        std::string_view ahead = at_.text.substr(0, at_.before.begin);
        while (!ahead.empty() && is_blank(ahead.back())) ahead.remove_suffix(1);
        std::string spaces(before().size(), ' ');
        if (ahead.empty())
            return set(
                at_.before, fmt::format("a condition cannot begin with '{}'", before()),
                "nothing stands before it",
                "write the check that belongs before it, or leave it out; to add to a condition that is "
                "defined before: 'override: {condition: append}'",
                spaces);
        return set(at_.before, fmt::format("no check stands before this '{}'", before()), "expected a check",
                   "write the check that belongs here, or leave one of the two words out", spaces);
    }

    bool connective() {
        std::string_view word = this->word();
        std::string_view meant = joining(word);
        ast::Range range = range_of(word);
        if (!meant.empty() && word == meant) {
            size_t behind = range.end;
            while (behind < at_.text.size() && is_blank(at_.text[behind])) ++behind;
            if (behind < at_.text.size() && at_.text[behind] != ')') return false;
            return set(range, fmt::format("nothing follows '{}'", word), "expected a check behind it",
                       "write the check that belongs behind it, or leave it out",
                       std::string(word.size(), ' '));
        }
        if (!meant.empty()) {
            bool fits =
                range.end < at_.text.size() && (is_blank(at_.text[range.end]) || at_.text[range.end] == '(');
            std::string repair = !fits || word.size() == 1 ? "" : word.size() == 3 ? "and" : "or";
            bool letters = is_name(word[0]);
            return set(range, fmt::format("'{}' does not join checks", word), "expected 'and' or 'or'",
                       fmt::format("write '{}'{}", meant, letters ? ", in lower case" : ""), repair);
        }
        if (lower(word) == "not")
            return set(range, fmt::format("'{}' cannot follow a complete check", word),
                       "expected 'and' or 'or'", "put 'and' or 'or' before it");
        constexpr std::string_view kWords[] = {"xor",  "nor",  "but",  "unless", "if",
                                               "when", "then", "else", "plus"};
        if (std::find(std::begin(kWords), std::end(kWords), lower(word)) != std::end(kWords) ||
            first() == ';')
            return help("checks are joined by 'and' and 'or', and negated by 'not'");
        return false;
    }

    bool value_is_connective() {
        if (at_.before_kind == Kind::Value && before() == "not")
            return set(at_.before, "'not' is taken for the value", "expected a value",
                       "'not' stands before the whole check; '!=' compares for another value");
        if (at_.before_kind != Kind::Value || (before() != "and" && before() != "or")) return false;
        return set(at_.before, fmt::format("no value stands before '{}', which is taken for one", before()),
                   "expected a value", "write the value that belongs here");
    }

    bool is_operator(std::string_view word) const {
        return operator_from(word).has_value() || find_operator_word(word);
    }

    bool bare_name() {
        if (at_.before_kind != Kind::Identifier) return false;
        std::string_view word = this->word();
        bool not_op = lower(word) == "not" && is_operator(next_word(word));
        if (first() == '.' || (is_name(first()) && is_operator(next_word(word)))) return split_field();
        if (first() == '(') return call();
        if (is_name(first()) && (is_operator(before()) || is_filler(before()))) return misplaced(before());
        if (first() == '-' && follows_directly())
            return help("the name of a macro has letters, digits and '_' only");
        if (!is_operator(word) && !not_op) return false;
        error_.check = at_.before.begin;
        if (std::string turned = turned_round(at_.before.end, before()); !turned.empty())
            return set(at_.before, fmt::format("'{}' is no field", before()), "no field", std::move(turned));
        error_.subject = SyntaxError::Subject::NotAField;
        error_.name = before();
        return set(at_.before, fmt::format("'{}' is no field: the name of a field has a dot in it", before()),
                   "no field", "'stoop fields' lists all fields");
    }

    // `proc name`, `proc . name`, `proc..name`
    bool split_field() {
        size_t end = at_.found.begin;
        std::string meant(before());
        auto part = [&](char c) { return is_name(c) || c == '.' || is_blank(c); };
        size_t next = at_.text.find_first_not_of(" .\t\n", end);
        if (next == at_.text.npos || !is_name(at_.text[next])) return false;
        end = next;
        while (end < at_.text.size() && part(at_.text[end]) && !is_blank(at_.text[end])) ++end;
        meant += '.';
        meant += at_.text.substr(next, end - next);
        error_.check = at_.before.begin;
        return set({at_.before.begin, static_cast<uint32_t>(end)},
                   "the name of a field has single dots in it, and no blanks", "no field",
                   fmt::format("if a field is meant: {}", meant));
    }

    // `contains(proc.name, x)`: a macro takes nothing in parentheses.
    bool call() {
        std::string name(before());
        error_.check = at_.before.begin;
        if (name == "val")
            return set(at_.before, "'val()' stands on the right of an operator only", "",
                       "the field is written alone on the left side");
        if (name == "exists") return misplaced(before());
        std::string_view ahead = at_.text.substr(0, at_.before.begin);
        while (!ahead.empty() && is_blank(ahead.back())) ahead.remove_suffix(1);
        for (std::string_view op : {" in", " intersects", " pmatch"})
            if (ahead.ends_with(op))
                return set(at_.before, fmt::format("'{}' stands before the list", name), "",
                           fmt::format("a list is written in parentheses alone:{} (a, b)", op));
        const OperatorWord* row = find_operator_word(name);
        bool known = row || operator_from(lower(name));
        std::string near =
            nearest(name, {"tolower", "toupper", "b64", "basename", "len", "join", "concat", "getopt"});
        return set(at_.before, fmt::format("'{}' cannot be called", name), "no transformer",
                   known ? fmt::format("an operator stands between the field and the value: FIELD {} VALUE",
                                       row ? row->meant : lower(name))
                   : near.empty()
                       ? "a macro is written without parentheses; 'and' or 'or' joins it with what follows; "
                         "transformers are tolower, toupper, b64, basename, len, join, concat and getopt"
                       : fmt::format("did you mean '{}'?", near));
    }

    static bool is_filler(std::string_view word) {
        constexpr std::string_view kWords[] = {"if",   "when", "where",  "select", "filter",
                                               "rule", "then", "unless", "that",   "condition"};
        return std::find(std::begin(kWords), std::end(kWords), lower(word)) != std::end(kWords);
    }

    // A word of other languages before a check.
    bool misplaced(std::string_view word) {
        error_.check = range_of(word).begin;
        if (!is_filler(word)) {
            const OperatorWord* row = find_operator_word(word);
            std::string op(row ? row->meant : word);
            return set(range_of(word), fmt::format("the operator '{}' stands before its field", word), "",
                       op == "exists" ? "'exists' stands behind the field: proc.name exists"
                                      : fmt::format("the field comes first: FIELD {} VALUE", op));
        }
        error_.check.reset();
        return set(range_of(word), fmt::format("'{}' is no word of the language", word), "",
                   "a condition is made of checks, joined by 'and' and 'or'; leave it out",
                   std::string(word.size(), ' '));
    }

    // `include x` is `in` with the list `clude`, behind which nothing fits.
    bool glued() {
        if (at_.before_kind != Kind::Identifier) return false;
        uint32_t begin = at_.before.begin;
        while (begin > 0 && is_name(at_.text[begin - 1])) --begin;
        if (begin == at_.before.begin) return false;
        ast::Range range{begin, at_.before.end};
        if (unknown_operator(range)) return true;
        std::string op(at_.text.substr(begin, at_.before.begin - begin));
        return set(range, fmt::format("there is no operator '{}'", slice(range)), "unknown operator",
                   fmt::format("if a list is meant: {} ({})", op, before()));
    }

    bool template_text() {
        bool here = at_.text.substr(at_.found.begin).starts_with("{{");
        if (!here && !(at_.before_kind == Kind::Value && before().starts_with("{{"))) return false;
        uint32_t at = here ? at_.found.begin : at_.before.begin;
        error_.last = true;
        return set({at, at + 2}, "this is a template, not yet a condition", "",
                   "render it first, for instance with 'helm template'");
    }

    bool brackets() {
        if (at_.before_kind != Kind::Value || (before()[0] != '[' && before()[0] != '{')) return false;
        return set({at_.before.begin, at_.before.begin + 1}, "a list is written in parentheses", "",
                   "'in' compares with the values of a list: in (a, b)");
    }

    bool behind_quoted() {
        if (at_.before_kind != Kind::Quoted || !follows_directly()) return false;
        error_.opened = ast::Range{at_.before.begin, at_.before.begin + 1};
        return set(
            error_.range, fmt::format("the text in quotes ends before '{}'", word()), "",
            "a quote within a text: put a backslash before it, or take the other kind of quotes around");
    }

    bool behind_value() {
        std::string_view word = this->word();
        if (first() == ')') {
            error_.repair = " ";
            return true;
        }
        if (at_.before_kind == Kind::Number) {
            if (first() == ',') return help("a number is written without separators");
            if (follows_directly()) return help("a number has no unit and no fraction");
        }
        if (first() == ',') return help("a list stands in parentheses and is compared with 'in': in (a, b)");
        for (std::string_view sign : {"&&", "||"})
            if (at_.before_kind == Kind::Value && before().ends_with(sign))
                return set({at_.before.end - 2, at_.before.end},
                           fmt::format("'{}' is taken as part of the value", sign), "does not join checks",
                           fmt::format("write ' {} '", joining(sign)));
        if (at_end()) {
            mark_open_parenthesis();
            return help("end it with ')'");
        }
        if (first() == '(' && follows_directly() && at_.before_kind == Kind::Value)
            return help("a value with parentheses is put in quotes");
        bool value = at_.before_kind == Kind::Value;
        bool check = is_name(first()) && (at_.text.substr(range_of(word).end).starts_with('.'));
        return help(value && !check && first() != '('
                        ? "a value with blanks is put in quotes; checks are joined with 'and' or 'or'"
                        : "checks are joined with 'and' or 'or'");
    }

    bool nothing_behind() {
        if (!at_end() && first() != ')') return false;
        if (at_.before_kind != Kind::Connective) {
            if (first() != ')') return false;
            return help("write a condition between the parentheses, or leave them out");
        }
        std::string word(before());
        bool group = word.ends_with('(');
        word.erase(word.find_last_not_of(" \t\r\n(") + 1);
        ast::Range range{at_.before.begin, at_.before.begin + static_cast<uint32_t>(word.size())};
        if (group) return help("write a condition between the parentheses, or leave them out");
        return set(range, fmt::format("nothing follows '{}'", word), "expected a check behind it",
                   "write the check that belongs behind it, or leave it out", std::string(word.size(), ' '));
    }

    bool check_start() {
        std::string_view word = this->word();
        ast::Range one{at_.found.begin, at_.found.begin + 1};
        if (std::string_view meant = joining(word); !meant.empty())
            return set(range_of(word), fmt::format("'{}' does not join checks", word), "expected a check",
                       fmt::format("write '{}', with a check on both sides", meant),
                       std::string(word.size(), ' '));
        switch (first()) {
            case '!': return set(one, "'!' does not negate", "", "write 'not'", " ");
            case '%':
            case '$':
                if (at_.text.substr(at_.found.begin + 1).starts_with('{')) {
                    error_.check = at_.found.begin;
                    return set({one.begin, one.end + 1}, "a field in a condition stands for itself", "",
                               "write its name alone: proc.name");
                }
                [[fallthrough]];
            case '@':
            case '&':
            case '*':
            case '.':
                return set(one, fmt::format("a field in a condition is written without '{}'", first()), "",
                           "leave it out", " ");
            case '[':
            case '{':
                error_.check = at_.found.begin;
                return help("a field is written without brackets; conditions are grouped with ( and )");
            default: break;
        }
        if (is_digit(first())) return value_first(one);
        return false;
    }

    bool operator_slip() {
        std::string_view word = this->word();
        std::string plain = lower(word);
        ast::Range range = range_of(word);
        if (at_end() || first() == ')' || !joining(word).empty()) return field_alone();
        if (first() == '(') {
            if (!follows_directly())
                return set(at_.found, fmt::format("no operator stands between '{}' and the list", left()),
                           "expected an operator", fmt::format("write {} in (...)", left()));
            size_t close = at_.text.find(')', at_.found.begin);
            std::string argument(at_.text.substr(at_.found.begin + 1,
                                                 close == at_.text.npos ? 0 : close - at_.found.begin - 1));
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
        std::vector<std::string_view> names;
        for (const OperatorInfo& info : all_operators()) names.push_back(info.spelling);
        std::string near = word.empty() || !is_name(word[0]) ? "" : nearest(word, names);
        if (!near.empty())
            return set(range, fmt::format("there is no operator '{}'", word), "unknown operator",
                       fmt::format("did you mean '{}'?", near));
        return no_operator();
    }

    bool explain(const OperatorPhrase& phrase, ast::Range range) {
        range.end = range.begin + static_cast<uint32_t>(phrase.size);
        const OperatorWord& word = *phrase.word;
        if (!phrase.negated || word.meant == "!=") return unknown_operator(range, word);
        return set(range, fmt::format("there is no operator '{}'", slice(range)), "unknown operator",
                   fmt::format("'not' stands before the whole check: not {} {} ...{}{}", left(), word.meant,
                               word.why.empty() ? "" : ", ", word.why));
    }

    // `proc.name bash`
    bool no_operator() {
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
        std::string_view behind = at_.text.substr(end);
        behind.remove_prefix(std::min(behind.find_first_not_of(" \t\r\n"), behind.size()));
        bool complete = behind.empty() || behind[0] == ')' ||
                        !joining(word_at(end + (at_.text.size() - end - behind.size()))).empty();
        if (!complete) return false;
        return set(value, fmt::format("no operator stands between '{}' and '{}'", left(), slice(value)),
                   "expected an operator", fmt::format("for instance: {} = {}", left(), slice(value)));
    }

    bool field_alone() {
        if (!at_.left) return false;
        if (first() == ')') {  // `(proc.name) = x`
            size_t next = at_.text.find_first_not_of(" \t\r\n", at_.found.begin + 1);
            if (next != at_.text.npos && is_operator(word_at(next)) && joining(word_at(next)).empty()) {
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

    bool value_slip() {
        if (at_end() || first() == ')') return behind_operator("value");
        bool word_op = is_name(op()[0]);
        if (first() == '(') {
            std::string instead =
                op() == "!=" ? fmt::format("not {} in (a, b)", left()) : fmt::format("{} in (a, b)", left());
            return set(
                at_.found, fmt::format("'{}' compares with one value, not with a list", op()),
                "expected a value",
                word_op ? fmt::format("join several checks with 'or': {0} {1} a or {0} {1} b", left(), op())
                        : "whether it is one of several: " + instead);
        }
        if (first() == '=' && at_.op && at_.op->end == at_.found.begin)
            return unknown_operator({at_.op->begin, range_of(word()).end});
        return false;
    }

    bool behind_operator(std::string_view what) {
        if (at_.op && !op().empty())
            return set(*at_.op, fmt::format("nothing follows '{}'", op()),
                       fmt::format("expected a {} behind it", what),
                       fmt::format("write the {} that belongs behind it", what));
        return false;
    }

    bool number_slip() {
        if (at_end() || first() == ')') return behind_operator("number");
        if (at_.op && at_.op->end == at_.found.begin &&
            unknown_operator({at_.op->begin, range_of(word()).end}))
            return true;
        if (first() == '"' || first() == '\'') {
            bool number = at_.found.begin + 1 < at_.text.size() && is_digit(at_.text[at_.found.begin + 1]) &&
                          at_.text.find_first_not_of("0123456789", at_.found.begin + 1) ==
                              at_.text.find(first(), at_.found.begin + 1);
            return help(
                number ? "a number is written without quotes"
                       : fmt::format("'{}' compares with numbers only; a text is compared with '='", op()));
        }
        if (first() == '=') return help(fmt::format("write '{}=', without a blank", op()));
        if (is_name(first()) && !is_digit(first()) &&
            at_.text.substr(range_of(word()).end).starts_with('.')) {
            size_t end = at_.found.begin;
            while (end < at_.text.size() && (is_name(at_.text[end]) || at_.text[end] == '.')) ++end;
            return help(fmt::format("the value of another field: {} {} val({})", left(), op(),
                                    at_.text.substr(at_.found.begin, end - at_.found.begin)));
        }
        return false;
    }

    bool list_slip() {
        if (at_end() || (first() == ')')) return behind_operator("list");
        std::string list = op() + " (a, b)";
        if (first() == '[' || first() == '{' || first() == '<')
            return help(fmt::format("a list is written in parentheses: {}", list));
        return help(fmt::format("a list is written in parentheses, also one of a single value: {}", list));
    }

    bool element_slip() {
        mark_open_parenthesis();
        if (at_end())
            return set(error_.range, "the list is not closed", "expected ')'", "end the list with ')'");
        std::string_view word = this->word();
        if (first() == '=' || first() == '(') {
            return help("a list holds values only; a value with '=' or parentheses is put in quotes");
        }
        if (word == "and" || word == "or") {
            std::string_view next = next_word(word);
            size_t behind = at_.text.find_first_not_of(" \t\r\n", range_of(next).end);
            if (!next.empty() && behind != at_.text.npos &&
                (at_.text[behind] == ')' || at_.text[behind] == ','))
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

    void mark_open_parenthesis() {
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

    const StoppedParse& at_;
    SyntaxError& error_;
};

}  // namespace

void explain_slip(const StoppedParse& at, SyntaxError& error) {
    error.check = at.check;
    if (at.left) error.left_end = at.left->end;
    Explainer(at, error).run();
}

}  // namespace stoop
