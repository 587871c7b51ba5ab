// SPDX-License-Identifier: Apache-2.0
// LLVM and libstdc++ as Debian builds them want this function of glibc 2.36; the portable program runs with
// older ones.
#include <sys/random.h>

#include <cstdint>
#include <cstdlib>

extern "C" __attribute__((visibility("hidden"))) uint32_t arc4random() {
    uint32_t out = 0;
    if (getentropy(&out, sizeof out) != 0) std::abort();
    return out;
}
