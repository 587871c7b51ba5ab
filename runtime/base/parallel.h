// SPDX-License-Identifier: Apache-2.0
// Work in other threads: the same on several things at once, or something beside what this one does. Where
// the system gives no more threads there are fewer, or none; that is no error.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <future>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/base/signals.h"

namespace stoop {

// Moves a thread that has just been made to another core, if it may run on one. A new thread often begins on
// the core of its maker, though others are idle, and waits there for some milliseconds.
void start_elsewhere(std::jthread& thread);

// A thread that does this, or none if there is none to be had. Signals go to the threads that were there
// before: they may have to clean up.
template <typename Work>
std::jthread try_start(Work&& work) {
    std::jthread thread;
    SignalsBlocked inherited;
    try {
        thread = std::jthread(std::forward<Work>(work));
    } catch (const std::system_error&) {
        return thread;
    }
    start_elsewhere(thread);
    return thread;
}

inline unsigned all_cores() { return std::max(1u, std::thread::hardware_concurrency()); }

// Calls `work` with each number below `count`, in any order, on this thread and on others, `threads` in all
// if there is that much to do, or as many as can be had. Rethrows what one of them throws, when all have
// ended.
template <typename Work>
void parallel_for(size_t count, size_t threads, const Work& work) {
    std::atomic<size_t> next = 0;
    auto take = [&] {
        for (size_t at; (at = next++) < count;) work(at);
    };
    threads = std::min(threads, count);
    std::vector<std::future<void>> ends;
    std::vector<std::jthread> helpers;
    while (helpers.size() + 1 < threads) {
        std::packaged_task<void()> task(take);
        ends.push_back(task.get_future());
        std::jthread helper = try_start(std::move(task));
        if (!helper.joinable()) {
            ends.pop_back();
            break;
        }
        helpers.push_back(std::move(helper));
    }
    take();
    for (std::future<void>& end : ends) end.get();
}

}  // namespace stoop
