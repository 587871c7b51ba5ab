// SPDX-License-Identifier: Apache-2.0
// What is wrong with events: said on standard error, of the first ones; of the others there is a count.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.h"
#include "cli/event_files.h"
#include "runtime/ingest/event_problem.h"

namespace stoop::cli {

constexpr size_t kMostShown = 20;

// The message for people; any thread may make one. A record may span lines: its problem is shown on the line
// where it is.
std::string bad_event_text(const EventProblem& problem, const InputBlock& input, const Record& record,
                           bool color);

// One thread.
class BadEvents {
  public:
    explicit BadEvents(const Global& global);

    bool color() const { return color_; }
    void report(const std::string& text);
    void count(uint64_t more) { bad_ += more; }  // of which nothing was kept to be shown
    void report(const InputBlock::Unreadable& file);
    // Says how many were not shown.
    void finish() const;

    uint64_t bad() const { return bad_; }
    // kInvalid if there were any, kUsage if a file could not be read, else kOk.
    int exit() const { return unreadable_ ? kUsage : bad_ > 0 ? kInvalid : kOk; }

  private:
    bool color_;
    uint64_t bad_ = 0, shown_ = 0;
    bool unreadable_ = false;
};

}  // namespace stoop::cli
