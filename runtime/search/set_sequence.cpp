// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/set_sequence.h"

#include <algorithm>
#include <bit>

#include "runtime/search/text.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace stoop {
namespace {

using Range = SetSequence::Range;

constexpr size_t kBlock = 64;  // places

// The ranges from `begin` to `end`.
[[gnu::noinline]] void put_first(std::span<Range> ranges, size_t begin, size_t end) {
    auto at = [&](size_t i) { return ranges.begin() + static_cast<std::ptrdiff_t>(i); };
    std::rotate(at(0), at(begin), at(end));
}

// A kernel says which of 64 bytes are in a range.
//
// At which of the places that begin here all ranges fit. The one that leaves none comes first from then on.
template <typename Kernel>
[[gnu::always_inline]] inline uint64_t places_in(const char* data, std::span<Range> ranges) {
    uint64_t all = ~uint64_t{0}, of_place = 0;
    size_t begin = 0;  // of the ranges of a place
    for (size_t i = 0; i < ranges.size(); ++i) {
        of_place |= Kernel::in_range(data + ranges[i].place, ranges[i]);
        if (!ranges[i].is_last) continue;
        all &= of_place;
        if (all == 0) {
            if (begin != 0) put_first(ranges, begin, i + 1);
            return 0;
        }
        of_place = 0;
        begin = i + 1;
    }
    return all;
}

template <typename Kernel>
[[gnu::always_inline]] inline size_t find(std::string_view text, size_t from, std::span<Range> ranges,
                                          size_t size) {
    size_t at = from;
    auto begin = [&](uint64_t places) { return at + static_cast<size_t>(std::countr_zero(places)); };
    for (; at + size - 1 + kBlock <= text.size(); at += kBlock)
        if (uint64_t places = places_in<Kernel>(text.data() + at, ranges); places != 0) return begin(places);
    if (at + size > text.size()) return text.npos;
    char rest[SetSequence::kMostPlaces + 2 * kBlock];
    std::fill_n(std::copy(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), rest), kBlock, '\0');
    uint64_t wanted = ~uint64_t{0} >> (kBlock - (text.size() - at - size + 1));
    uint64_t places = places_in<Kernel>(rest, ranges) & wanted;
    return places == 0 ? text.npos : begin(places);
}

#if defined(__x86_64__)

struct Sse2 {
    static uint64_t in_range(const char* data, const Range& range) {
        const __m128i first = _mm_set1_epi8(static_cast<char>(range.first)),
                      width = _mm_set1_epi8(static_cast<char>(range.width));
        uint64_t out = 0;
        for (size_t at = 0; at < kBlock; at += sizeof(__m128i)) {
            __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + at));
            __m128i above = _mm_sub_epi8(bytes, first);
            __m128i in = _mm_cmpeq_epi8(_mm_min_epu8(above, width), above);
            out |= uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(in))} << at;
        }
        return out;
    }
};

struct Avx2 {
    __attribute__((target("avx2"))) static uint64_t in_range(const char* data, const Range& range) {
        const __m256i first = _mm256_set1_epi8(static_cast<char>(range.first)),
                      width = _mm256_set1_epi8(static_cast<char>(range.width));
        uint64_t out = 0;
        for (size_t at = 0; at < kBlock; at += sizeof(__m256i)) {
            __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + at));
            __m256i above = _mm256_sub_epi8(bytes, first);
            __m256i in = _mm256_cmpeq_epi8(_mm256_min_epu8(above, width), above);
            out |= uint64_t{static_cast<uint32_t>(_mm256_movemask_epi8(in))} << at;
        }
        return out;
    }
};

struct Avx512 {
    __attribute__((target("avx512bw"))) static uint64_t in_range(const char* data, const Range& range) {
        __m512i above =
            _mm512_sub_epi8(_mm512_loadu_si512(data), _mm512_set1_epi8(static_cast<char>(range.first)));
        return _mm512_cmple_epu8_mask(above, _mm512_set1_epi8(static_cast<char>(range.width)));
    }
};

size_t find_sse2(std::string_view text, size_t from, std::span<Range> ranges, size_t size) {
    return find<Sse2>(text, from, ranges, size);
}
__attribute__((target("avx2"))) size_t find_avx2(std::string_view text, size_t from, std::span<Range> ranges,
                                                 size_t size) {
    return find<Avx2>(text, from, ranges, size);
}
__attribute__((target("avx512bw"))) size_t find_avx512(std::string_view text, size_t from,
                                                       std::span<Range> ranges, size_t size) {
    return find<Avx512>(text, from, ranges, size);
}

#else

struct Bytes {
    static uint64_t in_range(const char* data, const Range& range) {
        uint64_t out = 0;
        for (size_t i = 0; i < kBlock; ++i)
            out |= uint64_t{static_cast<uint8_t>(data[i] - range.first) <= range.width} << i;
        return out;
    }
};

size_t find_bytes(std::string_view text, size_t from, std::span<Range> ranges, size_t size) {
    return find<Bytes>(text, from, ranges, size);
}

#endif

const SetSequence::Search best_search = SetSequence::searches().front();

}  // namespace

std::vector<SetSequence::Search> SetSequence::searches() {
#if defined(__x86_64__)
    std::vector<Search> out;
    if (__builtin_cpu_supports("avx512bw")) out.push_back(&find_avx512);
    if (__builtin_cpu_supports("avx2")) out.push_back(&find_avx2);
    out.push_back(&find_sse2);
    return out;
#else
    return {&find_bytes};
#endif
}

size_t SetSequence::find(std::string_view text, size_t from) {
    return is_nowhere_ ? text.npos : best_search(text, from, ranges(), size_);
}

void SetSequence::add(char byte, bool ignore_case) {
    auto first = static_cast<unsigned char>(ascii_lower(byte)), same = static_cast<unsigned char>(byte);
    bool is_letter = first >= 'a' && first <= 'z';
    if (!ignore_case || !is_letter) {
        add_range(same, same, true);
    } else {
        add_range(first, first, false);
        add_range(first - size_t{32}, first - size_t{32}, true);
    }
    ++size_;
}

void SetSequence::add(const ByteSet& bytes) {
    if (bytes.all()) return add_any();
    is_nowhere_ = is_nowhere_ || bytes.none();
    constexpr size_t kBits = 64;
    ByteSet edges = bytes ^ bytes << 1;  // where ranges begin, and behind them
    size_t first = bytes.size();         // of a range that has begun
    for (size_t at = 0; at < bytes.size(); at += kBits)
        for (uint64_t bits = (edges >> at & ByteSet(~uint64_t{0})).to_ullong(); bits != 0; bits &= bits - 1) {
            size_t edge = at + static_cast<size_t>(std::countr_zero(bits));
            if (bytes[edge])
                first = edge;
            else
                add_range(first, edge - 1, (bytes >> edge).none());
        }
    if (bytes[bytes.size() - 1]) add_range(first, bytes.size() - 1, true);
    ++size_;
}

void SetSequence::add_range(size_t first, size_t last, bool is_last) {
    ranges_[range_count_++] = {static_cast<uint16_t>(size_), static_cast<uint8_t>(first),
                               static_cast<uint8_t>(last - first), is_last};
}

}  // namespace stoop
