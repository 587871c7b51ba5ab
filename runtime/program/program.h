// SPDX-License-Identifier: Apache-2.0
// A rule set as a closed value: the fields that it reads, its atoms, its conditions as one graph, and what
// each rule prints. Nothing in it is prepared for matching, and nothing refers to what is outside of it: no
// schema, no rule file. So it can be saved, sent and compared (encode.h, decode.h, digest.h). One program
// serves one event source.
//
// The compiler builds a program (compiler/plan); what matches events prepares tables from it
// (runtime/engine). Where its rules are in their files says the source map (source_map.h).
//
// Immutable once built; any number of threads may read it. It can be moved, not copied: texts of constants
// are in its arena.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/event/arena.h"
#include "runtime/event/event_types.h"
#include "runtime/event/types.h"
#include "runtime/program/atom.h"
#include "runtime/program/priority.h"

namespace stoop {

// A field that the program reads; its index is the slot of the event's values.
struct Slot {
    std::string spelling;  // canonical, with its argument: proc.aname[2], evt.arg.flags
    std::string field;     // without
    Type type = Type::CHARBUF;
    bool list = false;
    PrintFormat print = PrintFormat::Decimal;
    Comparison comparison = Comparison::Ordinary;
    bool filter_only = false;  // outputs print it as absent
    std::string pointer;       // JSON pointer to its value in the source's own documents; empty if not given

    // The value is a list: of a list field, or of one of those that stand for several values at once.
    bool holds_list() const { return list || stands_for_several(comparison); }
};

struct ProgramNode {
    enum class Kind : uint8_t { And, Or, Not, Atom };
    static constexpr uint32_t kNone = UINT32_MAX;

    Kind kind = Kind::Atom;
    uint32_t atom = kNone;           // Atom; of an Or one that says the same as the node, if there is one
    std::vector<uint32_t> children;  // indexes of earlier nodes

    bool has_atom() const { return atom != kNone; }
};

// A piece of an output template: text, or a field or transformer to be rendered in `width` bytes (0: as wide
// as it is).
struct OutputPiece {
    std::string text;
    bool is_operand = false;
    Operand operand;
    uint32_t width = 0;
};

// A field that an output mentions, and so a key of `output_fields`.
struct OutputField {
    std::string key;
    uint32_t slot = 0;
};

struct ProgramRule {
    std::string name;
    Priority priority = Priority::Debug;
    std::vector<std::string> tags;  // sorted
    std::vector<OutputPiece> output;
    std::vector<OutputField> output_fields;
    EventTypeSet event_types;  // of the program's event types, those that it is evaluated on
    uint32_t node = 0;         // the condition
};

struct Program {
    std::string source;
    std::vector<Slot> slots;
    std::vector<Atom> atoms;
    std::vector<ProgramNode> nodes;     // children before parents
    std::vector<ProgramRule> rules;     // in the order in which they fire
    uint32_t time_slot = 0;             // evt.rawtime: every alert carries the time of its event
    std::optional<uint32_t> type_slot;  // evt.type, which not every source has
    // By event type, the one value that evt.type has then. The type behind the last one may have several.
    std::vector<std::string> event_types;

    Arena constants;  // what the values of atoms point to

    // How many sets of event types range over: those with a name, and the one behind them.
    size_t event_type_count() const { return event_types.size() + 1; }
};

}  // namespace stoop
