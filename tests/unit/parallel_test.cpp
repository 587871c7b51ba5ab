// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/parallel.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>

#include <mutex>
#include <set>
#include <stdexcept>

namespace stoop {
namespace {

TEST(ParallelFor, DoesEachOnceWithNoMoreThreadsThanAllowed) {
    for (size_t threads : {1, 2, 7}) {
        std::mutex mutex;
        std::multiset<size_t> done;
        std::set<std::thread::id> ids;
        parallel_for(100, threads, [&](size_t at) {
            std::lock_guard lock(mutex);
            done.insert(at);
            ids.insert(std::this_thread::get_id());
        });
        EXPECT_EQ(done.size(), 100u);
        EXPECT_EQ(std::set(done.begin(), done.end()).size(), 100u);
        EXPECT_LE(ids.size(), threads);
    }
}

TEST(ParallelFor, NothingToDo) {
    parallel_for(0, 4, [](size_t) { FAIL(); });
}

// Threads that begin on another core may go back.
TEST(ParallelFor, ThreadsMayRunWhereTheirMakerMay) {
    cpu_set_t ours;
    ASSERT_EQ(sched_getaffinity(0, sizeof ours, &ours), 0);
    std::jthread thread = try_start([](std::stop_token stop) {
        while (!stop.stop_requested()) std::this_thread::yield();
    });
    cpu_set_t its;
    EXPECT_EQ(pthread_getaffinity_np(thread.native_handle(), sizeof its, &its), 0);
    EXPECT_TRUE(CPU_EQUAL(&ours, &its));
}

TEST(ParallelFor, WhatIsThrownComesBack) {
    for (size_t threads : {1, 3})
        EXPECT_THROW(parallel_for(50, threads,
                                  [](size_t at) {
                                      if (at == 20) throw std::runtime_error("20");
                                  }),
                     std::runtime_error);
}

}  // namespace
}  // namespace stoop
