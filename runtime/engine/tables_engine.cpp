// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/tables_engine.h"

#include "runtime/engine/block.h"

namespace stoop {
namespace {

bool holds_all(uint32_t held, uint32_t guards) { return (held & guards) == guards; }

// The bits of those guards that hold.
uint32_t held_guards(const MatchTables& tables, const Prefilter& prefilter, const Value* slots,
                     Scratch& scratch) {
    uint32_t held = 0, bit = 1;
    for (uint32_t atom : prefilter.guards) {
        if (test(tables.program->tables[atom], slots, scratch)) held |= bit;
        bit <<= 1;
    }
    return held;
}

// The places of a look that are worth it.
uint32_t wanted_places(const Bucket::Look& look, uint32_t held) {
    uint32_t out = 0;
    for (const Bucket::Look::Part& part : look.parts)
        for (uint32_t guards : part.needs)
            if (holds_all(held, guards)) out |= part.places;
    return out;
}

// Calls `ask` with each look that is worth it, its places and the value, and `add` with each list whose
// guards hold.
template <typename Ask, typename Add>
void gather(const Bucket& bucket, uint32_t held, const Value* slots, Ask&& ask, Add&& add) {
    for (const Bucket::Look& look : bucket.looks) {
        const Value& value = slots[look.slot];
        uint32_t places = value.present() ? wanted_places(look, held) : 0;
        if (places != 0) ask(look, places, value);
    }
    for (const Bucket::Always& always : bucket.always)
        if (holds_all(held, always.guards)) add(always.list);
}

// Of a bucket whose members fit a word: those that may fire.
uint64_t find_in_word(const MatchTables& tables, const Bucket& bucket, uint32_t held, const Value* slots) {
    uint64_t found = 0;
    auto ask = [&](const Bucket::Look& look, uint32_t places, const Value& value) {
        found |= look.of_ranges ? find_members_in_range(&tables, look.index, held, &value)
                                : find_members(&tables, look.index, places, held, &value);
    };
    gather(bucket, held, slots, ask, [&](uint32_t list) { found |= tables.word_of(list); });
    return found;
}

// Of a larger one: they are in the scratch then.
void find_candidates(const MatchTables& tables, const Bucket& bucket, uint32_t held, const Value* slots,
                     Scratch* scratch) {
    auto ask = [&](const Bucket::Look& look, uint32_t places, const Value& value) {
        if (look.of_ranges)
            look_up_range(&tables, look.index, held, &value, scratch);
        else
            look_up(&tables, look.index, places, held, &value, scratch);
    };
    gather(bucket, held, slots, ask, [&](uint32_t list) { add_candidates(&tables, list, scratch); });
}

uint32_t match(const void* of, const Value* slots, EventTypeId type, Scratch* scratch, uint32_t* fired,
               uint32_t limit) {
    const auto& tables = *static_cast<const MatchTables*>(of);
    const uint32_t index = tables.bucket(type);
    if (index == MatchTables::kNoBucket) return 0;
    const Bucket& bucket = tables.buckets[index];
    scratch->type = type;
    if (bucket.in_turn) {
        const uint64_t all = (uint64_t{1} << bucket.members.size()) - 1;
        return evaluate_members(&tables, index, 0, slots, scratch, fired, limit, all);
    }
    const uint32_t held = held_guards(tables, tables.prefilters[index], slots, *scratch);
    if (bucket.fits_word()) {
        const uint64_t found = find_in_word(tables, bucket, held, slots);
        return found == 0 ? 0 : evaluate_members(&tables, index, held, slots, scratch, fired, limit, found);
    }
    find_candidates(tables, bucket, held, slots, scratch);
    if (scratch->has_candidates == 0) return 0;
    return evaluate_candidates(&tables, index, held, slots, scratch, fired, limit);
}

void match_all(const void* of, const EventBlock& block, Scratch* scratch, uint32_t limit,
               std::vector<Hit>& hits) {
    match_wanted(match, static_cast<const MatchTables*>(of)->wanted, of, block, *scratch, limit, hits);
}

}  // namespace

Engine tables_engine(const MatchTables& tables) { return {match, &tables, match_all, &tables.wanted}; }

}  // namespace stoop
