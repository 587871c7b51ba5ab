// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/reference.h"

#include <algorithm>

#include "runtime/engine/block.h"

namespace stoop {

bool evaluate(const PreparedProgram& program, const ConditionTree& tree, uint32_t index, const Value* slots,
              Scratch& scratch) {
    const ConditionTree::Node& node = tree.nodes[index];
    auto holds = [&](uint32_t child) { return evaluate(program, tree, child, slots, scratch); };
    switch (node.kind) {
        case ConditionTree::Kind::And: return std::all_of(node.children.begin(), node.children.end(), holds);
        case ConditionTree::Kind::Or: return std::any_of(node.children.begin(), node.children.end(), holds);
        case ConditionTree::Kind::Not: return !holds(node.children[0]);
        case ConditionTree::Kind::Macro: return holds(node.children[0]);
        case ConditionTree::Kind::Atom: return test(program.tables[node.atom], slots, scratch);
    }
    return false;
}

static uint32_t match(const void* prepared, const Value* slots, EventTypeId type, Scratch* scratch,
                      uint32_t* fired, uint32_t limit) {
    const auto& program = *static_cast<const PreparedProgram*>(prepared);
    scratch->arena.reset();
    uint32_t count = 0;
    for (uint32_t rule = 0; rule < program.rules.size() && count < limit; ++rule) {
        const ConditionTree& tree = program.source_map.rules[rule].tree;
        if (!program.rules[rule].event_types.contains(type)) continue;
        if (evaluate(program, tree, tree.root(), slots, *scratch)) fired[count++] = rule;
    }
    return count;
}

static void match_each(const void* program, const EventBlock& block, Scratch* scratch, uint32_t limit,
                       std::vector<Hit>& hits) {
    BlockMatcher matcher(match, program, block, *scratch, limit, hits);
    for (uint32_t event = 0; event < block.types.size(); ++event) matcher.match(event);
}

Engine reference_engine(const PreparedProgram& program) { return {match, &program, match_each}; }

}  // namespace stoop
