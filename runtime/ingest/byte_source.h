// The text of one input, decompressed if it was compressed. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/ingest/decompressor.h"
#include "runtime/ingest/input_file.h"

namespace stoop {

class ByteSource {
  public:
    ByteSource(const std::string& path, InputOptions options)
        : follow_(options.follow), file_(path, options) {}

    // As those of InputFile.
    size_t read(char* to, size_t size);
    const std::string& problem() const { return problem_.empty() ? file_.problem() : problem_; }
    bool restarted() { return file_.restarted(); }
    bool is_followed() const { return follow_; }
    bool is_live() const { return file_.is_live(); }

    const InputFile& file() const { return file_; }

  private:
    void recognise();
    bool refill();
    size_t decompress(char* to, size_t size);

    bool follow_;
    InputFile file_;
    bool recognised_ = false;
    std::unique_ptr<Decompressor> decompressor_;
    std::vector<char> buffer_;  // as it was read
    std::string_view rest_;     // of it
    std::string problem_;
};

}  // namespace stoop
