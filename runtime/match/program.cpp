// SPDX-License-Identifier: Apache-2.0
#include "runtime/match/program.h"

#include <algorithm>
#include <bit>

#include "runtime/match/text.h"

namespace stoop {
namespace {

void add(const MatchProgram& program, const MemberBits* members, size_t count, Scratch& scratch) {
    if (scratch.has_candidates == 0) {
        scratch.candidates.reserve(program.largest_bucket);
        scratch.has_candidates = 1;
    }
    for (size_t i = 0; i < count; ++i) scratch.candidates.add(members[i]);
}

// Whether the member fires.
inline bool fires(const MatchProgram* program, const Bucket& bucket, const Bucket::Member& member,
                  uint32_t held, const Value* slots, Scratch* scratch, uint32_t* memory) {
    if ((member.guards & ~held) != 0) return false;
    if (bucket.mixed && !program->plan->rules[member.rule].event_types.contains(scratch->type)) return false;
    ConditionFunction condition = program->conditions[member.rule];
    return condition ? condition(program, slots, scratch, memory)
                     : walk_rule(program, slots, scratch, memory, member.rule);
}

}  // namespace

uint32_t* begin_event(const MatchProgram* program, Scratch* scratch) {
    if (scratch->memory.size() <= program->shared) scratch->memory.resize(program->shared + size_t{1}, 0);
    // What is remembered of earlier events, and of other programs, has other numbers.
    if (++scratch->event == Scratch::kEvents) {
        std::fill(scratch->memory.begin(), scratch->memory.end(), 0);
        scratch->event = 1;
    }
    scratch->memory[0] = scratch->event;
    scratch->arena.reset();
    return scratch->memory.data();
}

bool test_atom(const MatchProgram* program, uint32_t atom, const Value* slots, Scratch* scratch) {
    return test(program->plan->atoms[atom], slots, *scratch);
}

bool test_regex(const MatchProgram* program, uint32_t atom, const Value* value) {
    return matches_regex(program->plan->atoms[atom], *value);
}

bool contains_bytes(const char* data, size_t size, const char* part, size_t part_size) {
    return contains({data, size}, {part, part_size});
}

bool is_excepted(const MatchProgram* program, uint32_t exception, const Value* slots) {
    const OneOfTexts& texts = program->exceptions[exception];
    const Value& value = slots[texts.atom->left.slot];
    return value.present() && texts.contains(value);
}

bool walk_rule(const MatchProgram* program, const Value* slots, Scratch* scratch, uint32_t* memory,
               uint32_t rule) {
    return program->graph.holds(rule, slots, *scratch, memory[0], memory + 1 + program->plan->nodes.size());
}

uint64_t find_members(const MatchProgram* program, uint32_t index, uint32_t places, uint32_t held,
                      const Value* value) {
    return program->indexes[index].find(value->text(), places, held);
}

uint64_t find_members_in_range(const MatchProgram* program, uint32_t index, uint32_t held,
                               const Value* value) {
    const RangeIndex& ranges = program->ranges[index];
    uint64_t out = 0;
    ranges.look(*value, [&](const RuleRange& range) { out |= bits_of(range, ranges.members(), held); });
    return out;
}

uint32_t evaluate_members(const MatchProgram* program, uint32_t index, uint32_t held, const Value* slots,
                          Scratch* scratch, uint32_t* fired, uint32_t limit, uint64_t found) {
    const Bucket& bucket = program->buckets[index];
    uint32_t* memory = begin_event(program, scratch);
    uint32_t count = 0;
    for (; found != 0 && count < limit; found &= found - 1) {
        const Bucket::Member& member = bucket.members[static_cast<size_t>(std::countr_zero(found))];
        if (fires(program, bucket, member, held, slots, scratch, memory)) fired[count++] = member.rule;
    }
    return count;
}

void add_candidates(const MatchProgram* program, uint32_t list, Scratch* scratch) {
    const RuleRange& members = program->lists[list];
    add(*program, program->members.data() + members.begin, members.count, *scratch);
}

void look_up(const MatchProgram* program, uint32_t index, uint32_t places, uint32_t held, const Value* value,
             Scratch* scratch) {
    const LiteralIndex& literals = program->indexes[index];
    literals.look(value->text(), places, [&](const RuleRange& range) {
        if ((range.guards & ~held) == 0)
            add(*program, literals.members() + range.begin, range.count, *scratch);
    });
}

void look_up_range(const MatchProgram* program, uint32_t index, uint32_t held, const Value* value,
                   Scratch* scratch) {
    const RangeIndex& ranges = program->ranges[index];
    ranges.look(*value, [&](const RuleRange& range) {
        if ((range.guards & ~held) == 0) add(*program, ranges.members() + range.begin, range.count, *scratch);
    });
}

uint32_t evaluate_candidates(const MatchProgram* program, uint32_t index, uint32_t held, const Value* slots,
                             Scratch* scratch, uint32_t* fired, uint32_t limit) {
    const Bucket& bucket = program->buckets[index];
    uint32_t* memory = begin_event(program, scratch);
    uint32_t count = 0;
    scratch->candidates.drain([&](uint32_t number) {
        const Bucket::Member& member = bucket.members[number];
        if (!fires(program, bucket, member, held, slots, scratch, memory)) return true;
        fired[count++] = member.rule;
        return count < limit;
    });
    scratch->has_candidates = 0;
    return count;
}

}  // namespace stoop
