#include "runtime/match/pair_search.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace stoop {
namespace {

uint64_t bits(uint32_t low, uint32_t high) { return low | uint64_t{high} << 32; }

// Less than 64 places.
PairPlaces last_pairs(const char* data, size_t at, size_t end, size_t distance, char first, char second,
                      char fold) {
    uint64_t mask = 0;
    for (size_t i = at; i < end; ++i)
        mask |= uint64_t{(data[i] | fold) == first && (data[i + distance] | fold) == second} << (i - at);
    return {at, end - at, mask};
}

#if defined(__x86_64__)

PairPlaces next_pair_sse2(const char* data, size_t at, size_t end, size_t distance, char first, char second,
                          char fold) {
    const __m128i bit = _mm_set1_epi8(fold), a = _mm_set1_epi8(first), b = _mm_set1_epi8(second);
    auto mask = [&](size_t place) {
        auto load = [&](size_t from) {
            return _mm_or_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data + from)), bit);
        };
        __m128i both =
            _mm_and_si128(_mm_cmpeq_epi8(load(place), a), _mm_cmpeq_epi8(load(place + distance), b));
        return static_cast<uint32_t>(_mm_movemask_epi8(both));
    };
    for (; at + 16 <= end; at += 16)
        if (uint32_t found = mask(at); found != 0) return {at, 16, found};
    // The last block overlaps the one before.
    if (at < end && end >= 16) return {at, end - at, mask(end - 16) >> (at + 16 - end)};
    return last_pairs(data, at, end, distance, first, second, fold);
}

__attribute__((target("avx2"))) inline uint32_t pair_mask_avx2(const char* data, size_t distance, __m256i a,
                                                               __m256i b, __m256i bit) {
    auto at = _mm256_or_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(data)), bit);
    auto behind = _mm256_or_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + distance)), bit);
    auto both = _mm256_and_si256(_mm256_cmpeq_epi8(at, a), _mm256_cmpeq_epi8(behind, b));
    return static_cast<uint32_t>(_mm256_movemask_epi8(both));
}

__attribute__((target("avx2"))) PairPlaces next_pair_avx2(const char* data, size_t at, size_t end,
                                                          size_t distance, char first, char second,
                                                          char fold) {
    const __m256i bit = _mm256_set1_epi8(fold), a = _mm256_set1_epi8(first), b = _mm256_set1_epi8(second);
    for (; at + 64 <= end; at += 64) {
        uint64_t found = bits(pair_mask_avx2(data + at, distance, a, b, bit),
                              pair_mask_avx2(data + at + 32, distance, a, b, bit));
        if (found != 0) return {at, 64, found};
    }
    if (end < 32) return next_pair_sse2(data, at, end, distance, first, second, fold);
    for (; at < end; at += 32) {
        size_t from = std::min(at, end - 32);
        uint32_t found = pair_mask_avx2(data + from, distance, a, b, bit) >> (at - from);
        if (found != 0) return {at, std::min<size_t>(32, end - at), found};
    }
    return {end, 0, 0};
}

const auto kNextPair = __builtin_cpu_supports("avx2") ? &next_pair_avx2 : &next_pair_sse2;

#endif

}  // namespace

PairPlaces next_pair(const char* data, size_t at, size_t end, size_t distance, char first, char second,
                     char fold) {
#if defined(__x86_64__)
    return kNextPair(data, at, end, distance, first, second, fold);
#else
    for (; at + 64 < end; at += 64)
        if (PairPlaces found = last_pairs(data, at, at + 64, distance, first, second, fold); found.mask != 0)
            return found;
    return last_pairs(data, at, end, distance, first, second, fold);
#endif
}

}  // namespace stoop
