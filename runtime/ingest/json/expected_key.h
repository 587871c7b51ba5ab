// SPDX-License-Identifier: Apache-2.0
// A key of an object which has come before and so is expected again. One look at 32 bytes recognises it, and
// whether its value is null, as most are.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace stoop {

class ExpectedKey {
  public:
    enum class Found : uint8_t {
        Another,
        Key,   // its closing quote and a colon follow at once
        Null,  // and then the word null and a comma
    };

    ExpectedKey() = default;
    // `raw`: what stands between the quotes, escapes as they are written.
    explicit ExpectedKey(std::string_view raw) : size_(raw.size()), text_(std::string(raw) + "\":null,") {
        text_.resize(std::max(text_.size(), kLook));
        key_ = first(size_ + 2);
        null_ = first(size_ + 7);
    }

    std::string_view raw() const { return std::string_view(text_).substr(0, size_); }
    // And the closing quote.
    std::string_view quoted() const { return std::string_view(text_).substr(0, size_ + 1); }

    // How many bytes must be there to be looked at.
    size_t needed() const { return text_.size(); }

    // What is at `text`, which is behind an opening quote.
    Found look(const char* text) const {
        uint32_t other = ~same(text, text_.data());
        if (other & key_) return Found::Another;
        if (needed() > kLook) return look_on(text, other);
        return other & null_ ? Found::Key : Found::Null;
    }

  private:
    static constexpr size_t kLook = 32;

    static uint32_t first(size_t count) { return count >= kLook ? UINT32_MAX : (uint32_t{1} << count) - 1; }

    // A bit for each of 32 bytes: whether they are the same.
    static uint32_t same(const char* a, const char* b) {
#if defined(__x86_64__)
        auto half = [&](size_t at) {
            __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(a + at));
            __m128i y = _mm_loadu_si128(reinterpret_cast<const __m128i*>(b + at));
            return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(x, y)));
        };
        return half(0) | half(16) << 16;
#else
        uint32_t out = 0;
        for (size_t i = 0; i < kLook; ++i) out |= uint32_t{a[i] == b[i]} << i;
        return out;
#endif
    }

    // The rest of a long one.
    Found look_on(const char* text, uint32_t other) const {
        auto is_same = [&](size_t size) {
            return size <= kLook || std::memcmp(text + kLook, text_.data() + kLook, size - kLook) == 0;
        };
        if (!is_same(size_ + 2)) return Found::Another;
        return other & null_ || !is_same(size_ + 7) ? Found::Key : Found::Null;
    }

    size_t size_ = 0;
    std::string text_;             // and what fills it up to a look
    uint32_t key_ = 0, null_ = 0;  // which of the first bytes belong to them
};

}  // namespace stoop
