// The graph of conditions packed for walking: rules that get no native code are evaluated over it. In a rule
// set of many thousands the time goes into waiting for memory, so what belongs together lies together, what
// rules share, known after the first of them, comes first, and most comparisons with texts need no look at
// the texts.
//
// Costs a few bytes for each node; built once, then only read. A walk visits each node once an event.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/match/atom.h"
#include "runtime/match/plan.h"

namespace stoop {

class PackedGraph {
  public:
    PackedGraph() = default;
    explicit PackedGraph(const Plan& plan);

    // The verdict of a rule of the same plan. `known`: a number for each node, of which there are size();
    // what is known of the event is twice its number, and one more if the condition holds. Recurses as deep
    // as conditions are nested.
    bool holds(const Plan& plan, uint32_t rule, const Value* slots, Scratch& scratch, uint32_t event,
               uint32_t* known) const;
    size_t size() const { return nodes_.size(); }

  private:
    struct Node {
        PlanNode::Kind kind;
        uint32_t first = 0, count = 0;  // of its children; of an atom its number and its slot
        // Of an atom that wants a text to be one of some: the bits of their fingerprints. A value with
        // another one is none of them. Nothing for other atoms.
        uint64_t fingerprints = 0;
    };
    static Node packed(const Atom& atom, uint32_t number);
    struct Walk;

    std::vector<Node> nodes_;
    std::vector<uint32_t> children_;
    std::vector<uint32_t> rules_;  // the nodes of their conditions
};

}  // namespace stoop
