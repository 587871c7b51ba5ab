// SPDX-License-Identifier: Apache-2.0
// From one JSON object to an event: a plain event (keys are fields) or a Falco alert (its `output_fields`),
// told apart by their keys (interface.md, "Events"). Fills the slots of one program, with what can be
// derived.
//
// The text is walked once, all of it, so that one that is not JSON is always found out. On the way the fields
// that are asked for are read; values borrow their bytes from the text unless it has escapes. Of a key that
// is there more than once the last value counts. Fields that nobody asks for are passed over unread; with
// Check::AllFields they must be known and of their type too, since a misspelt field in a fixture would
// otherwise pass for one that is not recorded.
//
// A field may also be written as an object in an object: {"proc": {"name": "sh"}} is proc.name, as long as
// `proc` is not itself a field. An event in a wrapper (wrapper.h) is taken out of it, two at most; each costs
// another walk, over what it holds. Messages are about the record as it is.
//
// About a microsecond for a line of three kilobytes; nothing is allocated once keys of this kind have been
// seen. One decoder per thread.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/limits.h"
#include "runtime/event/event.h"
#include "runtime/ingest/derive.h"
#include "runtime/ingest/event_problem.h"
#include "runtime/ingest/json/json_pointer.h"
#include "runtime/ingest/json/json_value.h"
#include "runtime/ingest/json/key_table.h"
#include "runtime/ingest/json/unread.h"
#include "runtime/ingest/json/wrapper.h"
#include "runtime/ingest/transform_budget.h"
#include "runtime/program/program.h"

namespace stoop {

enum class Check : uint8_t {
    AllFields,  // every key must be a field, and its value of the field's type
    // Only the fields that the program reads, and those that say when and what the event is. No facts are
    // derived for an event of a type that no rule is for.
    AskedFields,
};

class EventDecoder {
  public:
    // Schema and program must outlive the decoder.
    EventDecoder(const Schema& schema, const Program& program, Check check = Check::AllFields,
                 const Limits& limits = Limits());

    // `text` is one JSON object. On a problem the event is left unusable. The event owns what its values
    // point to. Its number is the caller's to set before; 0 if it has none.
    std::optional<EventProblem> decode(std::string_view text, Event& event);

    // The same without a copy of the text: it must stay as it is for as long as the event is used.
    std::optional<EventProblem> decode_in_place(std::string_view text, Event& event);

    // The program's slots and behind them those that derivations start from.
    const std::vector<Slot>& slots() const { return slots_; }
    const Deriver& deriver() const { return deriver_; }

    // Of the record that was decoded last, until the next one:
    // the wrappers that it was taken out of, outermost first;
    std::span<const uint8_t> opened() const { return {opened_.data(), depth_}; }
    // a key that is no field, like one that is read and was not recorded (with Check::AskedFields);
    struct Misspelling {
        std::string name;
        uint32_t slot;  // of the field
        std::string meant;
    };
    const Misspelling* misspelling(const Event& event) const;
    // why there is nothing in it that is read. If a problem says so, `is_unread` tells.
    Unread why_unread();
    bool is_unread() const { return unread_; }
    // It was a document of the source itself: its fields have the names of that.
    bool is_document() const { return document_; }
    // Events may be such documents.
    bool reads_documents() const { return has_pointers_; }
    // an alert says when it was in a way that cannot be read.
    bool time_is_unreadable() const { return unreadable_time_; }

  private:
    // A field whose value is read.
    struct Target {
        ValueType type;
        bool hidden_in_alerts;  // a value that says nothing
        uint32_t slot;          // kNoTarget: it is only checked
    };
    // A value that is not of its field's type. It does not matter if the key comes again.
    struct Misread {
        uint32_t target, token;
        Misfit misfit;
    };
    // What a walk through an event found besides its fields.
    struct Found {
        uint32_t marks[kMarks] = {};                  // tokens of values; 0: there is none
        bool any_field = false, outer_field = false;  // the latter among the outermost keys
        std::optional<EventProblem> unknown;

        uint32_t of(Mark mark) const { return marks[static_cast<size_t>(mark)]; }
    };

    // Where what a wrapper holds stands in the text around it.
    struct Layer {
        size_t begin = 0;
        std::string_view raw;  // of a string with escapes
    };

