// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/type_filter.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace stoop {
namespace {

uint64_t filter_one_by_one(const EventTypeSet& wanted, std::span<const EventTypeId> types) {
    uint64_t out = 0;
    for (size_t i = 0; i < types.size(); ++i) out |= uint64_t{wanted.contains(types[i])} << i;
    return out;
}

#if defined(__x86_64__)

// The set is 32 words of 16 bits in a register; each type chooses one of them and a bit in it.
__attribute__((target("avx512bw"))) uint64_t filter_avx512(const EventTypeSet& wanted,
                                                           std::span<const EventTypeId> types) {
    constexpr size_t kWords = 32, kAtOnce = 32;
    const std::span<const uint64_t> set = wanted.words();
    size_t words = std::min(set.size() * 4, kWords);
    auto low = [](size_t bits) {
        return static_cast<__mmask32>(bits >= 32 ? ~uint32_t{0} : (1u << bits) - 1);
    };
    const __m512i table = _mm512_maskz_loadu_epi16(low(words), set.data());
    const __m512i size = _mm512_set1_epi16(static_cast<short>(std::min(wanted.size(), kWords * 16)));
    uint64_t out = 0;
    for (size_t at = 0; at < types.size(); at += kAtOnce) {
        __mmask32 there = low(types.size() - at);
        __m512i type = _mm512_maskz_loadu_epi16(there, types.data() + at);
        __m512i word = _mm512_permutexvar_epi16(_mm512_srli_epi16(type, 4), table);
        __m512i bit = _mm512_sllv_epi16(_mm512_set1_epi16(1), _mm512_and_si512(type, _mm512_set1_epi16(15)));
        __mmask32 has = _mm512_test_epi16_mask(word, bit) | _mm512_cmpge_epu16_mask(type, size);
        out |= uint64_t{static_cast<uint32_t>(has & there)} << at;
    }
    return out;
}

#endif

}  // namespace

std::vector<TypeFilter> type_filters() {
    std::vector<TypeFilter> out;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512bw")) out.push_back(&filter_avx512);
#endif
    out.push_back(&filter_one_by_one);
    return out;
}

const TypeFilter wanted_types = type_filters().front();

}  // namespace stoop
