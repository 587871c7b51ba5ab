// SPDX-License-Identifier: Apache-2.0
// What native code works on besides the event, and the part of a match that is the same for every rule set:
// candidates are gathered, and then evaluated in the order of the rules.
//
// A rule set of ordinary size has so many rules for one type of event that testing each costs more than all
// else. So for each type native code asks first which rules may fire at all (by the indexes of literals and
// by comparisons that many rules have in common) and evaluates those. docs/performance.md has the picture.
//
// Immutable once built; any number of threads may use it, each with a Scratch of its own. Nothing here
// allocates once the scratch has been used with the program.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/engine/graph.h"
#include "runtime/engine/known_atoms.h"
#include "runtime/engine/literal_index.h"
#include "runtime/engine/prepared_program.h"
#include "runtime/engine/range_index.h"

namespace stoop {

struct MatchTables;
// The verdict of one rule: native code. `memory` is what begin_event returned.
using ConditionFunction = bool (*)(const MatchTables* tables, const Value* slots, Scratch* scratch,
                                   uint32_t* memory);

// The rules that can fire on some types of events, and what to ask of an event to find those that may.
struct Bucket {
    // It can fire only if the guards with these bits hold.
    struct Member {
        uint32_t rule = 0, guards = 0;
    };
    // One look at a field, in an index of members. Each part of it (bits of places) is left out unless all
    // bits of one of its masks of guards hold.
    struct Look {
        struct Part {
            uint32_t places = 0;
            std::vector<uint32_t> needs;
        };
        uint32_t slot = 0, index = 0;
        bool of_ranges = false;  // in an index of ranges, which has no places: its only part has the bit 1
        std::vector<Part> parts;
    };
    // Members of which no look can say anything: they may fire whenever these guards hold.
    struct Always {
        uint32_t list = 0, guards = 0;
    };
    std::vector<Member> members;  // in the order in which they fire
    bool mixed = false;           // not each of them can fire on each type
    bool in_turn = true;          // they are so few that each is tested; otherwise, first:
    std::vector<Look> looks;
    std::vector<Always> always;

    // A set of its members is one word: bit n for member n.
    bool fits_word() const { return members.size() <= 64; }
};

// What code that is made for a bucket asks of an event first.
struct Prefilter {
    // What native code looks for in place, and the members that want it: as bits if the bucket fits a word,
    // else one of the lists.
    struct Literal {
        LiteralPlace place = LiteralPlace::Whole;
        std::string text;     // reversed if it is of LiteralPlace::End
        uint32_t guards = 0;  // that all of them have
        uint64_t members = 0;
        uint32_t list = 0;
        uint64_t excluded = 0;  // those that cannot fire on such a value
        // Of a list: one of the exceptions; if it holds, none of them can fire.
        std::optional<uint32_t> exception = {};
    };
    KnownAtoms atoms;              // what the types alone say
    std::vector<uint32_t> guards;  // atoms, each for the bit of its number here
    // By look. Places that are not in it are left to the index.
    std::vector<std::vector<Literal>> literals;
};

struct MatchTables {
    static constexpr uint32_t kNoBucket = UINT32_MAX;

    const PreparedProgram* program = nullptr;
    EventTypeSet wanted;
    std::vector<uint32_t> bucket_of;  // by event type; the last entry is for all others
    std::vector<Bucket> buckets;
    std::vector<Prefilter> prefilters;  // by bucket
    std::vector<LiteralIndex> indexes;
    std::vector<RangeIndex> ranges;
    std::vector<MemberBits> members;  // of the lists
    std::vector<RuleRange> lists;
    std::vector<OneOfTexts> exceptions;
    uint32_t largest_bucket = 0;  // members
    PackedGraph graph;
    // Conditions that several rules have, remembered within an event: at most as many as there are nodes for
    // native code, and then those of the graph.
    uint32_t shared = 0;

    // Native code.
    MatchFunction match = nullptr;
    const ConditionFunction* conditions = nullptr;  // by rule; null: by a walk over the graph

    // The first 64 members of a list.
    uint64_t word_of(uint32_t list) const { return members[lists[list].begin].bits; }
    uint32_t bucket(EventTypeId type) const {
        return bucket_of[std::min<size_t>(type, bucket_of.size() - 1)];
    }
};

// All of these are called by native code. First begin_event, before any condition is evaluated: the memory of
// shared conditions, of which the first is the number of the event; a condition whose number n is in
// memory[n] as twice the event's, and one more if it holds, need not be evaluated again.
uint32_t* begin_event(const MatchTables* tables, Scratch* scratch);
bool test_atom(const MatchTables* tables, uint32_t atom, const Value* slots, Scratch* scratch);
// A regular expression that has literals, on a value that is present.
bool test_regex(const MatchTables* tables, uint32_t atom, const Value* value);
bool contains_bytes(const char* data, size_t size, const char* part, size_t part_size);
// Whether the field that the exception compares has one of its texts.
bool is_excepted(const MatchTables* tables, uint32_t exception, const Value* slots);
// The verdict of a rule that has no native code of its own, by a walk over the graph.
bool walk_rule(const MatchTables* tables, const Value* slots, Scratch* scratch, uint32_t* memory,
               uint32_t rule);

// For a bucket that fits a word: what these return together is given to evaluate_members, unless it is 0.
// `held`: the bits of the guards that hold; members that need others are passed over.
//
// Of a bucket that is mixed the type of the event is in the scratch.
uint64_t find_members(const MatchTables* tables, uint32_t index, uint32_t places, uint32_t held,
                      const Value* value);
uint64_t find_members_in_range(const MatchTables* tables, uint32_t index, uint32_t held, const Value* value);
uint32_t evaluate_members(const MatchTables* tables, uint32_t bucket, uint32_t held, const Value* slots,
                          Scratch* scratch, uint32_t* fired, uint32_t limit, uint64_t found);

// For a larger one: any of these, then evaluate_candidates if `scratch` has any.
void add_candidates(const MatchTables* tables, uint32_t list, Scratch* scratch);
void look_up(const MatchTables* tables, uint32_t index, uint32_t places, uint32_t held, const Value* value,
             Scratch* scratch);
void look_up_range(const MatchTables* tables, uint32_t index, uint32_t held, const Value* value,
                   Scratch* scratch);
uint32_t evaluate_candidates(const MatchTables* tables, uint32_t bucket, uint32_t held, const Value* slots,
                             Scratch* scratch, uint32_t* fired, uint32_t limit);

}  // namespace stoop
