// SPDX-License-Identifier: Apache-2.0
// Texts, of which those that a value contains are found. A few are searched for with vector instructions: by
// up to eight pairs of bytes that stand in as many of the texts as possible and are rare in ordinary text
// (`tu` and `um` are both in stratum+tcp and in stratum2+ssl). Many texts, or a few in a value in which their
// pairs are not rare, are left to an automaton. So the time is linear in the length of the value for any
// texts: a hundredth of a nanosecond a byte for a pair, half of one for the automaton.
//
// Built once by one thread, then only read.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/search/automaton.h"
#include "runtime/search/pair_search.h"
#include "runtime/search/rule_range.h"

namespace stoop {

class Substrings {
  public:
    // As Automaton::build.
    void build(const std::map<std::string, RuleRange>& literals, bool fold);

    // About how many bytes of memory that takes.
    static size_t memory(const std::map<std::string, RuleRange>& literals) {
        return Automaton::memory(literals);
    }

    // False if none of the texts is in the value, which a first sieve can often tell.
    bool may_find(std::string_view value) const {
        uint8_t unused[kPairBlock];
        return needles_.empty() || sift(value, 0, unused).mask != 0;
    }
    // The pair of bytes that is in all texts, if there is one; to be compared after setting the bits of
    // `fold`.
    const BytePair* pair() const { return needles_.size() == 1 ? &pair_ : nullptr; }
    char fold() const { return fold_ ? 0x20 : 0; }
    // Calls `found` with the rules of each text in the value, more than once perhaps, until it returns false.
    template <typename Found>
    void scan(std::string_view value, Found&& found) const;

  private:
    struct Needle {
        std::string text;
        RuleRange rules;
        size_t place = 0;  // of the pair's first byte
    };
    // False if the value has too many places that are none of the texts.
    template <typename Found>
    bool search(std::string_view value, Found&& found) const;
    bool is_at(const Needle& needle, std::string_view value, size_t pair_at) const;
    // The next block of places at which pairs begin; which ones, if there are several of them.
    PairPlaces sift(std::string_view value, size_t at, uint8_t* pairs) const {
        return needles_.size() == 1 ? pair_search.one(value, at, pair_, fold())
                                    : pair_search.several(value, at, sieve_, pairs);
    }

    struct Choice {
        std::vector<BytePair> pairs;  // none if they would be too many
        std::vector<std::vector<Needle>> needles;
        double chance = 0;  // of one of them to begin at a place
    };
    Choice choose_pairs(const std::map<std::string, RuleRange>& literals, size_t distance) const;

    // A value with more comparisons with a text than this, and one for as many bytes, is left to the
    // automaton.
    static constexpr size_t kMostTries = 64, kBytesPerTry = 64;

    bool fold_ = false;
    std::vector<std::vector<Needle>> needles_;  // by pair; none if they would be too many
    BytePair pair_;                             // the only one
    PairSieve sieve_;                           // several
    Automaton automaton_;
};

template <typename Found>
bool Substrings::search(std::string_view value, Found&& found) const {
    size_t tries = kMostTries + value.size() / kBytesPerTry;
    uint8_t pairs[kPairBlock];
    std::fill_n(pairs, needles_.size() == 1 ? kPairBlock : 0, 1);
    for (PairPlaces places = sift(value, 0, pairs); places.mask != 0;
         places = sift(value, places.at + kPairBlock, pairs))
        for (uint64_t mask = places.mask; mask != 0; mask &= mask - 1) {
            auto place = static_cast<size_t>(std::countr_zero(mask));
            // All pairs are different, so only one begins here.
            const std::vector<Needle>& needles =
                needles_[static_cast<size_t>(std::countr_zero(pairs[place]))];
            if (tries < needles.size()) return false;
            tries -= needles.size();
            for (const Needle& needle : needles)
                if (is_at(needle, value, places.at + place) && !found(needle.rules)) return true;
        }
    return true;
}

template <typename Found>
void Substrings::scan(std::string_view value, Found&& found) const {
    if (!needles_.empty() && search(value, found)) return;
    automaton_.scan(value, found);
}

}  // namespace stoop
