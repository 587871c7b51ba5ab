// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/text_table.h"

#include <bit>

#include "runtime/base/text_hash.h"

namespace stoop {
namespace {

constexpr size_t kSmallestFilter = 1024, kLargestFilter = size_t{1} << 17;  // bits

}  // namespace

void TextTable::build(std::span<const std::string_view> texts) {
    size_t bits = std::clamp(std::bit_ceil(texts.size() * 32), kSmallestFilter, kLargestFilter);
    filter_mask_ = static_cast<uint32_t>(bits - 1);
    filter_.assign(bits / 64, 0);
    entries_.assign(std::bit_ceil(texts.size() * 2 + 1), {});
    for (uint32_t number = 0; number < texts.size(); ++number) {
        std::string_view text = texts[number];
        uint64_t hash = hash_text(text);
        size_t at = hash & (entries_.size() - 1);
        bool known = false;  // an equal text has come before: its number counts
        for (; entries_[at].number != kNone && !known; at = (at + 1) & (entries_.size() - 1)) {
            if (entries_[at].hash != hash || entries_[at].size != text.size()) continue;
            known = text_of(entries_[at]) == text;
            hashes_collide_ = hashes_collide_ || !known;
        }
        if (known) continue;
        entries_[at] = {hash, static_cast<uint32_t>(texts_.size()), static_cast<uint32_t>(text.size()),
                        number};
        texts_ += text;
        sizes_ |= size_bit(text.size());
        uint32_t bit = filter_bit(text) & filter_mask_;
        filter_[bit / 64] |= uint64_t{1} << bit % 64;
    }
}

uint32_t TextTable::probe(std::string_view value, bool compare) const {
    uint64_t hash = hash_text(value);
    for (size_t at = hash & (entries_.size() - 1);; at = (at + 1) & (entries_.size() - 1)) {
        const Entry& entry = entries_[at];
        if (entry.number == kNone) return kNone;
        if (entry.hash == hash && entry.size == value.size() && (!compare || text_of(entry) == value))
            return entry.number;
    }
}

}  // namespace stoop
