// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/slots.h"

#include <algorithm>

namespace stoop {
namespace {

// What reads a slot: how many rules in their conditions, and when it was first named. Rules are walked in
// order, so both depend on the program alone.
class Readers {
  public:
    explicit Readers(const Program& program)
        : program_(program), use_(program.slots.size()), seen_(program.nodes.size(), 0) {
        name(program.time_slot);
        if (program.type_slot) name(*program.type_slot);
        for (const ProgramRule& rule : program.rules) {
            ++rule_;
            walk(rule.node);
            for (const OutputPiece& piece : rule.output)
                if (piece.is_operand) for_each_slot(piece.operand, [&](uint32_t slot) { name(slot); });
            for (const OutputField& field : rule.output_fields) name(field.slot);
        }
    }

    bool is_used(uint32_t slot) const { return use_[slot].named != 0; }
    bool before(uint32_t a, uint32_t b) const {
        if (use_[a].rules != use_[b].rules) return use_[a].rules > use_[b].rules;
        return use_[a].named < use_[b].named;
    }

  private:
    struct Use {
        uint32_t rules = 0, last = 0;  // `last`: the number of the rule that was counted last
        uint32_t named = 0;            // 0: never
    };

    void name(uint32_t slot) {
        if (use_[slot].named == 0) use_[slot].named = ++named_;
    }
    void read(uint32_t slot) {
        name(slot);
        if (use_[slot].last == rule_) return;
        use_[slot].last = rule_;
        ++use_[slot].rules;
    }
    // Each node once a rule.
    void walk(uint32_t root) {
        std::vector<uint32_t> open{root};
        while (!open.empty()) {
            uint32_t index = open.back();
            open.pop_back();
            if (seen_[index] == rule_) continue;
            seen_[index] = rule_;
            const ProgramNode& node = program_.nodes[index];
            if (node.kind == ProgramNode::Kind::Atom)
                for_each_slot(program_.atoms[node.atom], [&](uint32_t slot) { read(slot); });
            open.insert(open.end(), node.children.rbegin(), node.children.rend());
        }
    }

    const Program& program_;
    std::vector<Use> use_;
    std::vector<uint32_t> seen_;  // by node, the number of the rule
    uint32_t rule_ = 0, named_ = 0;
};

}  // namespace

void order_slots(Program& program) {
    const Readers readers(program);
    std::vector<uint32_t> order;
    for (uint32_t slot = 0; slot < program.slots.size(); ++slot)
        if (readers.is_used(slot)) order.push_back(slot);
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return readers.before(a, b); });
    std::vector<uint32_t> place(program.slots.size());
    std::vector<Slot> slots;
    for (uint32_t slot : order) {
        place[slot] = static_cast<uint32_t>(slots.size());
        slots.push_back(std::move(program.slots[slot]));
    }
    program.slots = std::move(slots);
    auto move = [&](uint32_t& slot) { slot = place[slot]; };
    for (Atom& atom : program.atoms) for_each_slot(atom, move);
    for (ProgramRule& rule : program.rules) {
        for (OutputPiece& piece : rule.output)
            if (piece.is_operand) for_each_slot(piece.operand, move);
        for (OutputField& field : rule.output_fields) move(field.slot);
    }
    move(program.time_slot);
    if (program.type_slot) move(*program.type_slot);
}

}  // namespace stoop
