// SPDX-License-Identifier: Apache-2.0
// The hash of a text: 64 bits, a few nanoseconds, with a random key that is new in each process. Whoever does
// not know the key cannot choose texts whose hashes are equal, so a table of texts from outside stays fast. A
// hash must not leave the process, nor may the order that it gives be seen.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace stoop {

struct HashKey {
    uint64_t first, second;
};
extern const HashKey hash_key;

namespace text_hash {

inline uint64_t load(const char* at, size_t bytes) {
    uint64_t out = 0;
    std::memcpy(&out, at, bytes);
    return out;
}

inline uint64_t mix(uint64_t a, uint64_t b) {
    auto product = static_cast<unsigned __int128>(a ^ hash_key.first) * (b ^ hash_key.second);
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace text_hash

inline uint64_t hash_text(std::string_view text) {
    using text_hash::load, text_hash::mix;
    size_t n = text.size();
    const char* p = text.data();
    if (n >= 8) {
        uint64_t hash = n;
        for (; n > 8; n -= 8, p += 8) hash = mix(hash, load(p, 8));
        return mix(hash, load(text.data() + text.size() - 8, 8));
    }
    if (n >= 4) return mix(n, load(p, 4) << 32 | load(p + n - 4, 4));
    return n == 0 ? 0 : mix(n, load(p, 1) << 16 | load(p + n / 2, 1) << 8 | load(p + n - 1, 1));
}

}  // namespace stoop
