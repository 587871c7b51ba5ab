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

#include "runtime/match/literal_index.h"
#include "runtime/match/plan.h"

namespace stoop {

enum class Known : uint8_t { No, Yes, Unknown };

struct Dispatch {
    static constexpr uint32_t kNoList = UINT32_MAX, kNoBucket = UINT32_MAX;

    struct Look {
        uint32_t slot = 0, index = 0;
    };
    // Rules that can fire only if all guards hold.
    struct Section {
        std::vector<uint32_t> guards;  // atoms
        std::vector<Look> looks;
        uint32_t always = kNoList;  // the list of its rules that have no witness
    };
    struct Bucket {
        std::vector<uint32_t> rules;
        std::vector<Known> atoms;       // by atom: what the types alone say of it
        std::vector<Section> sections;  // none if the rules are so few that they are tested in turn
    };
    std::vector<uint32_t> bucket_of;  // by event type; the last entry is for all others
    std::vector<Bucket> buckets;
    std::vector<LiteralIndex> indexes;
    std::vector<std::vector<uint32_t>> lists;  // of rules
};

Dispatch make_dispatch(const Plan& plan);

}  // namespace stoop
