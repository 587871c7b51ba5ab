// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/cache_key.h"

#include <sodium.h>
#include <unistd.h>

#include <string>

#include "compiler/codegen/private_file.h"

namespace stoop {
namespace {

constexpr const char* kFile = "cache-key";

std::optional<CacheKey> read_key(const Descriptor& folder) {
    struct stat status;
    Descriptor file = open_private_file(folder, kFile, status);
    CacheKey key;
    if (!file || (status.st_mode & 07777) != 0600 || status.st_nlink != 1 ||
        static_cast<size_t>(status.st_size) != key.size() || !read_exactly(file, key.data(), key.size()))
        return std::nullopt;
    return key;
}

// It appears under its name whole, or not at all; a key that is there already stays.
void make_key(const Descriptor& folder) {
    CacheKey key;
    randombytes_buf(key.data(), key.size());
    std::string made;
    if (!write_private_file(folder, kFile, {reinterpret_cast<const char*>(key.data()), key.size()}, made))
        return;
    linkat(folder.get(), made.c_str(), folder.get(), kFile, 0);
    unlinkat(folder.get(), made.c_str(), 0);
}

}  // namespace

std::optional<CacheKey> read_cache_key(const std::filesystem::path& folder, bool make) {
    if (sodium_init() < 0) return std::nullopt;
    Descriptor opened = make ? make_private_folder(folder) : open_private_folder(folder);
    if (!opened) return std::nullopt;
    auto key = read_key(opened);
    if (key || !make) return key;
    make_key(opened);
    return read_key(opened);
}

CacheMac cache_mac(const CacheKey& key, std::string_view bytes) {
    static_assert(std::tuple_size_v<CacheMac> == crypto_generichash_BYTES &&
                  std::tuple_size_v<CacheKey> == crypto_generichash_KEYBYTES);
    CacheMac out;
    crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                       bytes.size(), key.data(), key.size());
    return out;
}

bool same_mac(const CacheMac& a, const CacheMac& b) {
    return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace stoop
