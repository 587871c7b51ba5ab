// From one JSON object to an event: a plain event (keys are fields) or a Falco alert (its `output_fields`),
// told apart by their keys (interface.md, "Events"). Fills the slots of one plan, with what can be derived.
//
// The text is walked once, all of it, so that one that is not JSON is always found out; of each field that is
// asked for the walk notes where its value stands (the last time, if a key is there more than once). Then
// those values are read, and borrow their bytes from the text unless it has escapes. Fields that nobody asks
// for are passed over unread; with Check::AllFields they must be known and of their type too, since a
// misspelt field in a fixture would otherwise pass for one that is not recorded.
//
// A field may also be written as an object in an object: {"proc": {"name": "sh"}} is proc.name, as long as
// `proc` is not itself a field.
//
// About a microsecond for a line of three kilobytes; nothing is allocated once keys of this kind have been
// seen. One decoder per thread.
#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/event/event.h"
#include "runtime/ingest/derive.h"
#include "runtime/ingest/event_problem.h"
#include "runtime/ingest/json_pointer.h"
#include "runtime/ingest/json_tokens.h"
#include "runtime/ingest/key_table.h"
#include "runtime/match/plan.h"

namespace stoop {

enum class Check : uint8_t {
    AllFields,  // every key must be a field, and its value of the field's type
    // Only the fields that the plan reads, and those that say when and what the event is. No facts are derived
    // for an event of a type that no rule is for.
    AskedFields,
};

class EventDecoder {
  public:
    // Both must outlive the decoder.
    EventDecoder(const Schema& schema, const Plan& plan, Check check = Check::AllFields);

    // `text` is one JSON object. On a problem the event is left unusable. The event owns what its values point
    // to.
    std::optional<EventProblem> decode(std::string_view text, Event& event);

    // The same without a copy of the text: it must stay as it is for as long as the event is used.
    std::optional<EventProblem> decode_in_place(std::string_view text, Event& event);

    // The plan's slots and behind them those that derivations start from.
    const std::vector<Slot>& slots() const { return slots_; }
    const Deriver& deriver() const { return deriver_; }

  private:
    // A field whose value is to be read. `token` is where it stands if `seen` is the number of this event.
    struct Target {
        FieldRef ref;
        std::optional<uint32_t> slot;
        uint32_t token = 0;
        uint64_t seen = 0;
    };
    // What a walk through an event found besides its fields.
    struct Found {
        std::optional<EventProblem> unknown;
        uint32_t alert[kAlertKeys] = {};  // where the values of an alert's keys stand
        bool any_field = false;           // among the outermost keys

        uint32_t of(AlertKey key) const { return alert[static_cast<size_t>(key)]; }
    };

    std::optional<EventProblem> decode_text(std::string_view text, Event& event);
    uint32_t add_target(const FieldRef& ref);
    std::optional<uint32_t> token_of(std::optional<uint32_t> target) const;
    void resolve(KnownKey& key);
    bool is_prefix(const std::string& name) const;
    void forget_if_full();
    void start_fields();
    bool walk_fields(uint32_t& token, KeyTable& table, Found& found);
    void note(const KnownKey& key, uint32_t token, const KeyTable& table, Found& found);
    std::optional<EventProblem> read_fields(bool alert, Event& event);
    bool is_alert(const Found& found) const;
    void record(const char* field, uint32_t token, Event& event);
    void set_source(const Found& found, bool alert, Event& event);
    void set_time(const Found& found, bool alert, Event& event);
    void set_type(Event& event);
    bool is_wanted(EventTypeId type) const;
    // A document of the source itself, from which the schema's JSON pointers read the fields.
    void read_source_document(std::string_view text, Event& event);

    const Schema& schema_;
    Check check_;
    std::vector<Slot> slots_;
    uint32_t time_slot_;
    std::optional<uint32_t> type_slot_;
    Deriver deriver_;
    std::vector<bool> wanted_;  // by event type: some rule is for it
    bool has_pointers_ = false;
    std::vector<JsonPointer> pointers_;  // by slot

    std::unordered_map<std::string, uint32_t> target_of_;  // by spelling
    std::vector<Target> targets_;   // those that are always read, then those that are only checked
    size_t first_extra_ = 0;        // of the latter
    std::optional<uint32_t> source_, arguments_;
    std::vector<uint32_t> times_;  // in the order in which they count

    KeyTable keys_{""}, alert_keys_{""};
    JsonTokens tokens_;
    std::vector<uint32_t> touched_;  // targets that this event has
    uint64_t event_number_ = 0;
};

}  // namespace stoop
