// SPDX-License-Identifier: Apache-2.0
// The events files named on the command line as one row of blocks, numbered over all of them. Used by one
// thread at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/paths.h"
#include "runtime/base/root.h"
#include "runtime/ingest/json/block_reader.h"

namespace stoop::cli {

// A block, and what came to pass before it.
struct InputBlock {
    struct Unreadable {
        std::string file, why;
        bool contents = false;  // are the reason, not the file itself
    };
    Block block;
    std::shared_ptr<const std::string> file;  // the name of it
    bool quoted = true;                       // messages may quote it
    std::vector<Unreadable> unreadable;       // files that ended, or did not even begin, with a problem
    uint64_t position = 0;                    // bytes read until then, as they are on the disk
};

class EventFiles {
  public:
    EventFiles(std::vector<FoundPath> files, const Root& root, InputOptions options);

    // False at the end, when only `unreadable` counts.
    bool next(InputBlock& out);

  private:
    void open(const std::string& path);

    std::vector<FoundPath> paths_;
    const Root& root_;
    InputOptions options_;
    size_t next_path_ = 0;
    uint64_t next_number_ = 1, before_ = 0;
    std::unique_ptr<ByteSource> source_;
    std::unique_ptr<BlockReader> reader_;
    std::shared_ptr<const std::string> name_;
    bool quoted_ = true;
};

}  // namespace stoop::cli
