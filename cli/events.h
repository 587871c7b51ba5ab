// SPDX-License-Identifier: Apache-2.0
// The events named on the command line, decoded one after the other. Bad ones are reported, counted and
// passed over. `stoop run`, which has many threads do it, is in cli/pipeline.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/bad_events.h"
#include "runtime/ingest/json/event_decoder.h"

namespace stoop::cli {

class EventInput {
  public:
    // The schema and program must outlive the input. `strict` stops at the first bad event.
    EventInput(const Schema& schema, const Program& program, const Global& global, bool strict,
               BadEvents::Told told = {})
        : decoder_(schema, program, Check::AllFields, global.limits),
          problems_(global, std::move(told)),
          root_(*global.root),
          strict_(strict) {}

    // Calls `visit` with each event, which may be moved from, and the name of its file, until it returns
    // false. Events are numbered over all files. Returns kOk; kInvalid if there were bad events; kUsage if a
    // file could not be read.
    using Visit = std::function<bool(Event& event, const std::string& file)>;
    int read(const std::vector<std::string>& paths, const Visit& visit);

    const EventDecoder& decoder() const { return decoder_; }

  private:
    bool read_block(const InputBlock& input, const Visit& visit);

    EventDecoder decoder_;
    BadEvents problems_;
    const Root& root_;
    bool strict_;
    Event event_;
};

// The event of a record, or its problem. The event borrows from the block if `in_place`.
std::optional<EventProblem> decode_record(EventDecoder& decoder, const InputBlock& input, size_t index,
                                          bool in_place, Event& event);

}  // namespace stoop::cli
