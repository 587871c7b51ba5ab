// SPDX-License-Identifier: Apache-2.0
// The text of one input, decompressed if it was compressed. One thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/ingest/decompressor.h"
#include "runtime/ingest/input_file.h"

namespace stoop {

class ByteSource {
  public:
    ByteSource(const std::string& path, InputOptions options)
        : follow_(options.follow), file_(path, options) {}
    // A file that is open already. More than `most` bytes, as they are in the file or decompressed, are a
    // problem.
    ByteSource(Descriptor file, uint64_t most) : file_(std::move(file)), most_(most) {}

    // As those of InputFile.
    size_t read(char* to, size_t size);
    const std::string& problem() const { return problem_.empty() ? file_.problem() : problem_; }
    bool is_of_contents() const { return !problem_.empty(); }  // not of the file itself
    bool is_too_long() const { return too_long_; }             // that is the problem
    bool restarted() { return file_.restarted(); }
    bool is_followed() const { return follow_; }
    bool is_live() const { return file_.is_live(); }

    const InputFile& file() const { return file_; }

  private:
    void recognise();
    bool refill();
    size_t read_some(char* to, size_t size);
    size_t decompress(char* to, size_t size);

    bool follow_ = false;
    InputFile file_;
    uint64_t most_ = UINT64_MAX, given_ = 0;
    bool too_long_ = false;
    bool recognised_ = false;
    std::unique_ptr<Decompressor> decompressor_;
    std::vector<char> buffer_;  // as it was read
    std::string_view rest_;     // of it
    std::string problem_;
};

}  // namespace stoop
