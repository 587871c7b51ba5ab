// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/pair_search.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace stoop {
namespace {

// A kernel says at which of the `places` (64 at most) that begin at `data` a pair begins; it reads up to
// data[places - 1 + distance]. This goes on to the next block where it is at one of them.
template <typename Mask>
[[gnu::always_inline]] inline PairPlaces search(std::string_view text, size_t at, size_t distance,
                                                Mask&& mask) {
    for (; at + distance + kPairBlock < text.size(); at += kPairBlock)
        if (uint64_t found = mask(text.data() + at, kPairBlock); found != 0) return {at, found};
    if (at + distance >= text.size()) return {text.size(), 0};
    return {at, mask(text.data() + at, text.size() - distance - at)};
}

template <typename Kernel>
[[gnu::always_inline]] inline PairPlaces search_one(std::string_view text, size_t at, BytePair pair,
                                                    char fold) {
    return search(text, at, pair.distance,
                  [&](const char* data, size_t places) { return Kernel::mask(data, places, pair, fold); });
}

template <typename Kernel>
[[gnu::always_inline]] inline PairPlaces search_several(std::string_view text, size_t at,
                                                        const PairSieve& sieve, uint8_t* pairs) {
    return search(text, at, sieve.distance,
                  [&](const char* data, size_t places) { return Kernel::sift(data, places, sieve, pairs); });
}

struct Bytes {
    static uint64_t mask(const char* data, size_t places, const BytePair& pair, char fold) {
        uint64_t out = 0;
        for (size_t i = 0; i < places; ++i)
            out |= uint64_t{(data[i] | fold) == pair.first && (data[i + pair.distance] | fold) == pair.second}
                   << i;
        return out;
    }
    static uint64_t sift(const char* data, size_t places, const PairSieve& sieve, uint8_t* pairs) {
        uint64_t out = 0;
        for (size_t i = 0; i < places; ++i) {
            pairs[i] = sieve.first.of(data[i]) & sieve.second.of(data[i + sieve.distance]);
            out |= uint64_t{pairs[i] != 0} << i;
        }
        return out;
    }
};

#if defined(__x86_64__)

// Places that are more than half a vector, but do not fill it: its halves are the first and the last of them,
// which overlap. At which of them, by the mask of the vector.
[[gnu::always_inline]] inline uint64_t unfold(uint32_t mask, size_t half, size_t places) {
    return (mask & ((uint32_t{1} << half) - 1)) | uint64_t{mask >> half} << (places - half);
}

// Always inlined, since the code of other kinds must hold none of this kind's instructions: after theirs some
// processors take a hundred nanoseconds to begin with these.
struct Sse2 {
    [[gnu::always_inline]] static __m128i load(const char* data) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(data));
    }
    [[gnu::always_inline]] static __m128i load_halves(const char* data, size_t size) {
        __m128i begin = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(data)),
                end = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(data + size - 8));
        return _mm_unpacklo_epi64(begin, end);
    }

    [[gnu::always_inline]] static uint64_t mask(const char* data, size_t places, const BytePair& pair,
                                                char fold) {
        const __m128i bit = _mm_set1_epi8(fold), a = _mm_set1_epi8(pair.first),
                      b = _mm_set1_epi8(pair.second);
        auto mask16 = [&](__m128i first, __m128i second) {
            __m128i both = _mm_and_si128(_mm_cmpeq_epi8(_mm_or_si128(first, bit), a),
                                         _mm_cmpeq_epi8(_mm_or_si128(second, bit), b));
            return static_cast<uint32_t>(_mm_movemask_epi8(both));
        };
        const char* second = data + pair.distance;
        if (places < 8) return Bytes::mask(data, places, pair, fold);
        if (places < 16)
            return unfold(mask16(load_halves(data, places), load_halves(second, places)), 8, places);
        uint64_t out = 0;
        for (size_t at = 0; at + 16 <= places; at += 16)
            out |= uint64_t{mask16(load(data + at), load(second + at))} << at;
        size_t last = places - 16;
        return out | uint64_t{mask16(load(data + last), load(second + last))} << last;
    }
};

