// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/transform_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
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
    std::vector<bool> computes;
    for (const Atom& atom : program_.atoms) computes.push_back(uses_scratch(atom));
    std::map<uint32_t, Use> by_atom;
    std::vector<uint32_t> seen(program_.nodes.size(), 0);  // the number of the rule that was there last
    bool any = std::find(computes.begin(), computes.end(), true) != computes.end();
    for (uint32_t number = 0; number < program_.rules.size(); ++number) {
        const ProgramRule& rule = program_.rules[number];
        std::vector<uint32_t> open;
        if (any) open.push_back(rule.node);
        while (!open.empty()) {
            uint32_t index = open.back();
            open.pop_back();
            if (std::exchange(seen[index], number + 1) == number + 1) continue;
            const ProgramNode& node = program_.nodes[index];
            open.insert(open.end(), node.children.begin(), node.children.end());
            if (node.kind != ProgramNode::Kind::Atom || !computes[node.atom]) continue;
            Use& use = by_atom[node.atom];
            use.atom = node.atom;
            use.rules.push_back(number);
        }
        for (const OutputPiece& piece : rule.output)
            if (piece.is_operand && piece.operand.kind != Operand::Kind::Slot)
                uses_.push_back({std::nullopt, &piece.operand, {number}});
    }
    for (auto& [atom, use] : by_atom) uses_.push_back(std::move(use));
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
        auto rule = std::find_if(use.rules.begin(), use.rules.end(), [&](uint32_t number) {
            return program_.rules[number].event_types.contains(event.type);
        });
        if (rule == use.rules.end() || bytes(use, slot_size) <= budget_) continue;
        std::string what =
            use.atom ? "'" + beginning(to_text(program_, program_.atoms[*use.atom])) + "'" : "the output";
        return EventProblem{EventProblem::Kind::LimitExceeded,
                            fmt::format("{} of rule '{}' would need {} bytes for this event", what,
                                        program_.rules[*rule].name, bytes(use, slot_size)),
                            limit_text(Limit::TransformedBytes, budget_),
                            limit_help(Limit::TransformedBytes, budget_),
                            0,
                            1};
    }
    return std::nullopt;
}

}  // namespace stoop
