// SPDX-License-Identifier: Apache-2.0
#include "cli/verdict_check.h"

#include <algorithm>

#include "runtime/explain/recorded.h"

namespace stoop::cli {
namespace {

// The first events are looked into, as many as have kMostVerdicts together but between the two bounds; then
// in a block events that have kVerdictsOfBlock together, and one at least. Reading a block takes as long as
// some thousand verdicts.
constexpr uint64_t kMostVerdicts = 1'000'000, kLeastEvents = 100, kMostEvents = 10'000;
constexpr uint64_t kVerdictsOfBlock = 32;

}  // namespace

VerdictCheck::VerdictCheck(const PreparedProgram& program, bool all)
    : program_(program),
      all_(all),
      first_(std::clamp(kMostVerdicts / std::max<uint64_t>(program.rules.size(), 1), kLeastEvents,
                        kMostEvents)) {}

void VerdictCheck::start_block() { left_ = kVerdictsOfBlock; }

const VerdictCheck::OfType& VerdictCheck::of_type(EventTypeId type) {
    auto [entry, fresh] = types_.try_emplace(type);
    OfType& out = entry->second;
    if (!fresh) return out;
    std::vector<bool> read(program_.slots.size());
    for (uint32_t rule = 0; rule < program_.rules.size(); ++rule) {
        if (!program_.rules[rule].event_types.contains(type)) continue;
        out.rules.push_back(rule);
        for (const ConditionTree::Node& node : program_.source_map.rules[rule].tree.nodes)
            if (node.kind == ConditionTree::Kind::Atom)
                for_each_slot(program_.atoms[node.atom], [&](uint32_t slot) { read[slot] = true; });
    }
    for (uint32_t slot = 0; slot < read.size(); ++slot)
        if (read[slot]) out.slots.push_back(slot);
    return out;
}

bool VerdictCheck::is_to_be_walked(const Event& event, uint64_t verdicts) {
    if (all_ || event.number <= first_) return true;
    bool walked = left_ > 0;
    left_ -= std::min(left_, verdicts);
    return walked;
}

void VerdictCheck::note(const Event& event, uint32_t end, Scratch& scratch, RunNotes& notes) {
    const OfType& of = of_type(event.type);
    bool recorded = std::ranges::none_of(of.slots, [&](uint32_t slot) {
        return event.values[slot].state == State::NotRecorded || event.values[slot].partial;
    });
    if (recorded) return notes.add_looked_at(true);
    if (!is_to_be_walked(event, of.rules.size())) return notes.add_passed_over();
    bool certain = true;
    for (uint32_t rule : of.rules) {
        if (rule >= end) break;
        scratch.arena.reset();
        auto slots = unrecorded_slots(program_, program_.rules[rule], event.values.data(), scratch);
        if (slots.empty()) continue;
        certain = false;
        notes.add_uncertain(rule, slots, program_.rules[rule].name == event.rule);
    }
    notes.add_looked_at(certain);
}

}  // namespace stoop::cli
