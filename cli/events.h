// The events named on the command line, decoded one after the other. Bad ones are reported, counted and
// passed over.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "runtime/ingest/event_decoder.h"

namespace stoop::cli {

class EventInput {
  public:
    // The schema and plan must outlive the input. `strict` stops at the first bad event.
    EventInput(const Schema& schema, const Plan& plan, const Global& global, bool strict)
        : decoder_(schema, plan), global_(global), strict_(strict) {}

    // Calls `visit` with each event, which may be moved from, and the name of its file, until it returns
    // false. Events are numbered over all files. Returns kOk; kInvalid if there were bad events; kUsage if a
    // file could not be read.
    using Visit = std::function<bool(Event& event, const std::string& file)>;
    int read(const std::vector<std::string>& paths, const Visit& visit);

    const EventDecoder& decoder() const { return decoder_; }

  private:
    bool read_file(const std::string& path, const Visit& visit);
    void report(const EventProblem& problem, const std::string& file, uint32_t line, uint32_t column,
                std::string_view text);
    void cannot_read(const std::string& file, const std::string& why);

    EventDecoder decoder_;
    const Global& global_;
    bool strict_;
    Event event_;
    uint64_t number_ = 0;
    size_t bad_ = 0;
    bool unreadable_ = false;
};

}  // namespace stoop::cli
