// SPDX-License-Identifier: Apache-2.0
// What is wrong with events: said on standard error, of the first ones; of the others there is a count.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/command.h"
#include "cli/event_files.h"
#include "runtime/ingest/event_problem.h"

namespace stoop::cli {

constexpr size_t kMostShown = 20;

// A record may span lines: its problem is shown on the line where it is. Any thread may make one.
struct BadEvent {
    BadEvent(const EventProblem& problem, const InputBlock& input, const Record& record);
    BadEvent(const BadEvent&) = delete;  // the line is one of the source

    SourceFile source;
    Diagnostic diagnostic;
    MarkedLine marked;
};
std::string bad_event_text(const EventProblem& problem, const InputBlock& input, const Record& record,
                           bool color);

// One thread.
class BadEvents {
  public:
    // Is told the number of a bad event, 0 for a file that cannot be read, and the problem in one line.
    using Told = std::function<void(uint64_t number, std::string problem)>;

    // With `told` nothing is printed.
    explicit BadEvents(const Global& global, Told told = {});

    void report(const std::string& text);
    void report(const BadEvent& event, uint64_t number);
    void count(uint64_t more) { bad_ += more; }  // of which nothing was kept to be shown
    void report(const InputBlock::Unreadable& file);
    // Says how many were not shown.
    void finish() const;

    uint64_t bad() const { return bad_; }
    // kInvalid if there were any, kUsage if a file could not be read, else kOk.
    int exit() const { return unreadable_ ? kUsage : bad_ > 0 ? kInvalid : kOk; }

  private:
    Told told_;
    bool color_;
    uint64_t bad_ = 0, shown_ = 0;
    bool unreadable_ = false;
};

}  // namespace stoop::cli
