#include "runtime/match/program.h"

#include <algorithm>

namespace stoop {
namespace {

void add(const uint32_t* begin, uint32_t count, Scratch& scratch) {
    for (const uint32_t* rule = begin; rule != begin + count; ++rule) {
        if (scratch.considered[*rule] == scratch.event) continue;
        scratch.considered[*rule] = scratch.event;
        scratch.candidates[scratch.candidate_count++] = *rule;
    }
}

}  // namespace

uint32_t* begin_event(const MatchProgram* program, Scratch* scratch) {
    if (scratch->considered.size() < program->rules || scratch->memory.size() <= program->shared) {
        scratch->considered.resize(std::max<size_t>(scratch->considered.size(), program->rules), 0);
        scratch->candidates.resize(scratch->considered.size(), 0);
        scratch->memory.resize(std::max<size_t>(scratch->memory.size(), program->shared + size_t{1}), 0);
    }
    // The marks of earlier events, and of other programs, have other numbers.
    if (++scratch->event == Scratch::kEvents) {
        std::fill(scratch->considered.begin(), scratch->considered.end(), 0);
        std::fill(scratch->memory.begin(), scratch->memory.end(), 0);
        scratch->event = 1;
    }
    scratch->memory[0] = scratch->event;
    scratch->candidate_count = 0;
    scratch->arena.reset();
    return scratch->memory.data();
}

bool test_atom(const MatchProgram* program, uint32_t atom, const Value* slots, Scratch* scratch) {
    return test(program->atoms[atom], slots, *scratch);
}

void add_candidates(const MatchProgram* program, uint32_t list, Scratch* scratch) {
    const std::vector<uint32_t>& rules = program->lists[list];
    add(rules.data(), static_cast<uint32_t>(rules.size()), *scratch);
}

void look_up(const MatchProgram* program, uint32_t index, const Value* value, Scratch* scratch) {
    const LiteralIndex& literals = program->indexes[index];
    literals.look(value->text(), [&](const RuleRange& range) {
        add(literals.rules() + range.begin, range.count, *scratch);
    });
}

uint32_t evaluate_candidates(const MatchProgram* program, const Value* slots, Scratch* scratch,
                             RuleFunction rule, uint32_t* fired, uint32_t limit) {
    uint32_t* begin = scratch->candidates.data();
    uint32_t* end = begin + scratch->candidate_count;
    std::sort(begin, end);
    uint32_t count = 0;
    for (const uint32_t* at = begin; at != end; ++at) {
        if (!rule(program, slots, scratch, scratch->memory.data(), *at)) continue;
        fired[count++] = *at;
        if (count == limit) break;
    }
    return count;
}

}  // namespace stoop
