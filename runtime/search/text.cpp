// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/text.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <functional>

#include "runtime/search/pair_search.h"

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

}  // namespace

size_t find(std::string_view text, std::string_view part) {
    return find(text, part, 0, [](char c) { return c; });
}
size_t find_ignoring_case(std::string_view text, std::string_view part) {
    return find(text, part, 0x20, ascii_lower);
}

bool contains(std::string_view text, std::string_view part) { return find(text, part) != text.npos; }
bool contains_ignoring_case(std::string_view text, std::string_view part) {
    return find_ignoring_case(text, part) != text.npos;
}

}  // namespace stoop
