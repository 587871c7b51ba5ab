// Texts, of which those that a value contains are found. A few are searched for with vector instructions: by
// pairs of bytes at a distance that stand in as many of the texts as possible and are rare in ordinary text
// (`tu` and `um` are both in stratum+tcp and in stratum2+ssl). Many texts, or a few in a value in which their
// pairs are not rare, are left to an automaton. So the time is linear in the length of the value for any
// texts: a hundredth of a nanosecond a byte for a pair, half of one for the automaton.
//
// Built once by one thread, then only read.
#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/match/automaton.h"
#include "runtime/match/pair_search.h"
#include "runtime/match/rule_range.h"

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
        return pairs_.size() != 1 || pair_search.one(value, 0, pairs_[0], fold()).mask != 0;
    }
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
    char fold() const { return fold_ ? 0x20 : 0; }
    void choose_pairs(const std::map<std::string, RuleRange>& literals);

    // A value with more comparisons with a text than this, and one for as many bytes, is left to the
    // automaton.
    static constexpr size_t kMostTries = 64, kBytesPerTry = 64;

    bool fold_ = false;
    std::vector<BytePair> pairs_;               // none if the texts are too many
    std::vector<std::vector<Needle>> needles_;  // by pair
    Automaton automaton_;
};

template <typename Found>
bool Substrings::search(std::string_view value, Found&& found) const {
    size_t tries = kMostTries + value.size() / kBytesPerTry;
    bool is_enough = false;
    auto try_needles = [&](const std::vector<Needle>& needles, uint64_t mask, size_t at) {
        for (; mask != 0; mask &= mask - 1) {
            if (tries < needles.size()) return false;
            tries -= needles.size();
            for (const Needle& needle : needles)
                if (is_at(needle, value, at + static_cast<size_t>(std::countr_zero(mask))) &&
                    !found(needle.rules)) {
                    is_enough = true;
                    return false;
                }
        }
        return true;
    };
    if (pairs_.size() == 1) {
        for (PairPlaces places = pair_search.one(value, 0, pairs_[0], fold()); places.mask != 0;
             places = pair_search.one(value, places.at + kPairBlock, pairs_[0], fold()))
            if (!try_needles(needles_[0], places.mask, places.at)) return is_enough;
        return true;
    }
    uint64_t masks[kMostPairs];
    for (size_t at = pair_search.several(value, 0, pairs_, fold(), masks); at < value.size();
         at = pair_search.several(value, at + kPairBlock, pairs_, fold(), masks))
        for (size_t pair = 0; pair < pairs_.size(); ++pair)
            if (!try_needles(needles_[pair], masks[pair], at)) return is_enough;
    return true;
}

template <typename Found>
void Substrings::scan(std::string_view value, Found&& found) const {
    if (!pairs_.empty() && search(value, found)) return;
    automaton_.scan(value, found);
}

}  // namespace stoop
