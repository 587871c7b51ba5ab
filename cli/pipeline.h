// SPDX-License-Identifier: Apache-2.0
// Blocks of events through any number of threads, and what became of them in the order of the input.
//
// Each thread takes a block, works on it and hands in the result; whoever hands in the one that is next
// writes it, and those behind it that are ready. So there is no thread that only reads or only writes. A
// fixed number of blocks is under way: who finds none free waits until one was written, so a slow reader of
// the output slows the input down, and memory does not depend on either. Nor does it depend on how many
// alerts a block has: who has too many to hold waits until the blocks before were written, and then writes
// its own as they come. With one thread there are no others than the caller's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/event_files.h"
#include "cli/output_file.h"
#include "cli/run_notes.h"
#include "cli/stop.h"

namespace stoop::cli {

// What became of a block.
struct BlockResult {
    AlertBatch alerts;
    std::vector<uint64_t> fired;  // by rule, how many alerts
    uint64_t events = 0;          // good ones
    uint64_t bad = 0;
    std::vector<std::string> problems;  // of the first bad ones
    RunNotes notes;
    bool stop = false;  // nothing behind this block is wanted

    void clear();
};

// Used by one thread.
class BlockWorker {
  public:
    // Writes the alerts that the result has by now, and takes them out of it. To be called when they are too
    // many to hold, as often as that is. False if there is no use in going on.
    using WriteAlerts = std::function<bool()>;

    virtual ~BlockWorker() = default;
    virtual void run(const InputBlock& input, BlockResult& result, const WriteAlerts& write_alerts) = 0;
};

struct Pipeline {
    unsigned threads = 1;
    std::function<std::unique_ptr<BlockWorker>()> make_worker;  // called by each thread
    // Both are called one at a time, in the order of the input, and return false if it is to end.
    // Some alerts of a block, which its result will not have any more.
    std::function<bool(const AlertBatch& alerts)> write_alerts;
    // All that is left of a block. The last call may have no records.
    std::function<bool(const InputBlock& input, const BlockResult& result)> write;

    // Until the files or the patience end. Throws what a worker threw.
    void run(EventFiles& files, Stop& stop) const;
};

}  // namespace stoop::cli
