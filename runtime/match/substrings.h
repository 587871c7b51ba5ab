// Texts, of which those that a value contains are found. A few are searched for with vector instructions: by
// pairs of bytes at a distance that stand in as many of the texts as possible and are rare in ordinary text
// (`tu` and `um` are both in stratum+tcp and in stratum2+ssl). Many texts, or a few in a value in which their
// pairs are not rare, are left to the automaton of Aho and Corasick. So the time is linear in the length of
// the value for any texts: a hundredth of a nanosecond a byte for a pair, one to two for the automaton, half
// of one in long values.
//
// Built once by one thread, then only read.
#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/match/pair_search.h"
#include "runtime/match/rule_range.h"

namespace stoop {

class Substrings {
  public:
    // `fold`: upper and lower case of ASCII letters are the same; the literals are in lower case. None is
    // empty.
    void build(const std::map<std::string, RuleRange>& literals, bool fold);

    // False if none of the texts is in the value, which a first sieve can often tell.
    bool may_find(std::string_view value) const {
        return pairs_.size() != 1 || pair_search.one(value, 0, pairs_[0], fold()).mask != 0;
    }
    // Calls `found` with the rules of each text in the value, more than once perhaps.
    template <typename Found>
    void scan(std::string_view value, Found&& found) const;

  private:
    struct Needle {
        std::string text;
        RuleRange rules;
        size_t place = 0;  // of the pair's first byte
    };
    // True, unless the value has too many places that are none of the texts.
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

    // Values are walked through in four stretches of at least so many bytes at once.
    static constexpr size_t kShortestStretch = 1024;

    // By row and class of bytes: twice the row of the state that follows, and one more if any text ends in
    // that. The row of a state is its number times the number of classes.
    std::vector<uint32_t> next_;
    size_t longest_ = 0;             // text
    std::vector<RuleRange> rules_;   // of the text that ends in a state
    std::vector<uint32_t> shorter_;  // the next state whose text ends here too, or 0
    uint16_t class_of_[256] = {};
    uint32_t classes_ = 1;
};

template <typename Found>
bool Substrings::search(std::string_view value, Found&& found) const {
    size_t tries = kMostTries + value.size() / kBytesPerTry;
    auto try_needles = [&](const std::vector<Needle>& needles, uint64_t mask, size_t at) {
        for (; mask != 0; mask &= mask - 1) {
            if (tries < needles.size()) return false;
            tries -= needles.size();
            for (const Needle& needle : needles)
                if (is_at(needle, value, at + static_cast<size_t>(std::countr_zero(mask))))
                    found(needle.rules);
        }
        return true;
    };
    if (pairs_.size() == 1) {
        for (PairPlaces places = pair_search.one(value, 0, pairs_[0], fold()); places.mask != 0;
             places = pair_search.one(value, places.at + kPairBlock, pairs_[0], fold()))
            if (!try_needles(needles_[0], places.mask, places.at)) return false;
        return true;
    }
    uint64_t masks[kMostPairs];
    for (size_t at = pair_search.several(value, 0, pairs_, fold(), masks); at < value.size();
         at = pair_search.several(value, at + kPairBlock, pairs_, fold(), masks))
        for (size_t pair = 0; pair < pairs_.size(); ++pair)
            if (!try_needles(needles_[pair], masks[pair], at)) return false;
    return true;
}

template <typename Found>
void Substrings::scan(std::string_view value, Found&& found) const {
    if (!pairs_.empty() && search(value, found)) return;
    const uint32_t* next = next_.data();
    uint32_t last = 0;
    auto step = [&](uint32_t& way, char byte) {
        way = next[(way >> 1) + class_of_[static_cast<unsigned char>(byte)]];
        // In a long run of one byte the state stays what it is.
        if ((way & 1) != 0 && way != last) [[unlikely]] {
            last = way;
            for (uint32_t state = (way >> 1) / classes_; state != 0; state = shorter_[state])
                if (rules_[state].count != 0) found(rules_[state]);
        }
    };
    size_t stretch = value.size() / 4;
    uint32_t way = 0;
    if (stretch < kShortestStretch || stretch < longest_) {
        for (char byte : value) step(way, byte);
        return;
    }
    // Each step waits for the one before, so four walks take hardly longer than one.
    const char *a = value.data(), *b = a + stretch, *c = b + stretch, *d = c + stretch;
    uint32_t of_b = 0, of_c = 0, of_d = 0;
    for (size_t i = 0; i < stretch; ++i) {
        step(way, a[i]);
        step(of_b, b[i]);
        step(of_c, c[i]);
        step(of_d, d[i]);
    }
    // What begins in one stretch may end in the next.
    const char* end = value.data() + value.size();
    auto go_on = [&](uint32_t from, const char* at) {
        for (size_t i = 0; i + 1 < longest_ && at + i != end; ++i) step(from, at[i]);
    };
    go_on(way, b);
    go_on(of_b, c);
    go_on(of_c, d);
    for (const char* at = d + stretch; at != end; ++at) step(of_d, *at);
}

}  // namespace stoop
