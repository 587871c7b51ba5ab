// SPDX-License-Identifier: Apache-2.0
// Where `stoop run` puts alerts: standard output, or the file of --output.
//
// A file is whole or not there (runtime/base/replace_file.h); a symbolic link stands for the file it leads
// to. With `append` alerts are added to what it holds, on a line of their own even if its last line has no
// end. What is not a regular file (a pipe, a device) is written as it comes. Whatever happens, alerts are
// written whole: if writing fails in the middle of one (a full disk, a limit), the file is cut back to the
// end of the one before, unless somebody else has written behind it.
//
// One owner, one thread. SIGPIPE and SIGXFSZ are ignored (cli/process.h), so that both are errors.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "runtime/base/replace_file.h"
#include "runtime/base/reuse.h"

namespace stoop::cli {

struct OutputOptions {
    std::string path = "-";  // standard output
    bool append = false;
    // On the disk when `finish` returns, and with `append` after each batch.
    bool sync = false;
};

// Alerts one behind the other, line ends included.
struct AlertBatch {
    std::string text;
    std::vector<size_t> ends;  // where each alert ends in the text

    void end_alert() {
        text += '\n';
        ends.push_back(text.size());
    }
    void clear() {
        clear_for_reuse(text);
        clear_for_reuse(ends);
    }
};

class OutputFile {
  public:
    explicit OutputFile(OutputOptions options) : options_(std::move(options)) {}
    OutputFile(const OutputFile&) =
        delete;  // without `finish` a file that is not appended to stays as it was

    // False if it cannot be written; `finish` says why.
    bool open();
    // Blocks while a pipe is full. False if it failed, now or before: there is no use in going on.
    bool write(const AlertBatch& batch);
    // Completes the file. Returns `exit`, or kUsage after a message on standard error if something went
    // wrong, which says how many alerts were written until then. A reader of standard output that went away
    // is no error, and yet nobody has the alerts: a note unless `quiet`, and kUsage.
    int finish(int exit, bool quiet);

    // Somebody watches: alerts should be written as they come.
    bool interactive() const;
    uint64_t alerts() const { return alerts_; }  // that were written
    uint64_t bytes() const { return bytes_; }

  private:
    bool fail();
    bool replace();
    bool open_itself();
    bool end_last_line();
    void cut_torn(uint64_t torn);
    bool sync();
    bool complete();
    void report(bool untouched, bool quiet) const;
    bool standard() const { return options_.path == "-"; }

    OutputOptions options_;
    Descriptor opened_;                             // unless it is standard output or a replacement
    std::unique_ptr<FileReplacement> replacement_;  // null if the file itself is written
    int file_ = -1;                                 // that is written
    std::string problem_;                           // what went wrong first
    bool reader_gone_ = false;                      // that was it
    uint64_t alerts_ = 0, bytes_ = 0;
};

// Writes a file that the user named for output: replaces it, or writes to it if it is a pipe or a device.
// Returns why it failed, or an empty text.
std::string write_output_file(const std::string& path, std::string_view text);

// What was printed to standard output by other means than the above cannot be written: says so and returns
// kUsage; otherwise `exit`.
int finish_output(int exit);
// The same for what has thrown `error`, an errno.
int output_failed(int error);

}  // namespace stoop::cli
