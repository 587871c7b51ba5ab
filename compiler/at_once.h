// The same work on several things at once.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <future>
#include <thread>
#include <vector>

namespace stoop {

// Calls `work` with each number below `count`, in any order, on this thread and on others, of which there are
// at most `threads` in all and no more than cores. Rethrows what one of them throws, when all have ended.
template <typename Work>
void at_once(size_t count, size_t threads, const Work& work) {
    std::atomic<size_t> next = 0;
    auto take = [&] {
        for (size_t at; (at = next++) < count;) work(at);
    };
    threads = std::min<size_t>(threads, std::thread::hardware_concurrency());
    std::vector<std::future<void>> helpers;
    while (helpers.size() + 1 < threads) helpers.push_back(std::async(std::launch::async, take));
    take();
    for (std::future<void>& helper : helpers) helper.get();
}

}  // namespace stoop
