#include "runtime/match/program.h"

#include <re2/re2.h>

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
inline bool fires(const MatchProgram* program, const Bucket::Member& member, uint32_t held,
                  const Value* slots, Scratch* scratch, uint32_t* memory) {
    return (member.guards & ~held) == 0 && program->rule(program, slots, scratch, memory, member.rule);
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
    const Atom& regex = program->plan->atoms[atom];
    auto is_there = [&](const std::string& text) { return contains_ignoring_case(value->text(), text); };
    return std::any_of(regex.regex_literals.begin(), regex.regex_literals.end(), is_there) &&
           RE2::FullMatch(re2::StringPiece(value->data, value->size), *regex.regexes[0]);
}

bool contains_bytes(const char* data, size_t size, const char* part, size_t part_size) {
    return contains({data, size}, {part, part_size});
}

bool walk_rule(const MatchProgram* program, const Value* slots, Scratch* scratch, uint32_t* memory,
               uint32_t rule) {
    const Plan& plan = *program->plan;
    return program->graph.holds(plan, rule, slots, *scratch, memory[0], memory + 1 + plan.nodes.size());
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

uint32_t evaluate_members(const MatchProgram* program, uint32_t bucket, uint32_t held, const Value* slots,
                          Scratch* scratch, uint32_t* fired, uint32_t limit, uint64_t found) {
    const Bucket::Member* members = program->buckets[bucket].members.data();
    uint32_t* memory = begin_event(program, scratch);
    uint32_t count = 0;
    for (; found != 0 && count < limit; found &= found - 1) {
        const Bucket::Member& member = members[std::countr_zero(found)];
        if (fires(program, member, held, slots, scratch, memory)) fired[count++] = member.rule;
    }
    return count;
}

void add_candidates(const MatchProgram* program, uint32_t list, Scratch* scratch) {
    add(*program, program->lists[list].data(), program->lists[list].size(), *scratch);
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

uint32_t evaluate_candidates(const MatchProgram* program, uint32_t bucket, uint32_t held, const Value* slots,
                             Scratch* scratch, uint32_t* fired, uint32_t limit) {
    const Bucket::Member* members = program->buckets[bucket].members.data();
    uint32_t* memory = begin_event(program, scratch);
    uint32_t count = 0;
    scratch->candidates.drain([&](uint32_t number) {
        const Bucket::Member& member = members[number];
        if (!fires(program, member, held, slots, scratch, memory)) return true;
        fired[count++] = member.rule;
        return count < limit;
    });
    scratch->has_candidates = 0;
    return count;
}

}  // namespace stoop
