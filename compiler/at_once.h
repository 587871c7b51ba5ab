// The same work on several things at once.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <future>
#include <system_error>
#include <thread>
#include <vector>

namespace stoop {

// Moves a thread that has just been made to another core, if it may run on one. A new thread often begins on
// the core of its maker, though others are idle, and waits there for some milliseconds.
void start_elsewhere(std::jthread& thread);

inline unsigned all_cores() { return std::max(1u, std::thread::hardware_concurrency()); }

// Calls `work` with each number below `count`, in any order, on this thread and on others, `threads` in all
// if there is that much to do, or as many as can be had. Rethrows what one of them throws, when all have
// ended.
template <typename Work>
void at_once(size_t count, size_t threads, const Work& work) {
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
        try {
            start_elsewhere(helpers.emplace_back(std::move(task)));
        } catch (const std::system_error&) {  // no more threads
            ends.pop_back();
            break;
        }
    }
    take();
    for (std::future<void>& end : ends) end.get();
}

}  // namespace stoop
