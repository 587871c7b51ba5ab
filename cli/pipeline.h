// Blocks of events through any number of threads, and what became of them in the order of the input.
//
// Each thread takes a block, works on it and hands in the result; whoever hands in the one that is next
// writes it, and those behind it that are ready. So there is no thread that only reads or only writes. A
// fixed number of blocks is under way: who finds none free waits until one was written, so a slow reader of
// the output slows the input down, and memory does not depend on either. With one thread there are no
// others than the caller's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/event_files.h"
#include "cli/output_file.h"
#include "cli/stop.h"

namespace stoop::cli {

// What became of a block.
struct BlockResult {
    AlertBatch alerts;
    std::vector<uint64_t> fired;  // by rule, how many alerts
    uint64_t events = 0;          // good ones
    uint64_t bad = 0;
    std::vector<std::string> problems;  // of the first bad ones
    bool stop = false;                  // nothing behind this block is wanted

    void clear();
};

// Used by one thread.
class BlockWorker {
  public:
    virtual ~BlockWorker() = default;
    virtual void run(const InputBlock& input, BlockResult& result) = 0;
};

struct Pipeline {
    unsigned threads = 1;
    std::function<std::unique_ptr<BlockWorker>()> make_worker;  // called by each thread
    // One at a time, in the order of the input; false if it is to end. The last call may have no records.
    std::function<bool(const InputBlock& input, const BlockResult& result)> write;

    // Until the files or the patience end. Throws what a worker threw.
    void run(EventFiles& files, Stop& stop) const;
};

}  // namespace stoop::cli
