// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/code_cache.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <vector>

#include "compiler/codegen/cache_key.h"
#include "compiler/codegen/private_file.h"

namespace stoop {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestFolder = size_t{256} << 20, kLargestFile = kLargestFolder / 4;  // bytes

// The last byte is the version of this format.
constexpr std::string_view kMagic{"stoop\n\0\3", 8};

// What stands behind the message authentication code, which is over all of it: the magic, the size of the
// key, the key, the code.
std::string contents(std::string_view key, std::string_view code) {
    uint64_t key_size = key.size();
    std::string out(kMagic);
    out.append(reinterpret_cast<const char*>(&key_size), sizeof key_size);
    out += key;
    out += code;
    return out;
}

// A name that tells nothing of the key, and that needs no secret.
std::string name_of(std::string_view key) {
    CacheMac hash = cache_mac({}, key);
    std::string out;
    for (size_t i = 0; i < 16; ++i) out += fmt::format("{:02x}", hash[i]);
    return out + ".o";
}

}  // namespace

std::optional<std::string> CodeCache::find(std::string_view key) const {
    auto secret = read_cache_key(folders_.state, false);
    Descriptor folder = open_private_folder(folders_.cache);
    if (!secret || !folder) return std::nullopt;
    struct stat status;
    Descriptor file = open_private_file(folder, name_of(key), status);
    if (!file) return std::nullopt;
    auto size = static_cast<size_t>(status.st_size);
    CacheMac mac;
    std::string begin = contents(key, "");
    if (size < mac.size() + begin.size() || size > kLargestFile) return std::nullopt;
    std::string bytes(size - mac.size(), '\0');
    if (!read_exactly(file, mac.data(), mac.size()) || !read_exactly(file, bytes.data(), bytes.size()))
        return std::nullopt;
    if (!same_mac(mac, cache_mac(*secret, bytes)) || !bytes.starts_with(begin)) return std::nullopt;
    bytes.erase(0, begin.size());
    return bytes;
}

void CodeCache::put(std::string_view key, std::string_view code) const {
    std::string bytes = contents(key, code);
    if (bytes.size() > kLargestFile) return;
    auto secret = read_cache_key(folders_.state, true);
    if (!secret) return;
    Descriptor folder = make_private_folder(folders_.cache);
    if (!folder) return;
    CacheMac mac = cache_mac(*secret, bytes);
    bytes.insert(0, reinterpret_cast<const char*>(mac.data()), mac.size());
    std::string name = name_of(key), made;
    if (!write_private_file(folder, name, bytes, made)) return;
    if (renameat(folder.get(), made.c_str(), folder.get(), name.c_str()) != 0)
        unlinkat(folder.get(), made.c_str(), 0);
    remove_oldest();
}

void CodeCache::remove_oldest() const {
    struct Entry {
        fs::file_time_type time;
        size_t size;
        fs::path path;
    };
    std::error_code ignored;
    std::vector<Entry> files;
    for (fs::directory_iterator at(folders_.cache, ignored), end; at != end; at.increment(ignored)) {
        std::error_code gone;  // another process may have removed it
        Entry entry{at->last_write_time(gone), static_cast<size_t>(at->file_size(gone)), at->path()};
        if (!gone) files.push_back(std::move(entry));
    }
    std::sort(files.begin(), files.end(), [](const Entry& a, const Entry& b) { return a.time > b.time; });
    size_t size = 0;
    for (const Entry& file : files)
        if ((size += file.size) > kLargestFolder) fs::remove(file.path, ignored);
}

// `name` is a folder of the XDG kind: where the environment says, else below the user's home.
static std::optional<fs::path> user_folder(const char* name, const char* below_home) {
    if (const char* folder = getenv(name); folder && *folder == '/') return fs::path(folder) / "stoop";
    if (const char* home = getenv("HOME"); home && *home == '/') return fs::path(home) / below_home / "stoop";
    return std::nullopt;
}

std::optional<CacheFolders> default_cache_folders() {
    auto cache = user_folder("XDG_CACHE_HOME", ".cache");
    auto state = user_folder("XDG_STATE_HOME", ".local/state");
    if (!cache || !state) return std::nullopt;
    return CacheFolders{std::move(*cache), std::move(*state)};
}

}  // namespace stoop
