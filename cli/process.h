// SPDX-License-Identifier: Apache-2.0
// What the program wants of its process, before anything else: descriptors 0 to 2 are open, writing to what
// is closed or full is an error and no signal, and the stack is large whatever `ulimit -s` says.
#pragma once

#include <functional>

namespace stoop::cli {

// Descriptors 0 to 2 that are closed are opened, so that no file of ours gets their numbers and messages end
// up in it. Reading or writing them still fails, as if they were closed. False if that cannot be done.
bool open_standard_descriptors();

// SIGPIPE and SIGXFSZ are ignored: who writes learns of it by the result.
void ignore_write_signals();

// Calls `work` on a stack of its own size; this is then the size of every thread's, too. Where there are no
// threads it is called on the stack that there is.
int on_large_stack(const std::function<int()>& work);

}  // namespace stoop::cli
