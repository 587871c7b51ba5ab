// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/match_tables.h"

#include <algorithm>
#include <bit>

#include "runtime/search/text.h"

namespace stoop {
namespace {

void add(const MatchTables& tables, const MemberBits* members, size_t count, Scratch& scratch) {
    if (scratch.has_candidates == 0) {
        scratch.candidates.reserve(tables.largest_bucket);
        scratch.has_candidates = 1;
    }
    for (size_t i = 0; i < count; ++i) scratch.candidates.add(members[i]);
}

// Whether the member fires.
inline bool fires(const MatchTables* tables, const Bucket& bucket, const Bucket::Member& member,
                  uint32_t held, const Value* slots, Scratch* scratch, uint32_t* memory) {
    if ((member.guards & ~held) != 0) return false;
    if (bucket.mixed && !tables->program->rules[member.rule].event_types.contains(scratch->type))
        return false;
    ConditionFunction condition = tables->conditions ? tables->conditions[member.rule] : nullptr;
    return condition ? condition(tables, slots, scratch, memory)
                     : walk_rule(tables, slots, scratch, memory, member.rule);
}

}  // namespace

uint32_t* begin_event(const MatchTables* tables, Scratch* scratch) {
    if (scratch->memory.size() <= tables->shared) scratch->memory.resize(tables->shared + size_t{1}, 0);
    // What is remembered of earlier events, and of other programs, has other numbers.
    if (++scratch->event == Scratch::kEvents) {
        std::fill(scratch->memory.begin(), scratch->memory.end(), 0);
        scratch->event = 1;
    }
    scratch->memory[0] = scratch->event;
    scratch->arena.reset();
    return scratch->memory.data();
}

bool test_atom(const MatchTables* tables, uint32_t atom, const Value* slots, Scratch* scratch) {
    return test(tables->program->tables[atom], slots, *scratch);
}

bool test_regex(const MatchTables* tables, uint32_t atom, const Value* value) {
    return matches_regex(tables->program->tables[atom], *value);
}

bool contains_bytes(const char* data, size_t size, const char* part, size_t part_size) {
    return contains({data, size}, {part, part_size});
}

bool is_excepted(const MatchTables* tables, uint32_t exception, const Value* slots) {
    const OneOfTexts& texts = tables->exceptions[exception];
    const Value& value = slots[texts.table->atom->left.slot];
    return value.present() && texts.contains(value);
}

bool walk_rule(const MatchTables* tables, const Value* slots, Scratch* scratch, uint32_t* memory,
               uint32_t rule) {
    return tables->graph.holds(rule, slots, *scratch, memory[0], memory + 1 + tables->program->nodes.size());
}

uint64_t find_members(const MatchTables* tables, uint32_t index, uint32_t places, uint32_t held,
                      const Value* value) {
    return tables->indexes[index].find(value->text(), places, held);
}

uint64_t find_members_in_range(const MatchTables* tables, uint32_t index, uint32_t held, const Value* value) {
    const RangeIndex& ranges = tables->ranges[index];
    uint64_t out = 0;
    ranges.look(*value, [&](const RuleRange& range) { out |= bits_of(range, ranges.members(), held); });
    return out;
}

uint32_t evaluate_members(const MatchTables* tables, uint32_t index, uint32_t held, const Value* slots,
                          Scratch* scratch, uint32_t* fired, uint32_t limit, uint64_t found) {
    const Bucket& bucket = tables->buckets[index];
    uint32_t* memory = begin_event(tables, scratch);
    uint32_t count = 0;
    for (; found != 0 && count < limit; found &= found - 1) {
        const Bucket::Member& member = bucket.members[static_cast<size_t>(std::countr_zero(found))];
        if (fires(tables, bucket, member, held, slots, scratch, memory)) fired[count++] = member.rule;
    }
    return count;
}

void add_candidates(const MatchTables* tables, uint32_t list, Scratch* scratch) {
    const RuleRange& members = tables->lists[list];
    add(*tables, tables->members.data() + members.begin, members.count, *scratch);
}

void look_up(const MatchTables* tables, uint32_t index, uint32_t places, uint32_t held, const Value* value,
             Scratch* scratch) {
    const LiteralIndex& literals = tables->indexes[index];
    literals.look(value->text(), places, [&](const RuleRange& range) {
        if ((range.guards & ~held) == 0)
            add(*tables, literals.members() + range.begin, range.count, *scratch);
    });
}

void look_up_range(const MatchTables* tables, uint32_t index, uint32_t held, const Value* value,
                   Scratch* scratch) {
    const RangeIndex& ranges = tables->ranges[index];
    ranges.look(*value, [&](const RuleRange& range) {
        if ((range.guards & ~held) == 0) add(*tables, ranges.members() + range.begin, range.count, *scratch);
    });
}

uint32_t evaluate_candidates(const MatchTables* tables, uint32_t index, uint32_t held, const Value* slots,
                             Scratch* scratch, uint32_t* fired, uint32_t limit) {
    const Bucket& bucket = tables->buckets[index];
    uint32_t* memory = begin_event(tables, scratch);
    uint32_t count = 0;
    scratch->candidates.drain([&](uint32_t number) {
        const Bucket::Member& member = bucket.members[number];
        if (!fires(tables, bucket, member, held, slots, scratch, memory)) return true;
        fired[count++] = member.rule;
        return count < limit;
    });
    scratch->has_candidates = 0;
    return count;
}

}  // namespace stoop
