// Where two bytes stand at a distance, with vector instructions (AVX-512, AVX2 or SSE2, whatever the processor
// has): the first sieve of every search for texts in another. Several pairs are looked for in one pass.
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

// Bit i of masks[p]: pair p begins at place `at` + i.
struct PairPlaces {
    size_t at = 0;
    uint64_t masks[kMostPairs] = {};
};
constexpr size_t kPairBlock = 64;  // places

// The next block of places, from `at` on, at which one of the pairs (kMostPairs at most) begins; its `at` is
// text.size() if there is none. Bytes are compared after setting the bits of `fold`.
PairPlaces next_places(std::string_view text, size_t at, std::span<const BytePair> pairs, char fold);

// One for each kind of vectors that this processor has; next_places is the first. For tests.
using PairSearch = PairPlaces (*)(std::string_view text, size_t at, std::span<const BytePair> pairs,
                                  char fold);
std::vector<PairSearch> pair_searches();

}  // namespace stoop
