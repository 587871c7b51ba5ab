// The automaton of Aho and Corasick: which of many texts are in a value, in one pass over it. The value is
// walked through in several stretches at once, so that a byte costs half a nanosecond, whatever the texts and
// the value are; two in a value that is hardly longer than the texts.
//
// Built once by one thread, then only read. Takes four bytes for each byte of the texts and each different
// byte in them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/match/rule_range.h"

namespace stoop {

class Automaton {
  public:
    // `fold`: upper and lower case of ASCII letters are the same; the texts are in lower case. None is empty.
    void build(const std::map<std::string, RuleRange>& texts, bool fold);

    // Calls `found` with the rules of each text in the value, more than once perhaps, until it returns false.
    template <typename Found>
    void scan(std::string_view value, Found&& found) const;

  private:
    // Of states that have been reported: what ends in them need not be looked at again. Of two for one place
    // the later one stays.
    class Reported {
      public:
        bool has(uint32_t way) const { return ways_[place(way)] == way; }
        void add(uint32_t way) { ways_[place(way)] = way; }

      private:
        static constexpr uint32_t kBits = 7;
        static uint32_t place(uint32_t way) { return way * 0x9E3779B1u >> (32 - kBits); }
        uint32_t ways_[1u << kBits] = {};
    };

    uint32_t step(uint32_t way, char byte) const {
        return next_[(way >> 1) + class_of_[static_cast<unsigned char>(byte)]];
    }
    // False if that is enough.
    template <typename Found>
    bool report(uint32_t way, Reported& reported, Found&& found) const;

    // Each step of a walk waits for the one before, so several take hardly longer than one.
    static constexpr size_t kWalks = 6;
    static constexpr size_t kShortest = 32;  // value that is worth it, not counting the longest text

    // By row and class of bytes: twice the row of the state that follows, and one more if any text ends in
    // that. The row of a state is its number times the number of classes.
    std::vector<uint32_t> next_;
    size_t longest_ = 0;             // text
    std::vector<RuleRange> rules_;   // of the text that ends in a state
    std::vector<uint32_t> shorter_;  // the way to the next state whose text ends here too, or 0
    uint16_t class_of_[256] = {};
    uint32_t classes_ = 1;
};

template <typename Found>
bool Automaton::report(uint32_t way, Reported& reported, Found&& found) const {
    while (way != 0 && !reported.has(way)) {
        reported.add(way);
        uint32_t state = (way >> 1) / classes_;
        if (rules_[state].count != 0 && !found(rules_[state])) return false;
        way = shorter_[state];
    }
    return true;
}

template <typename Found>
void Automaton::scan(std::string_view value, Found&& found) const {
    Reported reported;
    auto goes_on = [&](uint32_t way) {
        return (way & 1) == 0 || reported.has(way) || report(way, reported, found);
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
