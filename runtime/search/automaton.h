// SPDX-License-Identifier: Apache-2.0
// The automaton of Aho and Corasick: which of many texts are in a value, in one pass over it. The value is
// walked through in several stretches at once, so that a byte costs half a nanosecond, whatever the texts and
// the value are; two in a value that is hardly longer than the texts. Each text that is there is reported
// once.
//
// Built once by one thread, then only read. Takes four bytes for each byte of the texts and each different
// byte in them, and those of two more.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/search/rule_range.h"

namespace stoop {

class Automaton {
  public:
    static constexpr size_t kMostTexts = 50'000;

    // `fold`: upper and lower case of ASCII letters are the same; the texts are in lower case. None is empty;
    // kMostTexts at most.
    void build(const std::map<std::string, RuleRange>& texts, bool fold);

    // How many bytes its rows take at most, which is nearly all; more than there are for too many texts.
    static size_t memory(const std::map<std::string, RuleRange>& texts);

    // Calls `found` with the rules of each text in the value, until it returns false.
    template <typename Found>
    void scan(std::string_view value, Found&& found) const;

  private:
    uint32_t step(uint32_t way, char byte) const {
        return next_[(way >> 1) + class_of_[static_cast<unsigned char>(byte)]];
    }
    // The longest text that ends in the state.
    uint32_t text_of(uint32_t way) const { return next_[(way >> 1) + classes_]; }

    // Each step of a walk waits for the one before, so several take hardly longer than one.
    static constexpr size_t kWalks = 6;
    static constexpr size_t kShortest = 32;  // value that is worth it, not counting the longest text

    // A row for each state: by class of bytes twice where the row of the state begins that follows, and one
    // more if any text ends in that; then the number of the longest one that ends in this. Numbers of texts
    // count from 1, 0 is none.
    std::vector<uint32_t> next_;
    uint16_t class_of_[256] = {};
    uint32_t classes_ = 1;
    size_t longest_ = 0;             // text
    std::vector<RuleRange> rules_;   // by text
    std::vector<uint32_t> shorter_;  // by text: the longest of the others that end where it does
};

template <typename Found>
void Automaton::scan(std::string_view value, Found&& found) const {
    constexpr size_t kBits = 64;
    uint64_t reported[kMostTexts / kBits + 1];  // by text: it and all shorter ones
    std::fill_n(reported, rules_.size() / kBits + 1, 0);
    auto goes_on = [&](uint32_t way) {
        for (uint32_t text = (way & 1) == 0 ? 0 : text_of(way); text != 0; text = shorter_[text]) {
            uint64_t &bits = reported[text / kBits], bit = uint64_t{1} << text % kBits;
            if ((bits & bit) != 0) break;
            bits |= bit;
            if (!found(rules_[text])) return false;
        }
        return true;
    };
    const char* at = value.data();
    if (value.size() < kShortest + longest_) {
        uint32_t way = 0;
        for (char byte : value)
            if (way = step(way, byte); !goes_on(way)) return;
        return;
    }
    // What begins in one stretch may end in the next, so each walk goes so far into that; the last one begins
    // sooner instead.
    size_t stretch = (value.size() - longest_ + kWalks) / kWalks, steps = stretch + longest_ - 1;
    size_t last = value.size() - steps;
    uint32_t ways[kWalks] = {};
    for (const char* end = at + steps; at != end; ++at) {
        uint32_t any = 0;
#pragma GCC unroll 8
        for (size_t i = 0; i < kWalks; ++i)
            any |= ways[i] = step(ways[i], at[i + 1 < kWalks ? i * stretch : last]);
        if ((any & 1) != 0 && !std::all_of(std::begin(ways), std::end(ways), goes_on)) return;
    }
}

}  // namespace stoop
