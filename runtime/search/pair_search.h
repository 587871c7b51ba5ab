// SPDX-License-Identifier: Apache-2.0
// Where two bytes stand at a distance, with vector instructions (AVX-512, AVX2 or SSE2, whatever the
// processor has): the first sieve of every search for texts in another. Up to eight pairs with the same
// distance are looked for in one pass, which costs little more than one of them.
//
// A text is gone through in blocks of 64 places. Any thread; nothing is allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace stoop {

struct BytePair {
    char first = 0, second = 0;
    size_t distance = 1;
};

constexpr size_t kPairBlock = 64;  // places

// Pairs with one distance, each with a bit of its own. A byte is looked up by its lower and by its upper
// half, which is what a shuffle of sixteen bytes does for a whole vector: both have the bits of the pairs
// whose byte it is.
struct PairSieve {
    static constexpr size_t kMostPairs = 8;
    struct Bits {
        uint8_t low[16] = {}, high[16] = {};
        uint8_t of(char byte) const {
            auto index = static_cast<unsigned char>(byte);
            return low[index & 15] & high[index >> 4];
        }
    };
    size_t distance = 1;
    Bits first, second;

    // `bit`: its number. Bytes are compared after setting the bits of `fold`, one at most.
    void add(size_t bit, char first_byte, char second_byte, char fold);
};

// A block of places: bit i of the mask says that a pair begins at place `at` + i.
struct PairPlaces {
    size_t at = 0;
    uint64_t mask = 0;
};

// The next block, from `at` on, in which a pair begins; its mask is 0 if there is none.
struct PairSearch {
    // Bytes are compared after setting the bits of `fold`.
    PairPlaces (*one)(std::string_view text, size_t at, BytePair pair, char fold);
    // `pairs` has room for kPairBlock: at the places of the mask, the bits of the pairs that begin there.
    PairPlaces (*several)(std::string_view text, size_t at, const PairSieve& sieve, uint8_t* pairs);
};
extern const PairSearch pair_search;

// One for each kind of vectors that this processor has, the best first. For tests.
std::vector<PairSearch> pair_searches();

}  // namespace stoop
