#include "runtime/match/glob.h"

#include "runtime/match/bracket.h"
#include "runtime/match/set_sequence.h"
#include "runtime/match/text.h"

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

// The one at this place, where no `*` is.
Element element_at(std::string_view pattern, size_t at) {
    switch (pattern[at]) {
        case '?': return {Element::Kind::Any, 0, at + 1};
        case '[':
            if (size_t end = bracket_end(pattern, at); end != kNowhere)
                return {Element::Kind::Bracket, 0, end};
            return {Element::Kind::Byte, '[', at + 1};
        case '\\':
            if (at + 1 == pattern.size()) return {Element::Kind::Nothing, 0, at + 1};
            return {Element::Kind::Byte, pattern[at + 1], at + 2};
        default: return {Element::Kind::Byte, pattern[at], at + 1};
    }
}

// What stands between two `*` is looked for from left to right; the leftmost place of each is as good as any.
class Glob {
  public:
    Glob(std::string_view text, std::string_view pattern, bool ignore_case)
        : text_(text), pattern_(pattern), ignore_case_(ignore_case) {}

    bool matches() {
        size_t star = next_star(0);
        if (star == kNowhere) return matches_at(0, pattern_) == text_.size();
        at_ = matches_at(0, pattern_.substr(0, star));
        if (at_ == kNowhere) return false;
        for (size_t begin = star + 1;;) {
            size_t end = next_star(begin);
            if (end == kNowhere) return matches_end(pattern_.substr(begin));
            if (!find_next(pattern_.substr(begin, end - begin))) return false;
            begin = end + 1;
        }
    }

  private:
    size_t next_star(size_t from) const {
        while (from < pattern_.size() && pattern_[from] != '*') {
            bool is_longer = pattern_[from] == '[' || pattern_[from] == '\\';
            from = is_longer ? element_at(pattern_, from).end : from + 1;
        }
        return from < pattern_.size() ? from : kNowhere;
    }

    bool same(char a, char b) const { return ignore_case_ ? ascii_lower(a) == ascii_lower(b) : a == b; }

    bool fits(const Element& element, std::string_view part, size_t at, char byte) const {
        switch (element.kind) {
            case Element::Kind::Byte: return same(element.byte, byte);
            case Element::Kind::Any: return true;
            case Element::Kind::Bracket:
                return bracket_bytes(part, at, ignore_case_)[static_cast<unsigned char>(byte)];
            case Element::Kind::Nothing: break;
        }
        return false;
    }

    // Where `part` ends in the text if it is at this place.
    size_t matches_at(size_t at, std::string_view part) const {
        for (size_t i = 0; i < part.size(); ++at) {
            if (at == text_.size()) return kNowhere;
            Element element = element_at(part, i);
            if (!fits(element, part, i, text_[at])) return kNowhere;
            i = element.end;
        }
        return at;
    }

    // Goes on behind the next place of `part`.
    bool find_next(std::string_view part) {
        if (part.find_first_of("?\\[") != kNowhere) return find_next_sets(part);
        std::string_view rest = text_.substr(at_);
        size_t found = ignore_case_ ? find_ignoring_case(rest, part) : find(rest, part);
        if (found != kNowhere) at_ += found + part.size();
        return found != kNowhere;
    }

    bool find_next_sets(std::string_view part) {
        SetSequence begin;
        size_t rest = 0;  // of the part, behind what `begin` holds
        while (rest < part.size() && !begin.is_full()) {
            Element element = element_at(part, rest);
            switch (element.kind) {
                case Element::Kind::Byte: begin.add(element.byte, ignore_case_); break;
                case Element::Kind::Any: begin.add_any(); break;
                case Element::Kind::Bracket: begin.add(bracket_bytes(part, rest, ignore_case_)); break;
                case Element::Kind::Nothing: return false;
            }
            rest = element.end;
        }
        for (size_t at = at_; (at = begin.find(text_, at)) != kNowhere; ++at) {
            size_t end = matches_at(at + begin.size(), part.substr(rest));
            if (end == kNowhere) continue;
            at_ = end;
            return true;
        }
        return false;
    }

    static size_t size_in_text(std::string_view part) {
        size_t size = 0;
        for (size_t i = 0; i < part.size(); ++size) i = element_at(part, i).end;
        return size;
    }

    bool matches_end(std::string_view part) const {
        size_t size = size_in_text(part);
        return size <= text_.size() - at_ && matches_at(text_.size() - size, part) == text_.size();
    }

    std::string_view text_, pattern_;
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
