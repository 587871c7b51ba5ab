// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/parallel.h"

#include <pthread.h>
#include <sched.h>

namespace stoop {

void start_elsewhere(std::jthread& thread) {
    cpu_set_t all, others;
    if (pthread_getaffinity_np(thread.native_handle(), sizeof all, &all) != 0) return;
    others = all;
    CPU_CLR(static_cast<size_t>(sched_getcpu()), &others);
    if (CPU_COUNT(&others) == 0) return;
    pthread_setaffinity_np(thread.native_handle(), sizeof others, &others);
    pthread_setaffinity_np(thread.native_handle(), sizeof all, &all);
}

}  // namespace stoop
