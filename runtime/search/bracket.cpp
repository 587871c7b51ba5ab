// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/bracket.h"

#include <algorithm>
#include <cctype>

#include "runtime/search/text.h"

namespace stoop {
namespace {

struct CharacterClass {
    std::string_view name;
    int (*holds)(int byte);
};
constexpr CharacterClass kClasses[] = {
    {"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
    {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
    {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
};

size_t index_of(char c) { return static_cast<unsigned char>(c); }

class Bracket {
  public:
    Bracket(std::string_view pattern, size_t at, bool ignore_case)
        : pattern_(pattern), at_(at + 1), ignore_case_(ignore_case) {}

    // Where it ends, or npos.
    size_t parse() {
        negated_ = next_is("!") || next_is("^");
        if (negated_) ++at_;
        for (size_t begin = at_; at_ < pattern_.size(); parse_item())
            if (at_ != begin && next_is("]")) return at_ + 1;
        return pattern_.npos;
    }

    ByteSet bytes() const {
        if (negated_ && is_broken_) return {};
        ByteSet out = folded_;
        for (size_t upper = 'A'; ignore_case_ && upper <= 'Z'; ++upper) out.set(upper, folded_[upper + 32]);
        out |= as_they_are_;
        return negated_ ? ~out : out;
    }

  private:
    bool next_is(std::string_view text) const { return pattern_.substr(at_).starts_with(text); }
    char fold(char c) const { return ignore_case_ ? ascii_lower(c) : c; }

    // A class, an equivalence class, a range or a byte.
    void parse_item() {
        if (next_is("[:")) {
            size_t end = pattern_.find_first_not_of("abcdefghijklmnopqrstuvwxyz", at_ + 2);
            if (end != pattern_.npos && pattern_.substr(end).starts_with(":]")) {
                add_class(pattern_.substr(at_ + 2, end - at_ - 2));
                at_ = end + 2;
                return;
            }
        } else if (next_is("[=") && pattern_.substr(std::min(at_ + 3, pattern_.size())).starts_with("=]")) {
            if (!is_broken_) as_they_are_.set(index_of(pattern_[at_ + 2]));
            at_ += 5;
            return;
        }
        Symbol first = parse_symbol(), last = first;
        bool is_range = next_is("-") && at_ + 1 < pattern_.size() && !next_is("-]");
        if (is_range) {
            ++at_;
            last = parse_symbol();
        }
        if (is_broken_) return;
        if (first.is_collating && !is_range) {
            // The C library forgets a symbol before a `-` that is no range.
            if (!next_is("-")) as_they_are_.set(index_of(first.byte));
            return;
        }
        for (size_t byte = index_of(first.byte); byte <= index_of(last.byte); ++byte) folded_.set(byte);
    }

    struct Symbol {
        char byte;
        bool is_collating;
    };
    Symbol parse_symbol() {
        if (next_is("[.")) {
            size_t begin = at_ + 2, end = pattern_.find(".]", begin);
            // In the C locale such a symbol is one byte.
            is_broken_ = is_broken_ || end != begin + 1;
            at_ = end == pattern_.npos ? pattern_.size() : end + 2;
            return {is_broken_ ? '\0' : pattern_[begin], true};
        }
        if (next_is("\\")) ++at_;
        return {at_ < pattern_.size() ? fold(pattern_[at_++]) : '\0', false};
    }

    void add_class(std::string_view name) {
        for (const CharacterClass& known : kClasses) {
            if (known.name != name) continue;
            for (int byte = 0; byte < 128 && !is_broken_; ++byte)
                if (known.holds(byte)) as_they_are_.set(static_cast<size_t>(byte));
            return;
        }
        is_broken_ = true;
    }

    std::string_view pattern_;
    size_t at_;
    bool ignore_case_, negated_ = false;
    bool is_broken_ = false;  // by a class or symbol that there is none of: nothing from there on matches
    ByteSet as_they_are_, folded_;  // case is ignored only in bytes and ranges
};

}  // namespace

size_t bracket_end(std::string_view pattern, size_t at) { return Bracket(pattern, at, false).parse(); }

ByteSet bracket_bytes(std::string_view pattern, size_t at, bool ignore_case) {
    Bracket bracket(pattern, at, ignore_case);
    bracket.parse();
    return bracket.bytes();
}

}  // namespace stoop
