// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/transform_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "runtime/base/limits.h"

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

uint64_t TransformBudget::Use::bytes(const SlotSize& slot_size) const {
    return atom ? transformed_bytes(*atom, slot_size) : transformed_bytes(*operand, slot_size);
}

TransformBudget::TransformBudget(const Plan& plan)
    : plan_(plan), budget_(std::min<uint64_t>(plan.transformed_bytes, kMostTransformed)) {
    std::map<uint32_t, Use> by_atom;
    for (uint32_t number = 0; number < plan.rules.size(); ++number) {
        const PlanRule& rule = plan.rules[number];
        for (const ConditionTree::Node& node : rule.tree.nodes) {
            if (node.kind != ConditionTree::Kind::Atom || !uses_scratch(plan.atoms[node.atom])) continue;
            Use& use = by_atom[node.atom];
            use.atom = &plan.atoms[node.atom];
            if (use.rules.empty() || use.rules.back() != number) use.rules.push_back(number);
        }
        for (const OutputPiece& piece : rule.output)
            if (piece.is_operand && piece.operand.kind != Operand::Kind::Slot)
                uses_.push_back({nullptr, &piece.operand, {number}});
    }
    for (auto& [atom, use] : by_atom) uses_.push_back(std::move(use));
    // The longest value, in powers of two, of which nothing makes too much if all values are as long.
    uint64_t longest = 0;
    for (uint64_t size = kDerived; size <= kMostTransformed; size *= 2) {
        auto all_alike = [&](const Operand&) { return ValueSize{size, size}; };
        auto fits = [&](const Use& use) { return use.bytes(all_alike) <= budget_; };
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
            return plan_.rules[number].event_types.contains(event.type);
        });
        if (rule == use.rules.end() || use.bytes(slot_size) <= budget_) continue;
        std::string what = use.atom ? "'" + beginning(use.atom->text) + "'" : "the output";
        return EventProblem{EventProblem::Kind::LimitExceeded,
                            fmt::format("{} of rule '{}' would need {} bytes for this event", what,
                                        plan_.rules[*rule].name, use.bytes(slot_size)),
                            limit_text(Limit::TransformedBytes, budget_),
                            limit_help(Limit::TransformedBytes, budget_),
                            0,
                            1};
    }
    return std::nullopt;
}

}  // namespace stoop
