// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/decompressor.h"

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <new>

namespace stoop {
namespace {

constexpr std::string_view kGzip = "\x1f\x8b";
constexpr std::string_view kZstd = "\x28\xb5\x2f\xfd";
// What pzstd begins with: a frame that holds no text. The first byte counts up to 0x5f.
constexpr std::string_view kZstdSkipped = "\x2a\x4d\x18";

class Gzip : public Decompressor {
  public:
    Gzip() {
        constexpr int kGzipOnly = 16;
        if (inflateInit2(&stream_, kGzipOnly + MAX_WBITS) != Z_OK) throw std::bad_alloc();
    }
    ~Gzip() override { inflateEnd(&stream_); }

    size_t run(std::string_view& in, char* to, size_t size) override {
        if (between_) {
            // Tapes and disks fill up with zeros.
            while (!in.empty() && in[0] == '\0') in.remove_prefix(1);
            if (in.empty()) return 0;
            between_ = false;
            inflateReset(&stream_);
        }
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
        stream_.avail_in = static_cast<uInt>(in.size());
        stream_.next_out = reinterpret_cast<Bytef*>(to);
        stream_.avail_out = static_cast<uInt>(size);
        int result = inflate(&stream_, Z_NO_FLUSH);
        in.remove_prefix(in.size() - stream_.avail_in);
        if (result == Z_STREAM_END)
            between_ = true;
        else if (result != Z_OK && result != Z_BUF_ERROR)
            problem_ = stream_.msg ? stream_.msg : "unknown error";
        return size - stream_.avail_out;
    }
    bool is_complete() const override { return between_; }
    std::string_view name() const override { return "gzip"; }

  private:
    z_stream stream_{};
    bool between_ = false;  // two members
};

class Zstd : public Decompressor {
  public:
    Zstd() : stream_(ZSTD_createDStream()) {
        if (!stream_) throw std::bad_alloc();
    }
    ~Zstd() override { ZSTD_freeDStream(stream_); }

    size_t run(std::string_view& in, char* to, size_t size) override {
        // Behind a whole frame a call without input would count as the beginning of another.
        if (complete_ && in.empty()) return 0;
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        ZSTD_outBuffer out{to, size, 0};
        size_t result = ZSTD_decompressStream(stream_, &out, &from);
        in.remove_prefix(from.pos);
        if (ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge) {
            problem_ = "its window is larger than 128 MiB; compress it again without '--long' or '--ultra'";
            damaged_ = false;
        } else if (ZSTD_isError(result)) {
            problem_ = ZSTD_getErrorName(result);
        } else
            complete_ = result == 0;
        return out.pos;
    }
    bool is_complete() const override { return complete_; }
    std::string_view name() const override { return "zstd"; }

  private:
    ZSTD_DStream* stream_;
    bool complete_ = false;
};

}  // namespace

std::unique_ptr<Decompressor> Decompressor::recognise(std::string_view begin) {
    if (begin.starts_with(kGzip)) return std::make_unique<Gzip>();
    bool skipped = !begin.empty() && (begin[0] & 0xF0) == 0x50 && begin.substr(1).starts_with(kZstdSkipped);
    if (begin.starts_with(kZstd) || skipped) return std::make_unique<Zstd>();
    return nullptr;
}

}  // namespace stoop
