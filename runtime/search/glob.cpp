// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/glob.h"

#include <algorithm>
#include <array>

#include "runtime/search/bracket.h"
#include "runtime/search/set_sequence.h"
#include "runtime/search/text.h"

namespace stoop {
namespace {

constexpr size_t kNowhere = std::string_view::npos;

// What stands for one byte of the text: a byte itself, with or without a backslash, a `?` or a bracket.
struct Element {
    enum class Kind { Byte, Any, Bracket, Nothing };
    Kind kind;
    char byte;
    size_t end;  // in the pattern
};

// A range of the pattern that holds no `*`.
struct Part {
    size_t begin, end;
};

// The pattern, read from left to right once, part by part. A `[` without end is only known at the end of the
// pattern; the places of such are kept, so that no part reads on to there again.
class Pattern {
  public:
    Pattern(std::string_view text, bool ignore_case) : text_(text), ignore_case_(ignore_case) {}

    // The part behind the last one. It is the pattern's last if it ends with the pattern.
    Part next() {
        size_t begin = at_;
        while (at_ < text_.size() && text_[at_] != '*') {
            if (text_[at_] == '[' && !is_unended(at_) && bracket_end(text_, at_) == kNowhere)
                keep_unended(at_);
            at_ = element(at_).end;
        }
        size_t end = at_++;
        return {begin, end};
    }

    bool is_last(Part part) const { return part.end == text_.size(); }
    std::string_view text(Part part) const { return text_.substr(part.begin, part.end - part.begin); }

    // The one at this place of a part that has been read.
    Element element(size_t at) const {
        switch (text_[at]) {
            case '?': return {Element::Kind::Any, 0, at + 1};
            case '[':
                if (is_unended(at)) return {Element::Kind::Byte, '[', at + 1};
                return {Element::Kind::Bracket, 0, bracket_end(text_, at)};
            case '\\':
                if (at + 1 == text_.size()) return {Element::Kind::Nothing, 0, at + 1};
                return {Element::Kind::Byte, text_[at + 1], at + 2};
            default: return {Element::Kind::Byte, text_[at], at + 1};
        }
    }

    // The bytes that the bracket at this place matches.
    ByteSet bracket(size_t at) const { return bracket_bytes(text_, at, ignore_case_); }

  private:
    void keep_unended(size_t at) {
        if (unended_count_ == 0) all_unended_from_ = std::max(at, text_.rfind(']') + 1);
        unended_[unended_count_++] = at;
        if (unended_count_ == kMostUnended) all_unended_from_ = at;
    }
    bool is_unended(size_t at) const {
        if (at >= all_unended_from_) return true;
        return std::binary_search(unended_.begin(), unended_.begin() + unended_count_, at);
    }

    // Before a `]` that ends none of them, as in `[[.]`. Nobody means more; reading on to the end of the
    // pattern for each would take quadratic time.
    static constexpr size_t kMostUnended = 16;

    std::string_view text_;
    bool ignore_case_;
    size_t at_ = 0;
    std::array<size_t, kMostUnended> unended_;  // in order
    size_t unended_count_ = 0;
    size_t all_unended_from_ = kNowhere;
};

// What stands between two `*` is looked for from left to right; the leftmost place of each is as good as any.
class Glob {
  public:
    Glob(std::string_view text, std::string_view pattern, bool ignore_case)
        : text_(text), pattern_(pattern, ignore_case), ignore_case_(ignore_case) {}

    bool matches() {
        Part part = pattern_.next();
        at_ = matches_at(0, part);
        if (pattern_.is_last(part)) return at_ == text_.size();
        if (at_ == kNowhere) return false;
        for (;;) {
            part = pattern_.next();
            if (pattern_.is_last(part)) return matches_end(part);
            if (!find_next(part)) return false;
        }
    }

  private:
    bool same(char a, char b) const { return ignore_case_ ? ascii_lower(a) == ascii_lower(b) : a == b; }

    bool fits(const Element& element, size_t at_pattern, char byte) const {
        switch (element.kind) {
            case Element::Kind::Byte: return same(element.byte, byte);
            case Element::Kind::Any: return true;
            case Element::Kind::Bracket:
                return pattern_.bracket(at_pattern)[static_cast<unsigned char>(byte)];
            case Element::Kind::Nothing: break;
        }
        return false;
    }

    // Where `part` ends in the text if it is at this place.
    size_t matches_at(size_t at, Part part) const {
        for (size_t i = part.begin; i < part.end; ++at) {
            if (at == text_.size()) return kNowhere;
            Element element = pattern_.element(i);
            if (!fits(element, i, text_[at])) return kNowhere;
            i = element.end;
        }
        return at;
    }

    // Goes on behind the next place of `part`.
    bool find_next(Part part) {
        std::string_view pattern = pattern_.text(part);
        if (pattern.find_first_of("?\\[") != kNowhere) return find_next_sets(part);
        std::string_view rest = text_.substr(at_);
        size_t found = ignore_case_ ? find_ignoring_case(rest, pattern) : find(rest, pattern);
        if (found != kNowhere) at_ += found + pattern.size();
        return found != kNowhere;
    }

    bool find_next_sets(Part part) {
        SetSequence begin;
        Part rest = part;  // behind what `begin` holds
        while (rest.begin < rest.end && !begin.is_full()) {
            Element element = pattern_.element(rest.begin);
            switch (element.kind) {
                case Element::Kind::Byte: begin.add(element.byte, ignore_case_); break;
                case Element::Kind::Any: begin.add_any(); break;
                case Element::Kind::Bracket: begin.add(pattern_.bracket(rest.begin)); break;
                case Element::Kind::Nothing: return false;
            }
            rest.begin = element.end;
        }
        for (size_t at = at_; (at = begin.find(text_, at)) != kNowhere; ++at) {
            size_t end = matches_at(at + begin.size(), rest);
            if (end == kNowhere) continue;
            at_ = end;
            return true;
        }
        return false;
    }

    size_t size_in_text(Part part) const {
        size_t size = 0;
        for (size_t i = part.begin; i < part.end; ++size) i = pattern_.element(i).end;
        return size;
    }

    bool matches_end(Part part) const {
        size_t size = size_in_text(part);
        return size <= text_.size() - at_ && matches_at(text_.size() - size, part) == text_.size();
    }

    std::string_view text_;
    Pattern pattern_;
    bool ignore_case_;
    size_t at_ = 0;  // all before it is matched
};

}  // namespace

bool glob(std::string_view text, std::string_view pattern, bool ignore_case) {
    text = text.substr(0, text.find('\0'));
    pattern = pattern.substr(0, pattern.find('\0'));
    return Glob(text, pattern, ignore_case).matches();
}

}  // namespace stoop
