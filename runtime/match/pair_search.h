// Where two bytes stand at a distance, with vector instructions (AVX-512, AVX2 or SSE2, whatever the
// processor has): the first sieve of every search for texts in another. Several pairs are looked for in one
// pass.
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

using PairSearch = PairPlaces (*)(std::string_view text, size_t at, std::span<const BytePair> pairs,
                                  char fold);
// The next block, from `at` on, at which one of the pairs (kMostPairs at most) begins; its mask is 0 if there
// is none. Bytes are compared after setting the bits of `fold`.
extern const PairSearch next_places;
// Of the block of places from `at` on, those at which this pair begins.
uint64_t places_of(std::string_view text, size_t at, const BytePair& pair, char fold);

// A next_places for each kind of vectors that this processor has, the best one first. For tests.
std::vector<PairSearch> pair_searches();

}  // namespace stoop
