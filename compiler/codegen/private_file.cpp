// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <atomic>
#include <cerrno>

namespace stoop {
namespace {

namespace fs = std::filesystem;

bool is_ours_alone(const struct stat& status) {
    return status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace

Descriptor open_private_folder(const fs::path& folder) {
    Descriptor out(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status;
    if (out && (fstat(out.get(), &status) != 0 || !is_ours_alone(status))) return Descriptor();
    return out;
}

Descriptor make_private_folder(const fs::path& folder) {
    std::error_code ignored;
    if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), ignored);
    mkdir(folder.c_str(), 0700);
    return open_private_folder(folder);
}

Descriptor open_private_file(const Descriptor& folder, const std::string& name, struct stat& status) {
    Descriptor out(openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    bool ours = out && fstat(out.get(), &status) == 0 && S_ISREG(status.st_mode) && is_ours_alone(status);
    return ours ? std::move(out) : Descriptor();
}

bool write_private_file(const Descriptor& folder, const std::string& name, std::string_view bytes,
                        std::string& made) {
    static std::atomic<unsigned> count = 0;
    made = fmt::format("{}.{}-{}", name, getpid(), count++);
    Descriptor file(
        openat(folder.get(), made.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (file && write_all(file.get(), bytes) == bytes.size()) return true;
    if (file) unlinkat(folder.get(), made.c_str(), 0);
    return false;
}

bool read_exactly(const Descriptor& file, void* data, size_t size) {
    auto* to = static_cast<char*>(data);
    while (size > 0) {
        ssize_t got = ::read(file.get(), to, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        to += got;
        size -= static_cast<size_t>(got);
    }
    return true;
}

}  // namespace stoop
