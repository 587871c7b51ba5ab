// SPDX-License-Identifier: Apache-2.0
// What `stoop run` does with a block of events: decode, match, render, and note what cannot be known.
// Everything but the program and the matcher, which all threads share, is the worker's own.
#pragma once

#include <map>

#include "cli/events.h"
#include "cli/pipeline.h"
#include "cli/verdict_check.h"
#include "runtime/alert/alert.h"
#include "runtime/alert/incident.h"

namespace stoop::cli {

enum class AlertForm : uint8_t { Text, Json, Incident, Verdicts };

struct AlertJob {
    const Schema& schema;
    const PreparedProgram& program;
    Matcher& matcher;
    AlertForm form = AlertForm::Text;
    AlertOptions alerts;
    uint32_t limit = 1;  // alerts an event
    Limits limits{};     // of an event
    // All fields are checked, the first bad event is the last, and all verdicts are looked into.
    bool strict = false;
    bool notes = true;      // somebody is told what is not known and what was not read
    bool color = false;     // of messages
    bool terminal = false;  // shows the alerts: values command it nothing
};

class AlertWorker : public BlockWorker {
  public:
    explicit AlertWorker(const AlertJob& job);
    void run(const InputBlock& input, BlockResult& result, const WriteAlerts& write_alerts) override;

  private:
    // The rules that fire: `fired`, the first of fired_. A problem is an alert that is too long; the others
    // are there.
    std::optional<EventProblem> match(BlockResult& result, const WriteAlerts& write_alerts, uint32_t& fired);
    void note(uint32_t fired, const InputBlock& input, const Record& record, RunNotes& notes);
    void note_unread(const Unread& why, const InputBlock& input, const Record& record, RunNotes& notes);
    void note_type(const InputBlock& input, const Record& record, RunNotes& notes);
    const std::string& meant_type(std::string_view type);
    bool print(const ProgramRule& rule, AlertBatch& out);
    void print_verdicts(uint32_t count, AlertBatch& out) const;
    EventProblem too_long(const ProgramRule& rule) const;

    const AlertJob& job_;
    EventDecoder decoder_;
    Event event_;
    Scratch scratch_;
    std::vector<uint32_t> fired_;
    std::vector<uint32_t> asked_;  // slots that conditions read
    VerdictCheck verdicts_;
    std::map<std::string, std::string, std::less<>> meant_types_;  // by those that do not exist
    AlertRenderer renderer_;
    IncidentRenderer incidents_;
    bool go_on_ = true;  // in this block
};

}  // namespace stoop::cli
