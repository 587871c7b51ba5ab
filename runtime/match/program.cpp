#include "runtime/match/program.h"

#include <algorithm>

namespace stoop {
namespace {

void add(const MatchProgram& program, const uint32_t* begin, uint32_t count, Scratch& scratch) {
    const MatchProgram::Member* members = program.members[scratch.bucket].data();
    for (const uint32_t* member = begin; member != begin + count; ++member) {
        if ((members[*member].guards & ~scratch.guards) != 0) continue;
        if (scratch.considered[*member] == scratch.event) continue;
        scratch.considered[*member] = scratch.event;
        scratch.candidates[scratch.candidate_count++] = *member;
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

uint32_t* begin_bucket(const MatchProgram* program, uint32_t bucket, uint32_t guards, Scratch* scratch) {
    scratch->bucket = bucket;
    scratch->guards = guards;
    return begin_event(program, scratch);
}

bool test_atom(const MatchProgram* program, uint32_t atom, const Value* slots, Scratch* scratch) {
    return test(program->atoms[atom], slots, *scratch);
}

void add_candidates(const MatchProgram* program, uint32_t list, Scratch* scratch) {
    const std::vector<uint32_t>& members = program->lists[list];
    add(*program, members.data(), static_cast<uint32_t>(members.size()), *scratch);
}

void look_up(const MatchProgram* program, uint32_t index, const Value* value, Scratch* scratch) {
    const LiteralIndex& literals = program->indexes[index];
    literals.look(value->text(), [&](const RuleRange& range) {
        add(*program, literals.rules() + range.begin, range.count, *scratch);
    });
}

uint32_t evaluate_candidates(const MatchProgram* program, const Value* slots, Scratch* scratch,
                             RuleFunction rule, uint32_t* fired, uint32_t limit) {
    const MatchProgram::Member* members = program->members[scratch->bucket].data();
    uint32_t* begin = scratch->candidates.data();
    uint32_t* end = begin + scratch->candidate_count;
    std::sort(begin, end);
    uint32_t count = 0;
    for (const uint32_t* at = begin; at != end; ++at) {
        uint32_t candidate = members[*at].rule;
        if (!rule(program, slots, scratch, scratch->memory.data(), candidate)) continue;
        fired[count++] = candidate;
        if (count == limit) break;
    }
    return count;
}

}  // namespace stoop
