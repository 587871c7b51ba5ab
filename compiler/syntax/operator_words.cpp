// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/operator_words.h"

#include <algorithm>

#include "compiler/syntax/quoted_texts.h"
#include "runtime/base/ascii.h"
#include "runtime/base/nearest.h"
#include "runtime/program/operator.h"

namespace stoop {
namespace {

constexpr OperatorWord kWords[] = {
    {"is", "=", ""},
    {"eq", "=", ""},
    {"equal", "=", ""},
    {"equals", "=", ""},
    {"same", "=", ""},
    {"===", "=", ""},
    {":", "=", ""},
    {":=", "=", ""},
    {"ne", "!=", ""},
    {"neq", "!=", ""},
    {"notequal", "!=", ""},
    {"notequals", "!=", ""},
    {"differs", "!=", ""},
    {"<>", "!=", ""},
    {"><", "!=", ""},
    {"!==", "!=", ""},
    {"=!", "!=", ""},
    {"/=", "!=", ""},
    {"^=", "startswith", ""},
    {"$=", "endswith", ""},
    {"*=", "contains", ""},
    {"gt", ">", ""},
    {"greater", ">", ""},
    {"greaterthan", ">", ""},
    {"more", ">", ""},
    {"above", ">", ""},
    {"lt", "<", ""},
    {"less", "<", ""},
    {"lessthan", "<", ""},
    {"fewer", "<", ""},
    {"below", "<", ""},
    {"ge", ">=", ""},
    {"gte", ">=", ""},
    {"le", "<=", ""},
    {"lte", "<=", ""},
    {"=>", ">=", ""},
    {"=<", "<=", ""},
    {"like", "glob", "with '*' for any text; 'contains' finds a text anywhere in the value"},
    {"ilike", "iglob", "with '*' for any text; 'icontains' finds a text anywhere in the value"},
    {"wildcard", "glob", "with '*' for any text"},
    {"fnmatch", "glob", "with '*' for any text"},
    {"matches", "regex", "which must match the whole value; 'glob' compares with '*' and '?'"},
    {"match", "regex", "which must match the whole value; 'glob' compares with '*' and '?'"},
    {"matchesregex", "regex", "which must match the whole value"},
    {"regexp", "regex", "which must match the whole value"},
    {"re", "regex", "which must match the whole value"},
    {"rlike", "regex", "which must match the whole value"},
    {"=~", "regex", "which must match the whole value"},
    {"~=", "regex", "which must match the whole value"},
    {"~", "regex", "which must match the whole value"},
    {"~~", "regex", "which must match the whole value"},
    {"start", "startswith", ""},
    {"starts", "startswith", ""},
    {"startwith", "startswith", ""},
    {"startswith", "startswith", ""},
    {"begin", "startswith", ""},
    {"begins", "startswith", ""},
    {"beginswith", "startswith", ""},
    {"beginwith", "startswith", ""},
    {"hasprefix", "startswith", ""},
    {"prefix", "startswith", ""},
    {"end", "endswith", ""},
    {"ends", "endswith", ""},
    {"endwith", "endswith", ""},
    {"endswith", "endswith", ""},
    {"hassuffix", "endswith", ""},
    {"suffix", "endswith", ""},
    {"contain", "contains", ""},
    {"contains", "contains", ""},
    {"containing", "contains", ""},
    {"includes", "contains", ""},
    {"include", "contains", ""},
    {"has", "contains", ""},
    {"icontain", "icontains", ""},
    {"istartswith", "startswith", "with tolower(FIELD) on its left side"},
    {"iendswith", "endswith", "with tolower(FIELD) on its left side"},
    {"iequals", "=", "with tolower(FIELD) on its left side"},
    {"iregex", "regex", "with (?i) before the pattern"},
    {"containsany", "contains", "once for each text, joined with 'or'"},
    {"containsall", "contains", "once for each text, joined with 'and'"},
    {"isin", "in", ""},
    {"inside", "in", ""},
    {"within", "in", ""},
    {"one", "in", ""},
    {"oneof", "in", ""},
    {"anyof", "in", ""},
    {"memberof", "in", ""},
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
    {"!~", "regex", "which must match the whole value", true},
    {"!=~", "regex", "which must match the whole value", true},
    {"notin", "in", "", true},
    {"!in", "in", "", true},
    {"notcontains", "contains", "", true},
    {"doesnotcontain", "contains", "", true},
    {"notlike", "glob", "with '*' for any text", true},
    {"notmatch", "regex", "which must match the whole value", true},
    {"notmatches", "regex", "which must match the whole value", true},
    {"notregex", "regex", "which must match the whole value", true},
    {"notglob", "glob", "", true},
    {"notstartswith", "startswith", "", true},
    {"notendswith", "endswith", "", true},
    {"notexists", "exists", "", true},
    {"nin", "in", "", true},
    {"isnot", "=", "", true},
};

bool is_among(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}
bool is_filler(std::string_view word) {
    return is_among(
        word, {"is", "are", "does", "do", "be", "to", "of", "than", "the", "a", "any", "with", "value"});
}
bool is_negation(std::string_view word) {
    return is_among(word, {"not", "isn't", "isnt", "doesn't", "doesnt", "don't", "dont", "no", "never"});
}

// The next word of letters, behind blanks.
std::string_view next_word(std::string_view text, size_t at) {
    while (at < text.size() && is_blank(text[at])) ++at;
    size_t end = at;
    auto letter = [](char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || c == '\'' || c == '_'; };
    while (end < text.size() && letter(text[end])) ++end;
    bool whole = end == text.size() || is_blank(text[end]) || text[end] == '(' || text[end] == '"';
    return text.substr(at, whole ? end - at : 0);
}

}  // namespace

const OperatorWord* find_operator_word(std::string_view word) {
    std::string plain = lower(word);
    std::erase_if(plain, [](char c) { return c == '_' || c == '-'; });
    auto found = std::find_if(std::begin(kWords), std::end(kWords),
                              [&](const OperatorWord& row) { return row.written == plain; });
    return found == std::end(kWords) ? nullptr : found;
}

OperatorPhrase find_operator_phrase(std::string_view text) {
    constexpr size_t kMostWords = 5;
    OperatorPhrase out;
    bool negated = false;
    size_t at = 0;
    for (size_t number = 0; number < kMostWords; ++number) {
        std::string_view word = next_word(text, at);
        if (word.empty()) break;
        at = static_cast<size_t>(word.data() - text.data()) + word.size();
        std::string plain = lower(word);
        if (is_negation(plain)) {
            negated = true;
        } else if (is_filler(plain)) {
            // `starts with`, but not the value `a`
            if (out.word && is_among(plain, {"with", "to", "of", "than"})) out.size = at;
        } else if (const OperatorWord* found = out.word ? nullptr : find_operator_word(plain)) {
            out = {found, negated != found->negated, at};
        } else {
            break;
        }
    }
    return out;
}

std::string nearest_operator(std::string_view word) {
    return nearest(word, all_operators(), [](const OperatorInfo& info) { return info.spelling; });
}

}  // namespace stoop
