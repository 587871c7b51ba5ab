// SPDX-License-Identifier: Apache-2.0
// Compressed input, recognised by its first bytes: gzip (several members one after the other are one text, as
// gzip itself has it) and zstd (the same with frames). Memory does not depend on the input; zstd's window
// is at most 128 MB, its own limit unless told otherwise.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace stoop {

class Decompressor {
  public:
    static constexpr size_t kMagicSize = 4;
    // Null if the bytes begin nothing that is known here.
    static std::unique_ptr<Decompressor> recognise(std::string_view begin);

    virtual ~Decompressor() = default;

    // Takes bytes off the front of `in`, appends text to `to` and returns how much. A problem ends it all.
    virtual size_t run(std::string_view& in, char* to, size_t size) = 0;
    // Whether the input may end where `run` has got to.
    virtual bool is_complete() const = 0;
    virtual std::string_view name() const = 0;

    const std::string& problem() const { return problem_; }
    bool is_damaged() const { return damaged_; }  // else a valid file takes more than there is

  protected:
    std::string problem_;
    bool damaged_ = true;
};

}  // namespace stoop
