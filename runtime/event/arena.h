// SPDX-License-Identifier: Apache-2.0
// Memory for the values of one event or the constants of one program, in blocks, given back all at once.
// After a few events there are blocks enough and nothing is allocated any more; what a huge event took
// besides is not kept. One owner, one thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/event/value.h"

namespace stoop {

class Arena {
  public:
    Arena() = default;
    Arena(Arena&& other) noexcept { *this = std::move(other); }
    Arena& operator=(Arena&& other) noexcept {  // which is empty then
        blocks_ = std::exchange(other.blocks_, {});
        block_ = std::exchange(other.block_, 0);
        used_ = std::exchange(other.used_, 0);
        size_ = std::exchange(other.size_, 0);
        return *this;
    }

    // Keeps the memory, or some of it, and forgets the contents: everything handed out before is invalid.
    void reset() {
        while (size_ > kKept) {
            size_ -= blocks_.back().size;
            blocks_.pop_back();
        }
        block_ = 0;
        used_ = 0;
    }

    size_t kept() const { return size_; }  // bytes

    // A place to go back to: what was handed out behind it is invalid then, the rest stays.
    struct Mark {
        size_t block = 0, used = 0;
    };
    Mark mark() const { return {block_, used_}; }
    void rewind(Mark mark) {
        block_ = mark.block;
        used_ = mark.used;
    }

    char* bytes(size_t size) {
        size = (size + 15) & ~size_t{15};
        while (block_ < blocks_.size() && used_ + size > blocks_[block_].size) {
            ++block_;
            used_ = 0;
        }
        if (block_ == blocks_.size()) {
            size_t want = blocks_.empty() ? 4096 : blocks_.back().size * 2;
            if (want > kLargestStep) want = kLargestStep;
            // A power of two, so that ever larger events do not leave a block each.
            if (want < size) want = std::bit_ceil(size);
            blocks_.push_back({std::make_unique_for_overwrite<char[]>(want), want});
            size_ += want;
            used_ = 0;
        }
        char* out = blocks_[block_].memory.get() + used_;
        used_ += size;
        return out;
    }

    std::string_view copy(std::string_view text) {
        char* out = bytes(text.size() + 1);
        std::memcpy(out, text.data(), text.size());
        out[text.size()] = 0;
        return {out, text.size()};
    }

    std::span<Value> values(size_t count) {
        auto* out = reinterpret_cast<Value*>(bytes(count * sizeof(Value)));
        for (size_t i = 0; i < count; ++i) new (out + i) Value;
        return {out, count};
    }

  private:
    static constexpr size_t kLargestStep = size_t{1} << 20, kKept = 4 * kLargestStep;
    struct Block {
        std::unique_ptr<char[]> memory;
        size_t size;
    };
    std::vector<Block> blocks_;
    size_t size_ = 0;  // of all of them
    size_t block_ = 0;
    size_t used_ = 0;
};

}  // namespace stoop
