// SPDX-License-Identifier: Apache-2.0
// A file in memory, for what reads files by their name.
#pragma once

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace stoop::fuzz {

class MemoryFile {
  public:
    MemoryFile() : file_(memfd_create("fuzz", MFD_CLOEXEC)) {
        if (file_ < 0) std::abort();
    }
    ~MemoryFile() { close(file_); }
    MemoryFile(const MemoryFile&) = delete;

    void write(const uint8_t* data, size_t size) const {
        if (ftruncate(file_, 0) != 0 || pwrite(file_, data, size, 0) != static_cast<ssize_t>(size))
            std::abort();
    }
    std::string path() const { return fmt::format("/proc/self/fd/{}", file_); }

  private:
    int file_;
};

}  // namespace stoop::fuzz
