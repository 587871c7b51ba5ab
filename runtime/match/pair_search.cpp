#include "runtime/match/pair_search.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace stoop {
namespace {

// A kernel says at which of the `places` (64 at most) that begin at `data` a pair begins; it reads up to
// data[places - 1 + distance].
template <typename Kernel>
[[gnu::always_inline]] inline PairPlaces search_one(std::string_view text, size_t at, BytePair pair,
                                                    char fold) {
    for (; at + pair.distance + kPairBlock < text.size(); at += kPairBlock)
        if (uint64_t mask = Kernel::mask(text.data() + at, kPairBlock, pair, fold); mask != 0)
            return {at, mask};
    if (at + pair.distance >= text.size()) return {text.size(), 0};
    return {at, Kernel::mask(text.data() + at, text.size() - pair.distance - at, pair, fold)};
}

template <typename Kernel, size_t Count>
[[gnu::always_inline]] inline size_t search_several(std::string_view text, size_t at, const BytePair* given,
                                                    char fold, uint64_t* masks) {
    BytePair pairs[Count];  // so that what is made of them can stay in registers
    std::copy_n(given, Count, pairs);
    for (; at < text.size(); at += kPairBlock) {
        size_t left = text.size() - at;
        uint64_t found[Count], any = 0;
        for (size_t i = 0; i < Count; ++i) {
            size_t places = left <= pairs[i].distance ? 0 : std::min(left - pairs[i].distance, kPairBlock);
            found[i] = places == 0 ? 0 : Kernel::mask(text.data() + at, places, pairs[i], fold);
            any |= found[i];
        }
        if (any == 0) continue;
        std::copy_n(found, Count, masks);
        return at;
    }
    return text.size();
}

template <typename Kernel>
[[gnu::always_inline]] inline size_t search_several(std::string_view text, size_t at,
                                                    std::span<const BytePair> pairs, char fold,
                                                    uint64_t* masks) {
    static_assert(kMostPairs == 4);
    switch (pairs.size()) {
        case 1: return search_several<Kernel, 1>(text, at, pairs.data(), fold, masks);
        case 2: return search_several<Kernel, 2>(text, at, pairs.data(), fold, masks);
        case 3: return search_several<Kernel, 3>(text, at, pairs.data(), fold, masks);
        default: return search_several<Kernel, 4>(text, at, pairs.data(), fold, masks);
    }
}

struct Bytes {
    static uint64_t mask(const char* data, size_t places, const BytePair& pair, char fold) {
        uint64_t out = 0;
        for (size_t i = 0; i < places; ++i)
            out |= uint64_t{(data[i] | fold) == pair.first && (data[i + pair.distance] | fold) == pair.second}
                   << i;
        return out;
    }
};

#if defined(__x86_64__)

// Blocks of `Width` places, of which the last overlaps the one before.
template <size_t Width, typename Mask>
[[gnu::always_inline]] inline uint64_t in_blocks(size_t places, Mask&& mask) {
    uint64_t out = 0;
    size_t at = 0;
    for (; at + Width <= places; at += Width) out |= uint64_t{mask(at)} << at;
    return at == places ? out : out | uint64_t{mask(places - Width)} << (places - Width);
}

// Always inlined, since the code of other kinds must hold none of this kind's instructions: after theirs some
// processors take a hundred nanoseconds to begin with these.
struct Sse2 {
    [[gnu::always_inline]] static uint64_t mask(const char* data, size_t places, const BytePair& pair,
                                                char fold) {
        if (places < 16) return Bytes::mask(data, places, pair, fold);
        const __m128i bit = _mm_set1_epi8(fold), a = _mm_set1_epi8(pair.first),
                      b = _mm_set1_epi8(pair.second);
        return in_blocks<16>(places, [&](size_t at) {
            auto load = [&](size_t from) {
                return _mm_or_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data + from)), bit);
            };
            __m128i both =
                _mm_and_si128(_mm_cmpeq_epi8(load(at), a), _mm_cmpeq_epi8(load(at + pair.distance), b));
            return static_cast<uint32_t>(_mm_movemask_epi8(both));
        });
    }
};

struct Avx2 {
    __attribute__((target("avx2"))) static uint32_t mask32(const char* data, const BytePair& pair,
                                                           char fold) {
        const __m256i bit = _mm256_set1_epi8(fold);
        auto first = _mm256_or_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(data)), bit);
        auto second =
            _mm256_or_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + pair.distance)), bit);
        auto both = _mm256_and_si256(_mm256_cmpeq_epi8(first, _mm256_set1_epi8(pair.first)),
                                     _mm256_cmpeq_epi8(second, _mm256_set1_epi8(pair.second)));
        return static_cast<uint32_t>(_mm256_movemask_epi8(both));
    }
    __attribute__((target("avx2"))) static uint64_t mask(const char* data, size_t places,
                                                         const BytePair& pair, char fold) {
        if (places < 32) return Sse2::mask(data, places, pair, fold);
        uint64_t begin = mask32(data, pair, fold);
        return begin | uint64_t{mask32(data + places - 32, pair, fold)} << (places - 32);
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
};

PairPlaces one_sse2(std::string_view text, size_t at, BytePair pair, char fold) {
    return search_one<Sse2>(text, at, pair, fold);
}
size_t several_sse2(std::string_view text, size_t at, std::span<const BytePair> pairs, char fold,
                    uint64_t* masks) {
    return search_several<Sse2>(text, at, pairs, fold, masks);
}
__attribute__((target("avx2"))) PairPlaces one_avx2(std::string_view text, size_t at, BytePair pair,
                                                    char fold) {
    return search_one<Avx2>(text, at, pair, fold);
}
__attribute__((target("avx2"))) size_t several_avx2(std::string_view text, size_t at,
                                                    std::span<const BytePair> pairs, char fold,
                                                    uint64_t* masks) {
    return search_several<Avx2>(text, at, pairs, fold, masks);
}
__attribute__((target("avx512bw"))) PairPlaces one_avx512(std::string_view text, size_t at, BytePair pair,
                                                          char fold) {
    return search_one<Avx512>(text, at, pair, fold);
}
__attribute__((target("avx512bw"))) size_t several_avx512(std::string_view text, size_t at,
                                                          std::span<const BytePair> pairs, char fold,
                                                          uint64_t* masks) {
    return search_several<Avx512>(text, at, pairs, fold, masks);
}

#else

PairPlaces one_bytes(std::string_view text, size_t at, BytePair pair, char fold) {
    return search_one<Bytes>(text, at, pair, fold);
}
size_t several_bytes(std::string_view text, size_t at, std::span<const BytePair> pairs, char fold,
                     uint64_t* masks) {
    return search_several<Bytes>(text, at, pairs, fold, masks);
}

#endif

}  // namespace

std::vector<PairSearch> pair_searches() {
#if defined(__x86_64__)
    std::vector<PairSearch> out;
    if (__builtin_cpu_supports("avx512bw")) out.push_back({&one_avx512, &several_avx512});
    if (__builtin_cpu_supports("avx2")) out.push_back({&one_avx2, &several_avx2});
    out.push_back({&one_sse2, &several_sse2});
    return out;
#else
    return {{&one_bytes, &several_bytes}};
#endif
}

const PairSearch pair_search = pair_searches().front();

}  // namespace stoop
