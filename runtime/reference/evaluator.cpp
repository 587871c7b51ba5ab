// SPDX-License-Identifier: Apache-2.0
#include "runtime/reference/evaluator.h"

#include <algorithm>

#include "runtime/match/block.h"

namespace stoop {

bool evaluate(const Plan& plan, const ConditionTree& tree, uint32_t index, const Value* slots,
              Scratch& scratch) {
    const ConditionTree::Node& node = tree.nodes[index];
    auto holds = [&](uint32_t child) { return evaluate(plan, tree, child, slots, scratch); };
    switch (node.kind) {
        case ConditionTree::Kind::And: return std::all_of(node.children.begin(), node.children.end(), holds);
        case ConditionTree::Kind::Or: return std::any_of(node.children.begin(), node.children.end(), holds);
        case ConditionTree::Kind::Not: return !holds(node.children[0]);
        case ConditionTree::Kind::Macro: return holds(node.children[0]);
        case ConditionTree::Kind::Atom: return test(plan.atoms[node.atom], slots, scratch);
    }
    return false;
}

static uint32_t match(const void* program, const Value* slots, EventTypeId type, Scratch* scratch,
                      uint32_t* fired, uint32_t limit) {
    const auto& plan = *static_cast<const Plan*>(program);
    scratch->arena.reset();
    uint32_t count = 0;
    for (uint32_t rule = 0; rule < plan.rules.size() && count < limit; ++rule) {
        const ConditionTree& tree = plan.rules[rule].tree;
        if (!plan.rules[rule].event_types.contains(type)) continue;
        if (evaluate(plan, tree, tree.root(), slots, *scratch)) fired[count++] = rule;
    }
    return count;
}

static void match_each(const void* program, const EventBlock& block, Scratch* scratch, uint32_t limit,
                       std::vector<Hit>& hits) {
    BlockMatcher matcher(match, program, block, *scratch, limit, hits);
    for (uint32_t event = 0; event < block.types.size(); ++event) matcher.match(event);
}

Engine reference_engine(const Plan& plan) { return {match, &plan, match_each}; }

}  // namespace stoop
