// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/byte_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace stoop {
namespace {

constexpr size_t kBuffer = size_t{128} << 10;

}  // namespace

// Reads as much as tells whether the input is compressed.
void ByteSource::recognise() {
    recognised_ = true;
    buffer_.resize(kBuffer);
    size_t size = 0;
    while (size < Decompressor::kMagicSize) {
        size_t got = file_.read(buffer_.data() + size, Decompressor::kMagicSize - size);
        if (got == 0) break;
        size += got;
    }
    rest_ = {buffer_.data(), size};
    decompressor_ = Decompressor::recognise(rest_);
    if (decompressor_ && follow_) problem_ = "a compressed file cannot be followed";
}

bool ByteSource::refill() {
    rest_ = {buffer_.data(), file_.read(buffer_.data(), buffer_.size())};
    return !rest_.empty();
}

size_t ByteSource::decompress(char* to, size_t size) {
    for (;;) {
        // It may still hold text that it has no more input for.
        size_t made = decompressor_->run(rest_, to, size);
        if (!decompressor_->problem().empty())
            problem_ = fmt::format("the {} data {}, before its byte {}: {}", decompressor_->name(),
                                   decompressor_->is_damaged() ? "is damaged" : "cannot be read",
                                   file_.position() - rest_.size(), decompressor_->problem());
        if (made > 0 || !problem_.empty()) return made;
        if (rest_.empty() && !refill()) break;
    }
    if (!decompressor_->is_complete() && file_.problem().empty() && !file_.was_interrupted())
        problem_ = fmt::format("the {} data is truncated: it ends at byte {}", decompressor_->name(),
                               file_.position());
    return 0;
}

size_t ByteSource::read(char* to, size_t size) {
    size_t got = read_some(to, size);
    given_ += got;
    if (std::max(given_, file_.position()) <= most_) return got;
    too_long_ = true;
    problem_ = fmt::format("it holds more than {} bytes", most_);
    return 0;
}

size_t ByteSource::read_some(char* to, size_t size) {
    if (!recognised_) recognise();
    if (!problem_.empty()) return 0;
    if (decompressor_) return decompress(to, size);
    if (rest_.empty()) return file_.read(to, size);
    size_t taken = std::min(size, rest_.size());
    std::memcpy(to, rest_.data(), taken);
    rest_.remove_prefix(taken);
    return taken;
}

}  // namespace stoop
