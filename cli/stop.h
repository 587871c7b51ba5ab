// SPDX-License-Identifier: Apache-2.0
// Ending a run early and cleanly: SIGINT and SIGTERM ask for it, and so does whoever has found that there is
// no use in going on. What was read is still finished, and alerts are written. A second signal ends the
// program at once, as it would without this.
#pragma once

#include "runtime/base/interrupt.h"

namespace stoop::cli {

constexpr int kSignal = 128;  // what shells add to the number of the signal that ended a program

// One at a time in a program.
class Stop {
  public:
    Stop();
    ~Stop();  // signals do what they did before
    Stop(const Stop&) = delete;

    void request();
    int signal() const;  // the one that came; 0 if none did
    const Interrupt& interrupt() const;
};

}  // namespace stoop::cli
