// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/transform_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/base/limits.h"
#include "runtime/program/print.h"

namespace stoop {
namespace {

// A value has at most so many bytes for each byte of the event's text (a number in a document may be written
// out), and items of as many; besides these there is what was derived from others.
constexpr size_t kGrowth = 8, kDerived = 4096;
constexpr size_t kMostOfText = 60;  // of a comparison, in a message

std::string beginning(const std::string& text) {
    if (text.size() <= kMostOfText) return text;
    return text.substr(0, kMostOfText) + "…";
}

}  // namespace

uint64_t TransformBudget::bytes(const Use& use, const SlotSize& slot_size) const {
    return use.atom ? transformed_bytes(program_.atoms[*use.atom], slot_size)
                    : transformed_bytes(*use.operand, slot_size);
}

void TransformBudget::find_uses() {
    const std::vector<Atom>& atoms = program_.atoms;
    // For which types rules evaluate an atom; nothing for one that no rule has.
    std::vector<std::optional<EventTypeSet>> types(atoms.size());
    if (std::any_of(atoms.begin(), atoms.end(), uses_scratch)) {
        std::vector<std::optional<EventTypeSet>> of_node(program_.nodes.size());
        auto add = [&](std::optional<EventTypeSet>& to, const EventTypeSet& more) {
            if (!to) to.emplace(program_.event_type_count());
            to->add(more);
        };
        for (const ProgramRule& rule : program_.rules) add(of_node[rule.node], rule.event_types);
        for (size_t index = program_.nodes.size(); index-- > 0;) {  // children are earlier nodes
            const ProgramNode& node = program_.nodes[index];
            if (!of_node[index]) continue;
            for (uint32_t child : node.children) add(of_node[child], *of_node[index]);
            if (node.kind == ProgramNode::Kind::Atom) add(types[node.atom], *of_node[index]);
        }
    }
    for (uint32_t number = 0; number < program_.rules.size(); ++number)
        for (const OutputPiece& piece : program_.rules[number].output)
            if (piece.is_operand && piece.operand.kind != Operand::Kind::Slot)
                uses_.push_back({std::nullopt, &piece.operand, number, program_.rules[number].event_types});
    for (uint32_t atom = 0; atom < atoms.size(); ++atom)
        if (uses_scratch(atoms[atom]) && types[atom])
            uses_.push_back({atom, nullptr, 0, std::move(*types[atom])});
}

// The first rule for the type whose condition has the atom; there is one.
uint32_t TransformBudget::first_rule(uint32_t atom, EventTypeId type) const {
    std::vector<bool> has(program_.nodes.size());
    for (size_t index = 0; index < has.size(); ++index) {
        const ProgramNode& node = program_.nodes[index];
        has[index] = (node.kind == ProgramNode::Kind::Atom && node.atom == atom) ||
                     std::any_of(node.children.begin(), node.children.end(),
                                 [&](uint32_t child) { return static_cast<bool>(has[child]); });
    }
    auto rule = std::find_if(program_.rules.begin(), program_.rules.end(), [&](const ProgramRule& one) {
        return one.event_types.contains(type) && has[one.node];
    });
    return static_cast<uint32_t>(rule - program_.rules.begin());
}

TransformBudget::TransformBudget(const Program& program, uint64_t budget)
    : program_(program), budget_(std::min<uint64_t>(budget, kMostTransformed)) {
    find_uses();
    // The longest value, in powers of two, of which nothing makes too much if all values are as long.
    uint64_t longest = 0;
    for (uint64_t size = kDerived; size <= kMostTransformed; size *= 2) {
        auto all_alike = [&](const Operand&) { return ValueSize{size, size}; };
        auto fits = [&](const Use& use) { return bytes(use, all_alike) <= budget_; };
        if (!std::all_of(uses_.begin(), uses_.end(), fits)) break;
        longest = size;
    }
    if (!uses_.empty()) safe_size_ = longest == 0 ? 0 : (longest - kDerived) / kGrowth;
}

std::optional<EventProblem> TransformBudget::measure(const Event& event) const {
    std::vector<std::optional<ValueSize>> known(event.values.size());
    auto slot_size = [&](const Operand& operand) {
        auto& size = known[operand.slot];
        if (!size) size = size_of(event.values[operand.slot], operand.list);
        return *size;
    };
    for (const Use& use : uses_) {
        if (!use.event_types.contains(event.type) || bytes(use, slot_size) <= budget_) continue;
        const uint32_t rule = use.atom ? first_rule(*use.atom, event.type) : use.rule;
        std::string what =
            use.atom ? "'" + beginning(to_text(program_, program_.atoms[*use.atom])) + "'" : "the output";
        return EventProblem{EventProblem::Kind::LimitExceeded,
                            fmt::format("{} of rule '{}' would need {} bytes for this event", what,
                                        program_.rules[rule].name, bytes(use, slot_size)),
                            limit_text(Limit::TransformedBytes, budget_),
                            limit_help(Limit::TransformedBytes, budget_),
                            0,
                            1};
    }
    return std::nullopt;
}

}  // namespace stoop
