// SPDX-License-Identifier: Apache-2.0
// The key that vouches for what is in the cache of native code: 32 random bytes in a folder of the user's
// that is not the cache's. Who can write to the cache folder alone (a CI that restores it from somebody's
// branch, a copy from another machine or user) does not have the key, so what they put there is not believed.
//
// The key is made at the first use: a file that appears whole, of mode 0600. A link in its place, another
// owner, another mode, a second name, or another size: there is no key, and so no cache.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace stoop {

using CacheKey = std::array<unsigned char, 32>;
using CacheMac = std::array<unsigned char, 32>;

// The key in this folder; with `make` it is made if it is not there. Any thread, any number of processes.
std::optional<CacheKey> read_cache_key(const std::filesystem::path& folder, bool make);

// The keyed hash (BLAKE2b) of the bytes.
CacheMac cache_mac(const CacheKey& key, std::string_view bytes);
// Takes the same time wherever they differ.
bool same_mac(const CacheMac& a, const CacheMac& b);

}  // namespace stoop
