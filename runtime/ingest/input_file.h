// SPDX-License-Identifier: Apache-2.0
// The bytes of one file, pipe or terminal as they come, with an end to waiting when an interrupt is
// requested. A file that is followed has no end: its reader waits for more, goes on with the new file when
// one takes its name, and starts again when it is cut back.
//
// Files are read, not mapped: a file that is cut back while it is mapped would end the program. One thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "runtime/base/file.h"
#include "runtime/base/interrupt.h"

namespace stoop {

struct InputOptions {
    bool follow = false;
    const Interrupt* interrupt = nullptr;  // none: it is never interrupted
};

class InputFile {
  public:
    // `path` may be - for standard input.
    InputFile(std::string path, InputOptions options);
    // A file that is open already. It cannot be followed.
    explicit InputFile(Descriptor file);
    ~InputFile();
    InputFile(const InputFile&) = delete;

    // Fills some of `to` and returns how much; 0 at the end, on a problem, an interrupt or a restart.
    size_t read(char* to, size_t size);

    // Why nothing comes any more; empty if it simply ended.
    const std::string& problem() const { return problem_; }
    // Whether what comes next is another file, or the same from its beginning. Asking makes it false.
    bool restarted();
    bool was_interrupted() const { return options_.interrupt && options_.interrupt->requested; }
    // Bytes come when somebody writes them: what is there should be used at once.
    bool is_live() const { return live_; }

    uint64_t position() const { return position_; }
    uint64_t size() const { return size_; }  // when it was opened; 0 if it has none

  private:
    bool open();
    bool take(int file);
    // False if an interrupt came first. A time of -1 waits for bytes alone.
    bool wait(int milliseconds);
    bool at_end();
    bool follow_on();

    std::string path_;
    InputOptions options_;
    int file_ = -1;
    bool regular_ = false, live_ = false, restarted_ = false, ended_ = false;
    uint64_t position_ = 0, size_ = 0;
    dev_t device_ = 0;
    ino_t inode_ = 0;
    int replaced_for_ = 0;  // milliseconds since another file was seen under the name
    std::string problem_;
};

}  // namespace stoop