    std::optional<EventProblem> decode_marked(std::string_view text, Event& event);
    std::optional<EventProblem> decode_layers(std::string_view text, Event& event);
    std::optional<EventProblem> decode_text(std::string_view text, Event& event);
    std::optional<EventProblem> open_cri_line(CriLine line, std::string_view text, Event& event);
    Unread too_many_wrappers(uint8_t inner) const;
    std::string_view wrapped(uint8_t wrapper, std::string_view text);
    uint8_t find_wrapper(std::string_view text);
    bool open_wrapper(std::string_view text, Event& event);
    void open(uint8_t wrapper, Layer layer);
    EventProblem outward(EventProblem problem) const;
    std::optional<EventProblem> unread_problem();
    void walk_alert(Event& event);
    uint16_t number_of_misspelling(const std::string& name, std::string instead);
    void map_types(const std::vector<std::string>& of_program);
    void add_unknown_target();
    void push_target(const FieldRef& ref, uint32_t slot);
    uint32_t add_target(const FieldRef& ref, uint32_t slot);
    std::optional<uint32_t> slot_of(const std::string& field) const;
    void resolve(KnownKey& key, std::string name);
    bool is_prefix(const std::string& name) const;
    void forget_if_full();
    bool walk_fields(uint32_t& token, KeyTable& table, bool alert, Event& event);
    void note_key(const KnownKey& key, uint32_t token, bool outermost);
    void take_value(const KnownKey& key, uint32_t token, bool alert, Event& event);
    void take_entry(JsonTokens::Entry entry, const KnownKey& key, uint32_t token, bool alert, Event& event);
    void read_field(uint32_t target, uint32_t token, bool alert, Event& event);
    void note_other_key(const KnownKey& key, uint32_t token);
    void note_misread(uint32_t target, uint32_t token, Misfit misfit);
    void forget_misreads();
    const Misread* first_misread() const;
    void note_unknown(const KnownKey& key, uint32_t token);
    EventProblem wrong_type(const Misread& misread);
    bool is_alert() const;
    Value* unrecorded(const std::optional<uint32_t>& slot, Event& event) const;
    void set_number(Event& event);
    bool is_of_other_source();
    void set_source(Event& event);
    void set_time(Event& event);
    void set_type(Event& event);
    bool is_wanted(EventTypeId type) const;
    // A document of the source itself, from which the schema's JSON pointers read the fields; `found` tells
    // whether they find anything.
    std::optional<EventProblem> read_source_document(std::string_view text, Event& event, bool& found);
    std::optional<EventProblem> read_json_text(std::string_view text, uint32_t token, uint32_t slot,
                                               Event& event);

    const Schema& schema_;
    Check check_;
    Limits limits_;
    std::vector<Slot> slots_;
    uint32_t time_slot_;
    std::optional<uint32_t> type_slot_, number_slot_, source_slot_, host_slot_;
    Deriver deriver_;
    const TransformBudget budget_;
    std::vector<EventTypeId> types_;  // of the program, by type of the schema
    std::vector<bool> wanted_;        // by event type: some rule is for it
    bool has_pointers_ = false;
    std::vector<std::optional<JsonPointer>> pointers_;  // by slot
    std::vector<JsonPointer> other_pointers_;           // of fields that have no slot
    std::vector<std::optional<uint32_t>> pointed_;      // what they found

    std::vector<Target> targets_;  // the slots', then those that are only checked
    std::vector<FieldRef> refs_;   // of the targets
    TextMap<uint32_t> target_of_;  // by spelling
    TextSet prefixes_;             // of the slots' spellings, each before a dot

    JsonTokens tokens_;
    ValueReader reader_{tokens_};
    RememberedKeys remembered_;
    KeyTable keys_{"", remembered_}, alert_keys_{"", remembered_};
    Found found_;
    std::vector<Misread> misreads_;
    std::vector<uint32_t> misread_of_;  // by target: the place of its misread, and one more; or 0
    Value unwanted_;

    size_t program_slots_;
    TextMap<uint32_t> plain_names_;  // letters and digits of a slot's field
    std::vector<Misspelling> misspellings_;
    std::vector<uint16_t> misspelt_;  // in this record
    size_t looked_near_ = 0;

    std::array<uint8_t, kMostWrappers> opened_;
    std::array<Layer, kMostWrappers> layers_;
    uint8_t depth_ = 0;
    std::optional<std::string_view> content_;  // of the wrapper that was opened last
    std::optional<Unread> not_opened_;         // why a CRI line was not
    bool alert_ = false, unread_ = false, unreadable_time_ = false, document_ = false;
};

}  // namespace stoop
