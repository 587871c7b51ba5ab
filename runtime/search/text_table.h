// SPDX-License-Identifier: Apache-2.0
// Texts, of which the one that is equal to a value is found: one probe of a hash table, before which two
// tests of bits turn away nearly all values that are none of them. A few nanoseconds, whatever the number of
// texts; nothing is allocated.
//
// Built once by one thread, then only read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stoop {

class TextTable {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;

    // They are copied; of equal ones the first is found.
    void build(std::span<const std::string_view> texts);
    bool empty() const { return entries_.empty(); }

    // The number of the text that is equal to the value, or kNone.
    uint32_t find(std::string_view value) const { return may_contain(value) ? probe(value, true) : kNone; }
    // The same, but by a hash of 64 bits alone: for those who make sure themselves.
    uint32_t guess(std::string_view value) const {
        return may_contain(value) ? probe(value, hashes_collide_) : kNone;
    }

  private:
    struct Entry {
        uint64_t hash = 0;
        uint32_t offset = 0, size = 0;
        uint32_t number = kNone;
    };
    static uint64_t size_bit(size_t size) { return uint64_t{1} << std::min<size_t>(size, 63); }
    // What few texts have in common and takes no time to see: size, first and last byte.
    static uint32_t filter_bit(std::string_view text) {
        if (text.empty()) return 0;
        auto first = static_cast<unsigned char>(text.front()), last = static_cast<unsigned char>(text.back());
        return static_cast<uint32_t>(text.size()) * 67 + first * 5u + last * 41u;
    }
    bool may_contain(std::string_view value) const {
        if ((sizes_ & size_bit(value.size())) == 0) return false;  // without a look at its bytes
        uint32_t bit = filter_bit(value) & filter_mask_;
        return (filter_[bit / 64] >> bit % 64 & 1) != 0;
    }
    uint32_t probe(std::string_view value, bool compare) const;
    std::string_view text_of(const Entry& entry) const { return {texts_.data() + entry.offset, entry.size}; }

    uint64_t sizes_ = 0;  // bit n: one of the texts has n bytes; bit 63: or more
    uint32_t filter_mask_ = 0;
    std::vector<uint64_t> filter_;
    std::vector<Entry> entries_;  // a power of two of them, half empty
    std::string texts_;
    bool hashes_collide_ = false;  // those of two different texts
};

}  // namespace stoop
