// SPDX-License-Identifier: Apache-2.0
#include "cli/pipeline.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "runtime/base/parallel.h"

namespace stoop::cli {
namespace {

constexpr size_t kSlotsPerThread = 3;

struct Slot {
    uint64_t number = 0;
    InputBlock input;
    BlockResult result;
    bool is_next = false;  // all before it is written, and nobody else writes
};

// Reading a block takes less time than it takes to fall asleep and be woken up again: tries for a while.
std::unique_lock<std::mutex> lock_soon(std::mutex& mutex) {
    constexpr int kTries = 200;
    for (int i = 0; i < kTries; ++i) {
        if (mutex.try_lock()) return {mutex, std::adopt_lock};
        std::this_thread::yield();
    }
    return std::unique_lock(mutex);
}

class Parallel {
  public:
    Parallel(const Pipeline& pipeline, EventFiles& files, Stop& stop)
        : pipeline_(pipeline), files_(files), stop_(stop), slots_(pipeline.threads * kSlotsPerThread) {
        for (Slot& slot : slots_) free_.push_back(&slot);
    }

    void run() {
        parallel_for(pipeline_.threads, pipeline_.threads, [this](size_t) { work(); });
    }

  private:
    void work() {
        try {
            auto worker = pipeline_.make_worker();
            while (Slot* slot = read()) {
                worker->run(slot->input, slot->result, [&] { return write_alerts(*slot); });
                hand_in(slot);
            }
        } catch (...) {
            std::lock_guard lock(mutex_);
            end();
            throw;
        }
    }

    // With the mutex held.
    void end() {
        ended_ = true;
        stop_.request();
        freed_.notify_all();
        turn_.notify_all();
    }

    // The next block; null if there is none.
    Slot* read() {
        std::unique_lock lock(mutex_);
        freed_.wait(lock, [&] { return ended_ || !free_.empty(); });
        if (ended_) return nullptr;
        Slot* slot = free_.back();
        free_.pop_back();
        lock.unlock();

        std::unique_lock reading = lock_soon(reading_);
        if (all_read_) return nullptr;
        slot->result.clear();
        slot->is_next = false;
        all_read_ = !files_.next(slot->input);
        slot->number = read_++;
        return slot;
    }

    bool write_alerts(Slot& slot) {
        std::unique_lock lock(mutex_);
        turn_.wait(lock, [&] { return ended_ || slot.is_next || (!writing_ && slot.number == written_); });
        if (ended_) return false;
        writing_ = slot.is_next = true;
        lock.unlock();
        bool go_on = pipeline_.write_alerts(slot.result.alerts);
        slot.result.alerts.clear();
        if (go_on) return true;
        lock.lock();
        end();
        return false;
    }

    void hand_in(Slot* slot) {
        std::unique_lock lock(mutex_);
        ready_.emplace(slot->number, slot);
        if (writing_ && !slot->is_next) return;
        writing_ = true;
        for (auto next = ready_.begin(); next != ready_.end() && next->first == written_ && !ended_;
             next = ready_.begin()) {
            Slot* ready = next->second;
            ready_.erase(next);
            lock.unlock();
            bool go_on = pipeline_.write(ready->input, ready->result);
            lock.lock();
            ++written_;
            free_.push_back(ready);
            freed_.notify_one();
            if (!go_on) end();
        }
        writing_ = false;
        turn_.notify_all();
    }

    const Pipeline& pipeline_;
    EventFiles& files_;
    Stop& stop_;
    std::vector<Slot> slots_;

    std::mutex reading_;  // held while a block is read
    bool all_read_ = false;
    uint64_t read_ = 0;

    std::mutex mutex_;               // of all below
    std::condition_variable freed_;  // a slot
    std::condition_variable turn_;   // nobody writes
    std::vector<Slot*> free_;
    std::map<uint64_t, Slot*> ready_;
    uint64_t written_ = 0;
    bool writing_ = false, ended_ = false;
};

}  // namespace

void BlockResult::clear() {
    alerts.clear();
    std::fill(fired.begin(), fired.end(), 0);
    events = bad = 0;
    problems.clear();
    notes.clear();
    stop = false;
}

void Pipeline::run(EventFiles& files, Stop& stop) const {
    if (threads > 1) return Parallel(*this, files, stop).run();
    auto worker = make_worker();
    Slot slot;
    for (bool more = true; more;) {
        slot.result.clear();
        more = files.next(slot.input);
        bool go_on = true;
        worker->run(slot.input, slot.result, [&] {
            go_on = write_alerts(slot.result.alerts);
            slot.result.alerts.clear();
            return go_on;
        });
        if (!go_on || !write(slot.input, slot.result)) return;
    }
}

}  // namespace stoop::cli
