// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/slots.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace stoop {
namespace {

// In how many conditions each slot is read.
std::vector<size_t> count_readers(const Plan& plan) {
    std::vector<size_t> out(plan.slots.size(), 0);
    for (const PlanRule& rule : plan.rules) {
        std::set<uint32_t> read;
        for (const ConditionTree::Node& node : rule.tree.nodes)
            if (node.kind == ConditionTree::Kind::Atom)
                for_each_slot(plan.atoms[node.atom], [&](uint32_t slot) { read.insert(slot); });
        for (uint32_t slot : read) ++out[slot];
    }
    return out;
}

}  // namespace

void order_slots(Plan& plan) {
    std::vector<size_t> readers = count_readers(plan);
    std::vector<uint32_t> order(plan.slots.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return readers[a] > readers[b]; });
    std::vector<uint32_t> place(order.size());
    std::vector<Slot> slots;
    for (uint32_t slot : order) {
        place[slot] = static_cast<uint32_t>(slots.size());
        slots.push_back(std::move(plan.slots[slot]));
    }
    plan.slots = std::move(slots);
    auto move = [&](uint32_t& slot) { slot = place[slot]; };
    for (Atom& atom : plan.atoms) for_each_slot(atom, move);
    for (PlanRule& rule : plan.rules) {
        for (OutputPiece& piece : rule.output)
            if (piece.is_operand) for_each_slot(piece.operand, move);
        for (OutputField& field : rule.output_fields) move(field.slot);
    }
    move(plan.time_slot);
    if (plan.type_slot) move(*plan.type_slot);
}

}  // namespace stoop
