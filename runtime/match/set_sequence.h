// A sequence of sets of bytes, of which one stands in a text behind the other: the part of a glob between two
// `*` that has `?` or brackets in it. It is looked for at 64 places at once, with vector instructions
// (AVX-512, AVX2 or SSE2, whatever the processor has): a byte of the text costs a hundredth of a nanosecond
// for each range of bytes (`[a-z0-9]` are two), as long as what stands before it in the sequence is found. A
// sequence of more than kMostRanges is looked for byte by byte, at three quarters of a nanosecond each.
//
// For one thread, on its stack; nothing is allocated.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/match/bracket.h"

namespace stoop {

class SetSequence {
  public:
    static constexpr size_t kMostPlaces = 64;

    // Each adds a place. At most kMostPlaces.
    void add_any();
    void add(char byte, bool ignore_case);
    void add(const ByteSet& bytes);

    size_t size() const { return size_; }

    // Where the sequence, which is not empty, begins next from here on; npos if it does not.
    size_t find(std::string_view text, size_t from) const;

    struct Range {
        uint8_t place, first, width;
        bool is_last;  // of its place
    };
    // None of a place where any byte may stand. False: they are too many.
    bool has_ranges() const { return range_count_ <= kMostRanges; }
    std::span<const Range> ranges() const { return {ranges_.data(), range_count_}; }
    // Bit i: the byte may stand at place i.
    uint64_t places_of(char byte) const { return places_[static_cast<unsigned char>(byte)] | free_places_; }

    // One search for each kind of vectors that this processor has, the best first, then the one without
    // vectors. For tests; no set of the sequence may be empty.
    using Search = size_t (*)(const SetSequence& sequence, std::string_view text, size_t from);
    static std::vector<Search> searches();

  private:
    void add_range(size_t first, size_t last, bool is_last);

    static constexpr size_t kMostRanges = 64;

    size_t size_ = 0, range_count_ = 0;
    std::array<Range, kMostRanges> ranges_;
    std::array<uint64_t, 256> places_{};
    uint64_t free_places_ = 0;
    bool is_nowhere_ = false;  // a set is empty
};

}  // namespace stoop
