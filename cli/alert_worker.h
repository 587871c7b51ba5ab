// What `stoop run` does with a block of events: decode, match, render. Everything but the plan and the
// matcher, which all threads share, is the worker's own.
#pragma once

#include "cli/events.h"
#include "cli/pipeline.h"
#include "runtime/alert/alert.h"
#include "runtime/alert/incident.h"

namespace stoop::cli {

enum class AlertForm : uint8_t { Text, Json, Incident, Verdicts };

struct AlertJob {
    const Schema& schema;
    const Plan& plan;
    Matcher& matcher;
    AlertForm form = AlertForm::Text;
    AlertOptions alerts;
    uint32_t limit = 1;     // alerts an event
    Limits limits{};        // of an event
    bool strict = false;    // all fields are checked, and the first bad event is the last
    bool color = false;     // of messages
    bool terminal = false;  // shows the alerts: values command it nothing
};

class AlertWorker : public BlockWorker {
  public:
    explicit AlertWorker(const AlertJob& job);
    void run(const InputBlock& input, BlockResult& result, const WriteAlerts& write_alerts) override;

  private:
    std::optional<EventProblem> match(BlockResult& result, const WriteAlerts& write_alerts);
    bool print(const PlanRule& rule, AlertBatch& out);
    void print_verdicts(uint32_t count, AlertBatch& out) const;
    EventProblem too_long(const PlanRule& rule) const;

    const AlertJob& job_;
    EventDecoder decoder_;
    Event event_;
    Scratch scratch_;
    std::vector<uint32_t> fired_;
    AlertRenderer renderer_;
    IncidentRenderer incidents_;
    bool go_on_ = true;  // in this block
};

}  // namespace stoop::cli
