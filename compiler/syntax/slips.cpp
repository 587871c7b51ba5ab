#include "compiler/syntax/slips.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/syntax/look_alikes.h"
#include "compiler/syntax/quoted_texts.h"
#include "runtime/base/ascii.h"
#include "runtime/base/nearest.h"

namespace stoop {
namespace {

using Wanted = StoppedParse::Wanted;
using Kind = StoppedParse::Kind;

bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
struct Synonym {
    std::string_view written, meant, why;
};

// Operators of other languages, in lower case and without `_` and `-`.
constexpr Synonym kOperators[] = {
    {"is", "=", ""},
    {"eq", "=", ""},
    {"equal", "=", ""},
    {"equals", "=", ""},
    {"===", "=", ""},
    {":", "=", ""},
    {":=", "=", ""},
    {"ne", "!=", ""},
    {"neq", "!=", ""},
    {"notequals", "!=", ""},
    {"<>", "!=", ""},
    {"><", "!=", ""},
    {"!==", "!=", ""},
    {"gt", ">", ""},
    {"lt", "<", ""},
    {"ge", ">=", ""},
    {"gte", ">=", ""},
    {"le", "<=", ""},
    {"lte", "<=", ""},
    {"=>", ">=", ""},
    {"=<", "<=", ""},
    {"like", "glob", "with '*' for any text; 'contains' finds a text anywhere in the value"},
    {"ilike", "iglob", "with '*' for any text; 'icontains' finds a text anywhere in the value"},
    {"wildcard", "glob", "with '*' for any text"},
    {"matches", "regex", "which must match the whole value; 'glob' compares with '*' and '?'"},
    {"match", "regex", "which must match the whole value; 'glob' compares with '*' and '?'"},
    {"regexp", "regex", "which must match the whole value"},
    {"re", "regex", "which must match the whole value"},
    {"rlike", "regex", "which must match the whole value"},
    {"=~", "regex", "which must match the whole value"},
    {"~=", "regex", "which must match the whole value"},
    {"~", "regex", "which must match the whole value"},
    {"~~", "regex", "which must match the whole value"},
    {"startwith", "startswith", ""},
    {"startswith", "startswith", ""},
    {"beginswith", "startswith", ""},
    {"beginwith", "startswith", ""},
    {"hasprefix", "startswith", ""},
    {"prefix", "startswith", ""},
    {"endwith", "endswith", ""},
    {"endswith", "endswith", ""},
    {"hassuffix", "endswith", ""},
    {"suffix", "endswith", ""},
    {"contain", "contains", ""},
    {"contains", "contains", ""},
    {"includes", "contains", ""},
    {"include", "contains", ""},
    {"has", "contains", ""},
    {"icontain", "icontains", ""},
    {"isin", "in", ""},
    {"inside", "in", ""},
    {"oneof", "in", ""},
    {"in", "in", ""},
    {"glob", "glob", ""},
    {"iglob", "iglob", ""},
    {"regex", "regex", ""},
    {"pmatch", "pmatch", ""},
    {"intersect", "intersects", ""},
    {"intersects", "intersects", ""},
    {"bcontains", "bcontains", ""},
    {"bstartswith", "bstartswith", ""},
    {"exist", "exists", ""},
    {"exists", "exists", ""},
};
// Negated ones, which come as `not` before the whole check.
constexpr Synonym kNegated[] = {
    {"!~", "regex", "which must match the whole value"},
    {"!=~", "regex", "which must match the whole value"},
    {"notin", "in", ""},
    {"!in", "in", ""},
    {"notcontains", "contains", ""},
    {"notlike", "glob", "with '*' for any text"},
    {"notmatch", "regex", "which must match the whole value"},
    {"notstartswith", "startswith", ""},
    {"notendswith", "endswith", ""},
    {"notexists", "exists", ""},
    {"nin", "in", ""},
    {"isnot", "=", ""},
};

const Synonym* find(const Synonym* begin, const Synonym* end, std::string_view word) {
    std::string plain = lower(word);
    std::erase_if(plain, [](char c) { return c == '_' || c == '-'; });
    auto found = std::find_if(begin, end, [&](const Synonym& row) { return row.written == plain; });
    return found == end ? nullptr : found;
}

std::string did_you_mean(const Synonym& row) {
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
        if (look_alike() || comment() || split_operator() || quote()) return;
        bool known = false;
        switch (at_.wanted) {
            case Wanted::Connective:
                known = connective_before() || connective() || value_is_connective() || bare_name() ||
                        brackets() || behind_quoted() || behind_value();
                break;
            case Wanted::Check: known = nothing_behind() || check_start(); break;
            case Wanted::Operator: known = operator_slip(); break;
            case Wanted::Value: known = value_slip(); break;
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
        bool blank = found->instead.empty() || found->instead == " ";
        return set(range, fmt::format("{} stands here", found->name), "not what it looks like",
                   found->instead.empty()  ? "delete it"
                   : found->instead == " " ? "write an ordinary blank"
                                           : fmt::format("write {}", found->instead),
                   blank ? std::string(found->size, ' ') : "");
    }

    bool comment() {
        bool here = first() == '#';
        if (!here && (at_.before_kind != Kind::Value || !before().starts_with('#'))) return false;
        uint32_t at = here ? at_.found.begin : at_.before.begin;
        error_.last = true;
        return set({at, at + 1}, "'#' begins no comment within a condition: YAML hands it on as text",
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
        if (at_.wanted == Wanted::Check)
            return set(at, "a check cannot begin with a text", "expected a field or a macro",
                       "the field comes first: proc.name = \"...\"");
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
        const Synonym* row = find(std::begin(kOperators), std::end(kOperators), slice(range));
        if (!row) return false;
        return set(range, fmt::format("there is no operator '{}'", slice(range)), "unknown operator",
                   did_you_mean(*row), std::move(repair));
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
            return set(at_.before, fmt::format("a condition cannot begin with '{}'", before()),
                       "nothing stands before it", "write the check that belongs before it, or leave it out",
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
        if (at_.before_kind != Kind::Value || (before() != "and" && before() != "or")) return false;
        return set(at_.before, fmt::format("no value stands before '{}', which is taken for one", before()),
                   "expected a value", "write the value that belongs here");
    }

    bool is_operator(std::string_view word) const {
        return operator_from(word).has_value() || find(std::begin(kOperators), std::end(kOperators), word) ||
               find(std::begin(kNegated), std::end(kNegated), word);
    }

    bool bare_name() {
        if (at_.before_kind != Kind::Identifier) return false;
        std::string_view word = this->word();
        bool not_op = lower(word) == "not" && is_operator(next_word(word));
        if (first() == '.' && follows_directly()) return help("a field is written without blanks: proc.name");
        if (first() == '-' && follows_directly())
            return help("the name of a macro has letters, digits and '_' only");
        if (!is_operator(word) && !not_op) return false;
        error_.subject = SyntaxError::Subject::NotAField;
        error_.name = before();
        error_.check = at_.before.begin;
        return set(at_.before, fmt::format("'{}' is no field: the name of a field has a dot in it", before()),
                   "no field", "'stoop fields' lists all fields");
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
                return set(one, "a field in a condition is written without '%'", "", "leave it out", " ");
            case '[':
            case '{': return help("conditions are grouped with parentheses: ( and )");
            default: return false;
        }
    }

    bool operator_slip() {
        std::string_view word = this->word();
        std::string plain = lower(word);
        ast::Range range = range_of(word);
        if (at_end() || first() == ')' || !joining(word).empty()) {
            if (!at_.left) return false;
            error_.subject = SyntaxError::Subject::FieldAlone;
            error_.name = left();
            return set(*at_.left, fmt::format("'{}' is not compared with anything", left()),
                       "expected an operator behind it",
                       fmt::format("whether there is a value: {} exists", left()));
        }
        if (plain == "not" || word == "!") {
            std::string_view next = next_word(word);
            const Synonym* row = find(std::begin(kOperators), std::end(kOperators), next);
            if (row || operator_from(next))
                return set(range, fmt::format("'{}' cannot stand before an operator", word), "",
                           fmt::format("'not' stands before the whole check: not {} {} ...", left(),
                                       row ? row->meant : next));
        }
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
        if (const Synonym* row = find(std::begin(kNegated), std::end(kNegated), word))
            return set(range, fmt::format("there is no operator '{}'", word), "unknown operator",
                       fmt::format("'not' stands before the whole check: not {} {} ...{}{}", left(),
                                   row->meant, row->why.empty() ? "" : ", ", row->why));
        if (unknown_operator(range)) return true;
        std::vector<std::string_view> names;
        for (const OperatorInfo& info : all_operators()) names.push_back(info.spelling);
        std::string near = word.empty() || !is_name(word[0]) ? "" : nearest(word, names);
        if (!near.empty())
            return set(range, fmt::format("there is no operator '{}'", word), "unknown operator",
                       fmt::format("did you mean '{}'?", near));
        return false;
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
        if (first() == '"' || first() == '\'') return help("a number is written without quotes");
        if (first() == '=') return help(fmt::format("write '{}=', without a blank", op()));
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
        if (word == "and" || word == "or")
            return set(range_of(word), fmt::format("a list is not closed before '{}'", word), "expected ')'",
                       "end the list with ')'; its elements are separated by commas");
        error_.opened.reset();
        bool next = at_.before_kind != Kind::None && !follows_directly() && first() != ',' && first() != ')';
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
