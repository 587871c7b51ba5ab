// SPDX-License-Identifier: Apache-2.0
// How far a long run has got, on one line of a terminal. On anything else nothing is shown.
#pragma once

#include <chrono>
#include <cstdint>

namespace stoop::cli {

class Progress {
  public:
    // `size`: of the input in bytes; 0 if it is not known.
    Progress(bool shown, uint64_t size) : shown_(shown), size_(size) {}

    // Shows the line if the last one is old enough.
    void update(uint64_t position, uint64_t events, uint64_t alerts);
    // Takes the line away, so that something else can be printed.
    void clear();

    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

  private:
    bool shown_, visible_ = false;
    uint64_t size_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    double last_ = 0;
};

}  // namespace stoop::cli
