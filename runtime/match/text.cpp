#include "runtime/match/text.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <functional>
#include <string>

#include "runtime/match/pair_search.h"

namespace stoop {
namespace {

// Crochemore and Perrin's "two-way" search: linear, and needs no memory. `map` is what bytes are compared
// as.
template <typename Map>
class TwoWay {
  public:
    TwoWay(std::string_view part, Map map) : part_(part), map_(map) {
        std::ptrdiff_t period = 0, other_period = 0;
        std::ptrdiff_t cut = maximal_suffix(std::less<>(), period);
        std::ptrdiff_t other_cut = maximal_suffix(std::greater<>(), other_period);
        cut_ = std::max(cut, other_cut);
        period_ = cut > other_cut ? period : other_period;
        is_periodic_ = cut_ + 1 + period_ <= size() &&
                       std::equal(part.begin(), part.begin() + cut_ + 1, part.begin() + period_,
                                  [&](char a, char b) { return map_(a) == map_(b); });
        if (!is_periodic_) period_ = std::max(cut_ + 1, size() - cut_ - 1) + 1;
    }

    // The part is not empty. Returns where it begins, or npos.
    size_t find(std::string_view text) const {
        std::ptrdiff_t known = -1;  // of a periodic part, up to here it is known to be at this place
        auto last = static_cast<std::ptrdiff_t>(text.size()) - size();
        for (std::ptrdiff_t at = 0; at <= last;) {
            auto same = [&](std::ptrdiff_t i) {
                return map_(part_[static_cast<size_t>(i)]) == map_(text[static_cast<size_t>(at + i)]);
            };
            std::ptrdiff_t i = std::max(cut_, known) + 1;
            while (i < size() && same(i)) ++i;
            if (i < size()) {
                at += i - cut_;
                known = -1;
                continue;
            }
            i = cut_;
            while (i > known && same(i)) --i;
            if (i <= known) return static_cast<size_t>(at);
            at += period_;
            if (is_periodic_) known = size() - period_ - 1;
        }
        return std::string_view::npos;
    }

  private:
    std::ptrdiff_t size() const { return static_cast<std::ptrdiff_t>(part_.size()); }

    // The place before the suffix that is the greatest by this order, and its period.
    template <typename Less>
    std::ptrdiff_t maximal_suffix(Less less, std::ptrdiff_t& period) const {
        std::ptrdiff_t before = -1, at = 0, length = 1;
        period = 1;
        while (at + length < size()) {
            auto a = static_cast<unsigned char>(map_(part_[static_cast<size_t>(at + length)]));
            auto b = static_cast<unsigned char>(map_(part_[static_cast<size_t>(before + length)]));
            if (less(a, b)) {
                at += length;
                length = 1;
                period = at - before;
            } else if (a != b) {
                before = at++;
                length = period = 1;
            } else if (length != period) {
                ++length;
            } else {
                at += period;
                length = 1;
            }
        }
        return before;
    }

    std::string_view part_;
    Map map_;
    std::ptrdiff_t cut_ = 0, period_ = 0;
    bool is_periodic_ = false;
};

// Looks for the first byte and the last one together; a text in which they are at many wrong places is
// searched in the other way. `fold` is set in bytes before they are compared, `map` says which are the same.
template <typename Map>
size_t find(std::string_view text, std::string_view part, char fold, Map map) {
    if (part.empty()) return 0;
    if (part.size() > text.size()) return text.npos;
    size_t tries = 16 + text.size() / 64;
    char first = static_cast<char>(part.front() | fold), last = static_cast<char>(part.back() | fold);
    const BytePair pair{first, last, part.size() - 1};
    for (PairPlaces places = pair_search.one(text, 0, pair, fold); places.mask != 0;
         places = pair_search.one(text, places.at + kPairBlock, pair, fold)) {
        for (uint64_t mask = places.mask; mask != 0; mask &= mask - 1) {
            size_t place = places.at + static_cast<size_t>(std::countr_zero(mask));
            if (std::equal(part.begin(), part.end(), text.begin() + static_cast<std::ptrdiff_t>(place),
                           [&](char a, char b) { return map(a) == map(b); }))
                return place;
            if (tries-- != 0) continue;
            size_t found = TwoWay(part, map).find(text.substr(place + 1));
            return found == text.npos ? found : place + 1 + found;
        }
    }
    return text.npos;
}

size_t find(std::string_view text, std::string_view part) {
    return find(text, part, 0, [](char c) { return c; });
}
size_t find_ignoring_case(std::string_view text, std::string_view part) {
    return find(text, part, 0x20, ascii_lower);
}

// Patterns without brackets. What stands between two `*` is looked for from left to right; the leftmost place
// of each is as good as any.
class Glob {
  public:
    Glob(std::string_view text, std::string_view pattern, bool ignore_case)
        : text_(text), pattern_(pattern), ignore_case_(ignore_case) {}

