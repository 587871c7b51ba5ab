// From one JSON object to an event: a plain event (keys are fields) or a Falco alert (its `output_fields`),
// told apart by their keys (interface.md, "Events"). Fills the slots of one plan, with what can be derived.
//
// Every key is checked against the schema, also those that no rule asks for: a misspelt field in a fixture
// would otherwise pass for one that is not recorded. One decoder per thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "runtime/event/event.h"
#include "runtime/ingest/derive.h"
#include "runtime/ingest/event_problem.h"
#include "runtime/match/plan.h"

namespace stoop {

class EventDecoder {
  public:
    // Both must outlive the decoder.
    EventDecoder(const Schema& schema, const Plan& plan);

    // `text` is one JSON object. On a problem the event is left unusable.
    std::optional<EventProblem> decode(std::string_view text, Event& event);

    // The plan's slots and behind them those that derivations start from.
    const std::vector<Slot>& slots() const { return slots_; }
    const Deriver& deriver() const { return deriver_; }

  private:
    struct KnownKey {
        std::optional<FieldRef> ref;
        std::optional<uint32_t> slot;
        std::string error, suggestion;
    };
    const KnownKey& known(const std::string& key);
    std::optional<EventProblem> fields(const nlohmann::json& object, std::string_view text, bool alert,
                                       Event& event);
    void set_time(const nlohmann::json& document, bool alert, Event& event);
    void set_type(const nlohmann::json& fields, Event& event);
    // A document of the source itself, from which the schema's JSON pointers read the fields.
    bool is_source_document(const nlohmann::json& document);
    void read_source_document(const nlohmann::json& document, Event& event);

    const Schema& schema_;
    std::vector<Slot> slots_;
    uint32_t time_slot_;
    std::optional<uint32_t> type_slot_;
    Deriver deriver_;
    std::unordered_map<std::string, uint32_t> slot_of_;
    std::unordered_map<std::string, KnownKey> keys_;
    bool has_pointers_ = false;
};

}  // namespace stoop
