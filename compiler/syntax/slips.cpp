// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/slips.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/syntax/look_alikes.h"
#include "compiler/syntax/operator_slips.h"
#include "compiler/syntax/quoted_texts.h"
#include "runtime/base/ascii.h"
#include "runtime/base/nearest.h"

namespace stoop {
namespace {

class Explainer : private OperatorSlips {
  public:
    Explainer(const StoppedParse& at, SyntaxError& error) : OperatorSlips(at, error) {}

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

    // The comparison of a value that ends at `end` with a field behind it, the right way round; else empty.
    std::string turned_round(size_t end, std::string_view value) const {
        constexpr std::string_view kTurned[][2] = {{"=", "="},   {"==", "="},       {"!=", "!="},
                                                   {"<", ">"},   {">", "<"},        {"<=", ">="},
                                                   {">=", "<="}, {"in", "contains"}};
        auto skip = [&](size_t at, auto&& is) {
            while (at < at_.text.size() && is(at_.text[at])) ++at;
            return at;
        };
        size_t begin = behind_blanks(end);
        bool letters = begin < at_.text.size() && is_name(at_.text[begin]);
        size_t behind = skip(begin, [&](char c) {
            return letters ? is_name(c) : std::string_view("=!<>").find(c) != std::string_view::npos;
        });
        std::string_view op = at_.text.substr(begin, behind - begin);
        size_t field = behind_blanks(behind);
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
            size_t behind = behind_blanks(range.end);
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
};

}  // namespace

void explain_slip(const StoppedParse& at, SyntaxError& error) {
    error.check = at.check;
    if (at.left) error.left_end = at.left->end;
    Explainer(at, error).run();
}

}  // namespace stoop
