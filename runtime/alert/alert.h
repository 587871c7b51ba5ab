// Alerts as Falco prints them, as a line of text or as a JSON document (spec: output.md §4, §5). Made only
// for events on which a rule fired.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "runtime/event/event.h"
#include "runtime/match/plan.h"

namespace stoop {

enum class TimeFormat : uint8_t {
    Local,    // HH:MM:SS.nnnnnnnnn in the zone of TZ
    Iso8601,  // UTC, with date
    Utc,      // HH:MM:SS.nnnnnnnnn in UTC
};

struct AlertOptions {
    TimeFormat time = TimeFormat::Local;
    std::string hostname;  // the machine's, in JSON
    bool uuid = false;     // a random `uuid` in JSON, as forwarders add
};

class AlertRenderer {
  public:
    // The plan must outlive the renderer. One renderer per thread.
    AlertRenderer(const Plan& plan, AlertOptions options) : plan_(plan), options_(std::move(options)) {}

    // `PREFIX: PRIORITY MESSAGE`, without a line break.
    std::string text(const PlanRule& rule, const Event& event);
    // One line, keys in alphabetical order.
    std::string json(const PlanRule& rule, const Event& event);

    // The rule's output alone.
    std::string message(const PlanRule& rule, const Event& event);

  private:
    std::optional<uint64_t> time(const Event& event) const;

    const Plan& plan_;
    AlertOptions options_;
    Scratch scratch_;
};

}  // namespace stoop
