// SPDX-License-Identifier: Apache-2.0
// A sequence of sets of bytes, of which one stands in a text behind the other: the part of a glob between two
// `*` that has `?` or brackets in it. It is looked for at 64 places of the text at once, with vector
// instructions (AVX-512, AVX2 or SSE2, whatever the processor has). What rules out a block of places is asked
// first of the next, so mostly a byte of the text costs one to three hundredths of a nanosecond; at worst, in
// a text that is nearly what is looked for all over, one for each range of bytes (`[a-z0-9]` are two).
//
// For one thread, on its stack; nothing is allocated.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/search/bracket.h"

namespace stoop {

class SetSequence {
  public:
    static constexpr size_t kMostPlaces = 512;

    // Each adds a place, unless it is full.
    bool is_full() const { return size_ == kMostPlaces || range_count_ + kMostRangesOfSet > ranges_.size(); }
    void add_any() { ++size_; }
    void add(char byte, bool ignore_case);
    void add(const ByteSet& bytes);

    size_t size() const { return size_; }

    // Where the sequence, which is not empty, begins next from here on; npos if it does not.
    size_t find(std::string_view text, size_t from);

    struct Range {
        uint16_t place;
        uint8_t first, width;
        bool is_last;  // of its place
    };
    // The ranges come in another order then. `size`: the places.
    using Search = size_t (*)(std::string_view text, size_t from, std::span<Range> ranges, size_t size);
    // One for each kind of vectors that this processor has, the best first. For tests.
    static std::vector<Search> searches();
    std::span<Range> ranges() { return {ranges_.data(), range_count_}; }

  private:
    void add_range(size_t first, size_t last, bool is_last);

    static constexpr size_t kMostRangesOfSet = 128;

    size_t size_ = 0, range_count_ = 0;
    std::array<Range, 512> ranges_;  // none of a place where any byte may stand
    bool is_nowhere_ = false;        // a set is empty
};

}  // namespace stoop