struct Avx2 {
    __attribute__((target("avx2"))) static __m256i load(const char* data) {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data));
    }
    __attribute__((target("avx2"))) static __m256i load_halves(const char* data, size_t size) {
        return _mm256_set_m128i(Sse2::load(data + size - 16), Sse2::load(data));
    }

    __attribute__((target("avx2"))) static uint32_t mask32(__m256i first, __m256i second,
                                                           const BytePair& pair, char fold) {
        const __m256i bit = _mm256_set1_epi8(fold);
        auto both =
            _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_or_si256(first, bit), _mm256_set1_epi8(pair.first)),
                             _mm256_cmpeq_epi8(_mm256_or_si256(second, bit), _mm256_set1_epi8(pair.second)));
        return static_cast<uint32_t>(_mm256_movemask_epi8(both));
    }
    __attribute__((target("avx2"))) static uint64_t mask(const char* data, size_t places,
                                                         const BytePair& pair, char fold) {
        const char* second = data + pair.distance;
        if (places < 16) return Sse2::mask(data, places, pair, fold);
        if (places < 32)
            return unfold(mask32(load_halves(data, places), load_halves(second, places), pair, fold), 16,
                          places);
        uint64_t begin = mask32(load(data), load(second), pair, fold);
        size_t last = places - 32;
        return begin | uint64_t{mask32(load(data + last), load(second + last), pair, fold)} << last;
    }

    __attribute__((target("avx2"))) static __m256i bits_of(const PairSieve::Bits& bits, __m256i bytes) {
        const __m256i half = _mm256_set1_epi8(0x0f);
        auto low = _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bits.low)));
        auto high = _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bits.high)));
        low = _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, half));
        high = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
        return _mm256_and_si256(low, high);
    }
    // The bits go to where the halves of `pairs` are to be.
    __attribute__((target("avx2"))) static uint32_t sift32(__m256i first, __m256i second,
                                                           const PairSieve& sieve, uint8_t* begin,
                                                           uint8_t* end) {
        auto both = _mm256_and_si256(bits_of(sieve.first, first), bits_of(sieve.second, second));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(begin), _mm256_castsi256_si128(both));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(end), _mm256_extracti128_si256(both, 1));
        auto none = _mm256_cmpeq_epi8(both, _mm256_setzero_si256());
        return ~static_cast<uint32_t>(_mm256_movemask_epi8(none));
    }
    __attribute__((target("avx2"))) static uint64_t sift(const char* data, size_t places,
                                                         const PairSieve& sieve, uint8_t* pairs) {
        const char* second = data + sieve.distance;
        if (places < 8) return Bytes::sift(data, places, sieve, pairs);
        if (places < 16) {
            uint8_t out[32];
            uint32_t found =
                sift32(_mm256_zextsi128_si256(Sse2::load_halves(data, places)),
                       _mm256_zextsi128_si256(Sse2::load_halves(second, places)), sieve, out, out + 16);
            std::memcpy(pairs, out, 8);
            std::memcpy(pairs + places - 8, out + 8, 8);
            return unfold(found & 0xffff, 8, places);
        }
        if (places < 32)
            return unfold(sift32(load_halves(data, places), load_halves(second, places), sieve, pairs,
                                 pairs + places - 16),
                          16, places);
        uint64_t begin = sift32(load(data), load(second), sieve, pairs, pairs + 16);
        size_t last = places - 32;
        return begin | uint64_t{sift32(load(data + last), load(second + last), sieve, pairs + last,
                                       pairs + last + 16)}
                           << last;
    }
};

// Loads no byte that is not wanted, so ends need no care.
struct Avx512 {
    __attribute__((target("avx512bw"))) static uint64_t mask(const char* data, size_t places,
                                                             const BytePair& pair, char fold) {
        const __m512i bit = _mm512_set1_epi8(fold);
        __mmask64 wanted = ~uint64_t{0} >> (kPairBlock - places);
        auto first = _mm512_or_si512(_mm512_maskz_loadu_epi8(wanted, data), bit);
        auto second = _mm512_or_si512(_mm512_maskz_loadu_epi8(wanted, data + pair.distance), bit);
        __mmask64 begins = _mm512_mask_cmpeq_epi8_mask(wanted, first, _mm512_set1_epi8(pair.first));
        return _mm512_mask_cmpeq_epi8_mask(begins, second, _mm512_set1_epi8(pair.second));
    }

