// SPDX-License-Identifier: Apache-2.0
// The place where the parser stopped, for those who say which slip it is: what stands there and around it,
// and the words that an error is given.
#pragma once

#include <fmt/format.h>

#include "compiler/syntax/operator_words.h"
#include "compiler/syntax/quoted_texts.h"
#include "compiler/syntax/slips.h"
#include "runtime/base/ascii.h"

namespace stoop {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

inline std::string did_you_mean(const OperatorWord& row) {
    return fmt::format("did you mean '{}'{}{}?", row.meant, row.why.empty() ? "" : ", ", row.why);
}

// Joins or negates checks, or is one of them in other letters or another language.
struct Joining {
    std::string_view written, meant;
};
inline constexpr Joining kJoining[] = {{"and", "and"}, {"&&", "and"}, {"&", "and"},
                                       {"or", "or"},   {"||", "or"},  {"|", "or"}};

inline std::string_view joining(std::string_view word) {
    std::string plain = lower(word);
    for (const Joining& row : kJoining)
        if (row.written == plain) return row.meant;
    return {};
}

class SlipPlace {
  protected:
    using Wanted = StoppedParse::Wanted;
    using Kind = StoppedParse::Kind;

    SlipPlace(const StoppedParse& at, SyntaxError& error) : at_(at), error_(error) {}

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
    size_t behind_blanks(size_t at) const {
        while (at < at_.text.size() && is_blank(at_.text[at])) ++at;
        return at;
    }
    std::string_view word() const { return word_at(at_.found.begin); }
    std::string_view next_word(std::string_view word) const {
        return word_at(behind_blanks(range_of(word).end));
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

    bool is_operator(std::string_view word) const {
        return operator_from(word).has_value() || find_operator_word(word);
    }

    bool unknown_operator(ast::Range range, std::string repair = "") {
        const OperatorWord* row = find_operator_word(slice(range));
        return row && !row->negated && unknown_operator(range, *row, std::move(repair));
    }
    bool unknown_operator(ast::Range range, const OperatorWord& row, std::string repair = "") {
        return set(range, fmt::format("there is no operator '{}'", slice(range)), "unknown operator",
                   did_you_mean(row), std::move(repair));
    }

    const StoppedParse& at_;
    SyntaxError& error_;
};

}  // namespace stoop
