// Where two bytes stand at a distance, with vector instructions (AVX2 where the processor has it): the first
// sieve of every search for a text in another.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stoop {

// The next of the places from `at` to before `end` where a pair stands: those of `size` places from `at` that
// have a bit in the mask; none behind the last ones. Bytes are compared after setting the bits of `fold`.
// Reads up to data[end - 1 + distance].
struct PairPlaces {
    size_t at, size;
    uint64_t mask;
};
PairPlaces next_pair(const char* data, size_t at, size_t end, size_t distance, char first, char second,
                     char fold);

}  // namespace stoop
