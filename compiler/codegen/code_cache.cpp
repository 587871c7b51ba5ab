#include "compiler/codegen/code_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace stoop {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestFolder = size_t{256} << 20, kLargestFile = kLargestFolder / 4;  // bytes

// What a file begins with; key and code follow.
struct Header {
    char magic[8] = {'s', 't', 'o', 'o', 'p', '\n', 0, 1};  // the last byte is the version of this format
    uint64_t key_size = 0, code_size = 0;
    uint64_t checksum = 0;  // of key and code
};

// FNV-1a, eight bytes at a time: finds damage. Against people there is the owner of the file.
uint64_t checksum(std::string_view bytes, uint64_t hash = 0xcbf29ce484222325) {
    constexpr uint64_t kPrime = 0x100000001b3;
    auto mix = [&](uint64_t word) {
        hash = (hash ^ word) * kPrime;
        hash ^= hash >> 32;
    };
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
        uint64_t word;
        std::memcpy(&word, bytes.data(), 8);
        mix(word);
    }
    for (char byte : bytes) mix(static_cast<unsigned char>(byte));
    return hash;
}

class File {
  public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    File(const File&) = delete;
    ~File() {
        if (descriptor_ >= 0) close(descriptor_);
    }
    int get() const { return descriptor_; }
    explicit operator bool() const { return descriptor_ >= 0; }

  private:
    int descriptor_;
};

bool is_ours_alone(const struct stat& status) {
    return status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

// The folder itself, not what a link in its place leads to.
File open_folder(const fs::path& folder) {
    int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    if (descriptor >= 0 && (fstat(descriptor, &status) != 0 || !is_ours_alone(status))) {
        close(descriptor);
        descriptor = -1;
    }
    return File(descriptor);
}

bool read_all(int descriptor, char* data, size_t size) {
    while (size > 0) {
        ssize_t got = read(descriptor, data, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        data += got;
        size -= static_cast<size_t>(got);
    }
    return true;
}

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t put = write(descriptor, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        bytes.remove_prefix(static_cast<size_t>(put));
    }
    return true;
}

}  // namespace

fs::path CodeCache::file_of(std::string_view key) const { return fmt::format("{:016x}.o", checksum(key)); }

std::optional<std::string> CodeCache::find(std::string_view key) const {
    File folder = open_folder(folder_);
    if (!folder) return std::nullopt;
    File file(openat(folder.get(), file_of(key).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    struct stat status;
    if (!file || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || !is_ours_alone(status))
        return std::nullopt;
    auto size = static_cast<size_t>(status.st_size);
    Header header, expected;
    if (size < sizeof header || size > kLargestFile) return std::nullopt;
    std::string bytes(size - sizeof header, '\0');
    if (!read_all(file.get(), reinterpret_cast<char*>(&header), sizeof header) ||
        !read_all(file.get(), bytes.data(), bytes.size()))
        return std::nullopt;
    bool fits = std::memcmp(header.magic, expected.magic, sizeof header.magic) == 0 &&
                header.key_size == key.size() && header.key_size <= bytes.size() &&
                header.code_size == bytes.size() - header.key_size && bytes.starts_with(key) &&
                header.checksum == checksum(bytes);
    if (!fits) return std::nullopt;
    bytes.erase(0, key.size());
    return bytes;
}

void CodeCache::put(std::string_view key, std::string_view code) const {
    if (sizeof(Header) + key.size() + code.size() > kLargestFile) return;
    std::error_code ignored;
    if (folder_.has_parent_path()) fs::create_directories(folder_.parent_path(), ignored);
    mkdir(folder_.c_str(), 0700);
    File folder = open_folder(folder_);
    if (!folder) return;
    Header header;
    header.key_size = key.size();
    header.code_size = code.size();
    std::string bytes(key);
    bytes += code;
    header.checksum = checksum(bytes);
    std::string name = file_of(key);
    std::string other = (folder_ / (name + ".XXXXXX")).string();
    {
        File file(mkostemp(other.data(), O_CLOEXEC));  // which nobody else can read
        if (!file) return;
        if (!write_all(file.get(), {reinterpret_cast<const char*>(&header), sizeof header}) ||
            !write_all(file.get(), bytes)) {
            unlink(other.c_str());
            return;
        }
    }
    if (rename(other.c_str(), (folder_ / name).c_str()) != 0) unlink(other.c_str());
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
    for (fs::directory_iterator at(folder_, ignored), end; at != end; at.increment(ignored)) {
        std::error_code gone;  // another process may have removed it
        Entry entry{at->last_write_time(gone), static_cast<size_t>(at->file_size(gone)), at->path()};
        if (!gone) files.push_back(std::move(entry));
    }
    std::sort(files.begin(), files.end(), [](const Entry& a, const Entry& b) { return a.time > b.time; });
    size_t size = 0;
    for (const Entry& file : files)
        if ((size += file.size) > kLargestFolder) fs::remove(file.path, ignored);
}

std::optional<fs::path> default_cache_folder() {
    if (const char* caches = getenv("XDG_CACHE_HOME"); caches && *caches == '/')
        return fs::path(caches) / "stoop";
    if (const char* home = getenv("HOME"); home && *home == '/') return fs::path(home) / ".cache/stoop";
    return std::nullopt;
}

}  // namespace stoop
