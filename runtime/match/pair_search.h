// Where two bytes stand at a distance, with vector instructions (AVX-512, AVX2 or SSE2, whatever the
// processor has): the first sieve of every search for texts in another. Several pairs are looked for in one
// pass.
//
// A text is gone through in blocks of 64 places. Any thread; nothing is allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace stoop {

struct BytePair {
    char first = 0, second = 0;
    size_t distance = 1;
};

constexpr size_t kMostPairs = 4;

constexpr size_t kPairBlock = 64;  // places

// A block of places: bit i of the mask says that a pair begins at place `at` + i.
struct PairPlaces {
    size_t at = 0;
    uint64_t mask = 0;
};

// Bytes are compared after setting the bits of `fold`.
struct PairSearch {
    // The next block, from `at` on, in which the pair begins; its mask is 0 if there is none.
    PairPlaces (*one)(std::string_view text, size_t at, BytePair pair, char fold);
    // The same for up to kMostPairs: where the next block is in which one of them begins, or the text's size.
    // Where each pair begins in it goes to `masks`.
    size_t (*several)(std::string_view text, size_t at, std::span<const BytePair> pairs, char fold,
                      uint64_t* masks);
};
extern const PairSearch pair_search;

// One for each kind of vectors that this processor has, the best first. For tests.
std::vector<PairSearch> pair_searches();

}  // namespace stoop