    __attribute__((target("avx512bw"))) static __m512i bits_of(const PairSieve::Bits& bits, __m512i bytes) {
        constexpr __mmask16 kAll = 0xffff;
        const __m512i half = _mm512_set1_epi8(0x0f);
        auto low =
            _mm512_maskz_broadcast_i32x4(kAll, _mm_loadu_si128(reinterpret_cast<const __m128i*>(bits.low)));
        auto high =
            _mm512_maskz_broadcast_i32x4(kAll, _mm_loadu_si128(reinterpret_cast<const __m128i*>(bits.high)));
        low = _mm512_shuffle_epi8(low, _mm512_and_si512(bytes, half));
        high = _mm512_shuffle_epi8(high, _mm512_and_si512(_mm512_srli_epi16(bytes, 4), half));
        return _mm512_and_si512(low, high);
    }
    __attribute__((target("avx512bw"))) static uint64_t sift(const char* data, size_t places,
                                                             const PairSieve& sieve, uint8_t* pairs) {
        __mmask64 wanted = ~uint64_t{0} >> (kPairBlock - places);
        __m512i first = bits_of(sieve.first, _mm512_maskz_loadu_epi8(wanted, data)),
                second = bits_of(sieve.second, _mm512_maskz_loadu_epi8(wanted, data + sieve.distance));
        __mmask64 found = _mm512_mask_test_epi8_mask(wanted, first, second);
        if (found != 0) _mm512_storeu_si512(pairs, _mm512_and_si512(first, second));
        return found;
    }
};

PairPlaces one_sse2(std::string_view text, size_t at, BytePair pair, char fold) {
    return search_one<Sse2>(text, at, pair, fold);
}
__attribute__((target("avx2"))) PairPlaces one_avx2(std::string_view text, size_t at, BytePair pair,
                                                    char fold) {
    return search_one<Avx2>(text, at, pair, fold);
}
__attribute__((target("avx2"))) PairPlaces several_avx2(std::string_view text, size_t at,
                                                        const PairSieve& sieve, uint8_t* pairs) {
    return search_several<Avx2>(text, at, sieve, pairs);
}
__attribute__((target("avx512bw"))) PairPlaces one_avx512(std::string_view text, size_t at, BytePair pair,
                                                          char fold) {
    return search_one<Avx512>(text, at, pair, fold);
}
__attribute__((target("avx512bw"))) PairPlaces several_avx512(std::string_view text, size_t at,
                                                              const PairSieve& sieve, uint8_t* pairs) {
    return search_several<Avx512>(text, at, sieve, pairs);
}

#endif

PairPlaces one_bytes(std::string_view text, size_t at, BytePair pair, char fold) {
    return search_one<Bytes>(text, at, pair, fold);
}
PairPlaces several_bytes(std::string_view text, size_t at, const PairSieve& sieve, uint8_t* pairs) {
    return search_several<Bytes>(text, at, sieve, pairs);
}

}  // namespace

void PairSieve::add(size_t bit, char first_byte, char second_byte, char fold) {
    auto add = [&](Bits& bits, char byte) {
        // The byte with and without the bits of `fold`, which are in one half of it.
        for (char other : {byte, static_cast<char>(byte & ~fold)}) {
            auto index = static_cast<unsigned char>(other);
            bits.low[index & 15] |= static_cast<uint8_t>(1 << bit);
            bits.high[index >> 4] |= static_cast<uint8_t>(1 << bit);
        }
    };
    add(first, first_byte);
    add(second, second_byte);
}

std::vector<PairSearch> pair_searches() {
    std::vector<PairSearch> out;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512bw")) out.push_back({&one_avx512, &several_avx512});
    if (__builtin_cpu_supports("avx2")) out.push_back({&one_avx2, &several_avx2});
    out.push_back({&one_sse2, &several_bytes});
#endif
    out.push_back({&one_bytes, &several_bytes});
    return out;
}

const PairSearch pair_search = pair_searches().front();

}  // namespace stoop
