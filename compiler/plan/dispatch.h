// From the type of an event to the rules that may fire on it. For each set of types that the same rules want
// (a bucket) it is worked out which comparisons must hold for a rule to fire at all, and those that many
// rules ask of one field are put in an index: code generation turns the result into the entry of the matcher.
//
// A rule's *witness* is a set of literals on one or several fields of which at least one must match; its
// *guards* are cheap comparisons that must all hold. Both follow from the condition alone; which of several
// possible ones is taken is a guess at how often it holds and what it costs, and changes the speed only.
//
// Costs a walk over the graph for each bucket. Any thread; the result is only read.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/match/plan.h"
#include "runtime/match/program.h"

namespace stoop {

enum class Known : uint8_t { No, Yes, Unknown };

struct Dispatch {
    static constexpr uint32_t kNoBucket = UINT32_MAX;

    // Guards of which all bits of one of these masks must hold; at least one mask.
    using Needs = std::vector<uint32_t>;
    // One look at a field. Each part of it (bits of places) is left out if no rule that it could find has its
    // guards.
    struct Look {
        struct Part {
            uint32_t places = 0;
            Needs needs;
        };
        uint32_t slot = 0, index = 0;
        std::vector<Part> parts;
    };
    // Members without a witness.
    struct Always {
        uint32_t list = 0, guards = 0;  // all of them have these guards
    };
    struct Bucket {
        std::vector<MatchProgram::Member> members;  // its rules, in the order in which they fire
        std::vector<Known> atoms;                   // by atom: what the types alone say of it
        bool in_turn = true;                        // they are so few that each is tested; otherwise, first:
        std::vector<uint32_t> guards;               // atoms, each for the bit of its number here
        std::vector<Look> looks;
        std::vector<Always> always;
    };
    std::vector<uint32_t> bucket_of;  // by event type; the last entry is for all others
    std::vector<Bucket> buckets;
    std::vector<LiteralIndex> indexes;
    std::vector<std::vector<MemberBits>> lists;  // of members, as the indexes
};

Dispatch make_dispatch(const Plan& plan);

}  // namespace stoop
