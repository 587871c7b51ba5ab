// SPDX-License-Identifier: Apache-2.0
// A request to stop early, made by a signal or by whoever has seen enough. Any thread may ask and look.
#pragma once

#include <atomic>

namespace stoop {

struct Interrupt {
    std::atomic<bool> requested = false;
    // Can be read from once it is requested, so that those who wait for input wait for this, too; -1: nobody
    // does.
    int wake = -1;
};

}  // namespace stoop
