// SPDX-License-Identifier: Apache-2.0
#include "runtime/explain/recorded.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/excerpt.h"

namespace stoop {
namespace {

enum class Known : uint8_t { False, True, Unknown };

bool missing(const Value& value) { return value.state == State::NotRecorded || value.partial; }

Known negated(Known k) {
    if (k == Known::Unknown) return k;
    return k == Known::True ? Known::False : Known::True;
}

Known verdict_of(const AtomTable& table, const Value* slots, Scratch& scratch) {
    bool holds = test(table, slots, scratch);
    bool unknown = false, partial_only = true;
    for_each_slot(*table.atom, [&](uint32_t slot) {
        if (!missing(slots[slot])) return;
        unknown = true;
        partial_only = partial_only && slots[slot].partial;
    });
    // Of a list that is known in part, a match counts.
    if (unknown && !(holds && partial_only)) return Known::Unknown;
    return holds ? Known::True : Known::False;
}

// Of one node, from its children's, which `ask` gives: as far as they must be asked.
template <typename Ask>
Known verdict_of(const PreparedProgram& program, const ConditionTree::Node& node, const Value* slots,
                 Scratch& scratch, const Ask& ask) {
    // The first child that decides; else Unknown if one of them is.
    auto all = [&](Known deciding) {
        Known out = negated(deciding);
        for (uint32_t child : node.children) {
            Known k = ask(child);
            if (k == deciding) return k;
            if (k == Known::Unknown) out = k;
        }
        return out;
    };
    switch (node.kind) {
        case ConditionTree::Kind::And: return all(Known::False);
        case ConditionTree::Kind::Or: return all(Known::True);
        case ConditionTree::Kind::Not: return negated(ask(node.children[0]));
        case ConditionTree::Kind::Macro: return ask(node.children[0]);
        case ConditionTree::Kind::Atom: break;
    }
    return verdict_of(program.tables[node.atom], slots, scratch);
}

Known verdict_of(const PreparedProgram& program, const ConditionTree& tree, uint32_t index,
                 const Value* slots, Scratch& scratch) {
    return verdict_of(program, tree.nodes[index], slots, scratch,
                      [&](uint32_t child) { return verdict_of(program, tree, child, slots, scratch); });
}

class RecordedWalk {
  public:
    RecordedWalk(const PreparedProgram& program, const ConditionTree& tree, const Value* slots,
                 Scratch& scratch)
        : program_(program), tree_(tree), slots_(slots), verdicts_(tree.nodes.size()) {
        for (size_t i = 0; i < tree.nodes.size(); ++i)
            verdicts_[i] = verdict_of(program, tree.nodes[i], slots, scratch,
                                      [&](uint32_t child) { return verdicts_[child]; });
    }

    void collect(uint32_t index, std::vector<uint32_t>& out) const {
        if (verdicts_[index] != Known::Unknown) return;
        const ConditionTree::Node& node = tree_.nodes[index];
        for (uint32_t child : node.children) collect(child, out);
        if (node.kind != ConditionTree::Kind::Atom) return;
        for_each_slot(program_.atoms[node.atom], [&](uint32_t slot) {
            if (missing(slots_[slot])) out.push_back(slot);
        });
    }

  private:
    const PreparedProgram& program_;
    const ConditionTree& tree_;
    const Value* slots_;
    std::vector<Known> verdicts_;
};

}  // namespace

std::vector<uint32_t> unrecorded_slots(const PreparedProgram& program, const ProgramRule& rule,
                                       const Value* slots, Scratch& scratch) {
    std::vector<uint32_t> out;
    const ConditionTree& tree = program.tree(rule);
    if (verdict_of(program, tree, tree.root(), slots, scratch) != Known::Unknown) return out;
    RecordedWalk(program, tree, slots, scratch).collect(tree.root(), out);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::string field_names(const Program& program, std::span<const uint32_t> slots) {
    constexpr size_t kMostFields = 5;
    std::string out;
    for (uint32_t slot : slots.first(std::min(slots.size(), kMostFields)))
        out += (out.empty() ? "" : ", ") + excerpt(program.slots[slot].spelling);
    if (slots.size() > kMostFields) out += fmt::format(" and {} more", slots.size() - kMostFields);
    return out;
}

std::string unrecorded_text(const Program& program, std::span<const uint32_t> slots) {
    return fmt::format("{}, which {} not recorded", field_names(program, slots),
                       slots.size() == 1 ? "was" : "were");
}

}  // namespace stoop