    bool matches() {
        size_t star = next_star(0);
        if (star == pattern_.npos) return matches_at(0, pattern_) == text_.size();
        at_ = matches_at(0, pattern_.substr(0, star));
        if (at_ == kNowhere) return false;
        for (size_t begin = star + 1;;) {
            size_t end = next_star(begin);
            if (end == pattern_.npos) return matches_end(pattern_.substr(begin));
            if (!find_next(pattern_.substr(begin, end - begin))) return false;
            begin = end + 1;
        }
    }

  private:
    static constexpr size_t kNowhere = std::string_view::npos;

    size_t next_star(size_t from) const {
        for (; from < pattern_.size(); ++from) {
            if (pattern_[from] == '*') return from;
            if (pattern_[from] == '\\') ++from;
        }
        return kNowhere;
    }
    bool same(char a, char b) const { return ignore_case_ ? ascii_lower(a) == ascii_lower(b) : a == b; }

    // Where `part` ends if it is at this place.
    size_t matches_at(size_t at, std::string_view part) const {
        for (size_t i = 0; i < part.size(); ++i, ++at) {
            if (at == text_.size()) return kNowhere;
            if (part[i] == '?') continue;
            if (part[i] == '\\' && ++i == part.size()) return kNowhere;
            if (!same(part[i], text_[at])) return kNowhere;
        }
        return at;
    }

    static bool is_literal(std::string_view part) { return part.find_first_of("?\\") == part.npos; }

    // Goes on behind the next place of `part`.
    bool find_next(std::string_view part) {
        if (is_literal(part)) {
            std::string_view rest = text_.substr(at_);
            size_t found = ignore_case_ ? find_ignoring_case(rest, part) : find(rest, part);
            if (found != kNowhere) at_ += found + part.size();
            return found != kNowhere;
        }
        size_t size = size_in_text(part);
        if (text_.size() - at_ >= kLongText && size <= 64) return find_by_bits(part, size);
        for (size_t at = at_; at <= text_.size(); ++at) {
            size_t end = matches_at(at, part);
            if (end == kNowhere) continue;
            at_ = end;
            return true;
        }
        return false;
    }

    // From here on it is worth a table.
    static constexpr size_t kLongText = 256;

    // "Shift-and": bit i says that the first i + 1 bytes of the part end here. One step a byte of the text,
    // whatever the part.
    bool find_by_bits(std::string_view part, size_t size) {
        std::array<uint64_t, 256> fits{};
        uint64_t bit = 1;
        for (size_t i = 0; i < part.size(); ++i, bit <<= 1) {
            bool any = part[i] == '?';
            if (part[i] == '\\') ++i;
            for (size_t c = 0; c < fits.size(); ++c)
                if (any || same(part[i], static_cast<char>(c))) fits[c] |= bit;
        }
        uint64_t last = uint64_t{1} << (size - 1), ends = 0;
        for (size_t at = at_; at < text_.size(); ++at) {
            ends = (ends << 1 | 1) & fits[static_cast<unsigned char>(text_[at])];
            if ((ends & last) == 0) continue;
            at_ = at + 1;
            return true;
        }
        return false;
    }

    // A backslash and what it stands before are one byte of the text.
    static size_t size_in_text(std::string_view part) {
        size_t size = 0;
        for (size_t i = 0; i < part.size(); ++i, ++size)
            if (part[i] == '\\') ++i;
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

// `text` with a terminating zero: in a buffer of the stack if it is short.
class Terminated {
  public:
    explicit Terminated(std::string_view text) {
        if (text.size() < sizeof buffer_) {
            std::memcpy(buffer_, text.data(), text.size());
            buffer_[text.size()] = 0;
            pointer_ = buffer_;
        } else {
            long_ = text;
            pointer_ = long_.c_str();
        }
    }
    operator const char*() const { return pointer_; }

  private:
    char buffer_[512];
    std::string long_;
    const char* pointer_;
};

}  // namespace

bool contains(std::string_view text, std::string_view part) { return find(text, part) != text.npos; }
bool contains_ignoring_case(std::string_view text, std::string_view part) {
    return find_ignoring_case(text, part) != text.npos;
}

bool glob(std::string_view text, std::string_view pattern, bool ignore_case) {
    text = text.substr(0, text.find('\0'));
    pattern = pattern.substr(0, pattern.find('\0'));
    if (pattern.find('[') == pattern.npos) return Glob(text, pattern, ignore_case).matches();
    // What brackets mean, with classes and collating symbols, is best known to the C library.
    return fnmatch(Terminated(pattern), Terminated(text), ignore_case ? FNM_CASEFOLD : 0) == 0;
}

}  // namespace stoop
