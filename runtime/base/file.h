// SPDX-License-Identifier: Apache-2.0
// Files: an owner of a descriptor, reading one whole, writing all of a text.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/limits.h"

namespace stoop {

// Owns a file descriptor, or none.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}  // negative: none
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor();

    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    int release() { return std::exchange(number_, -1); }

  private:
    int number_ = -1;
};

// The contents of a file, or why it cannot be read.
struct TextFile {
    std::string text;
    std::string problem;
    bool too_large = false;  // that is the problem: limit `file-bytes`
};
TextFile read_text_file(const std::string& path, const Limits& limits);
TextFile read_text(const Descriptor& file, const Limits& limits);

// Returns how much of `text` was written: all of it, or errno says why not. Waits while a pipe is full.
size_t write_all(int descriptor, std::string_view text);

}  // namespace stoop
