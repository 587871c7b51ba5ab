// SPDX-License-Identifier: Apache-2.0
// What a rule set has become: the fields it reads, its atoms, and its conditions over them. The compiler
// builds a plan (compiler/plan); everything that runs per event only reads it. One plan serves one event
// source.
//
// Each condition is there twice. As a *tree* it is what the author wrote: macros keep their names, every node
// its place in the file, nothing is shared; the reference evaluator, explanations and coverage walk it. In
// the *graph* equal sub-conditions of all rules are one node; native code is made from it. The atoms are
// shared by both.
//
// Immutable once built; any number of threads may read it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/limits.h"
#include "runtime/event/schema.h"
#include "runtime/match/atom.h"
#include "runtime/match/regex_store.h"

namespace stoop {

// A place in a rule file: line and column count from 1, the column in characters.
struct Place {
    std::string file;
    uint32_t line = 0;
    uint32_t column = 0;
};

// A field that the plan reads; its index is the slot of the event's values.
struct Slot {
    FieldRef ref;
};

struct ConditionTree {
    enum class Kind : uint8_t { And, Or, Not, Atom, Macro };
    struct Node {
        Kind kind = Kind::Atom;
        uint32_t atom = 0;               // Atom
        std::vector<uint32_t> children;  // And, Or: in order; Not, Macro: one
        std::string macro;               // Macro: its name
        Place place;
        uint32_t end_line = 0, end_column = 0;  // Atom: behind its last character
    };
    std::vector<Node> nodes;  // children before parents; the last one is the whole condition

    uint32_t root() const { return static_cast<uint32_t>(nodes.size() - 1); }
};

struct PlanNode {
    enum class Kind : uint8_t { And, Or, Not, Atom };
    static constexpr uint32_t kNone = UINT32_MAX;

    Kind kind = Kind::Atom;
    uint32_t atom = kNone;           // Atom; of an Or one that says the same as the node, if there is one
    std::vector<uint32_t> children;  // indexes of earlier nodes
    // Where it stands first: a node of the tree of a rule.
    uint32_t rule = 0, tree_node = 0;

    bool is_one_atom() const { return atom != kNone; }
};

enum class Priority : uint8_t { Emergency, Alert, Critical, Error, Warning, Notice, Informational, Debug };
std::string_view priority_name(Priority priority);  // as Falco prints it

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

struct PlanRule {
    std::string name;
    Priority priority = Priority::Debug;
    std::vector<std::string> tags;  // sorted
    std::vector<OutputPiece> output;
    std::vector<OutputField> output_fields;
    EventTypeSet event_types;  // the events that it is evaluated on
    ConditionTree tree;
    uint32_t node = 0;  // the condition in the graph
    Place place;
};

struct Plan {
    std::string source;
    std::vector<Slot> slots;
    std::vector<Atom> atoms;
    std::vector<PlanNode> nodes;
    std::vector<PlanRule> rules;        // in the order in which they fire
    uint32_t time_slot = 0;             // evt.rawtime: every alert carries the time of its event
    std::optional<uint32_t> type_slot;  // evt.type, which not every source has
    // By event type, the one value that evt.type has then. Types from its size on may have several.
    std::vector<std::string> event_types;
    uint64_t transformed_bytes = Limits()[Limit::TransformedBytes];  // see ingest/transform_budget.h

    Arena constants;
    RegexMemory regex_memory;

    const Place& place(const PlanNode& node) const {
        return rules[node.rule].tree.nodes[node.tree_node].place;
    }
};

}  // namespace stoop
