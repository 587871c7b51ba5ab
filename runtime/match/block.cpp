#include "runtime/match/block.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace stoop {
namespace {

bool holds_one(const std::vector<uint32_t>& needs, uint32_t held) {
    for (uint32_t guards : needs)
        if ((guards & ~held) == 0) return true;
    return false;
}

uint32_t wanted_places(const Bucket::Look& look, uint32_t held) {
    uint32_t out = 0;
    for (const Bucket::Look::Part& part : look.parts)
        if (holds_one(part.needs, held)) out |= part.places;
    return out;
}

// `sized`: its bytes are elsewhere.
bool is_same(const Value& a, const Value& b, bool sized) {
    if (a.size != b.size) return false;
    return a.u == b.u || (sized && std::memcmp(a.data, b.data, a.size) == 0);
}

void append_hits(uint32_t event, std::span<const uint32_t> rules, std::vector<Hit>& hits) {
    for (uint32_t rule : rules) hits.push_back({event, rule});
}

// What so many events hold stays in the processor's first cache; and a set of them is one word.
constexpr size_t kGroup = 64;

// The events of a group that belong to one bucket.
struct Columns {
    size_t count = 0;
    uint32_t number[kGroup];  // in the group
    const Value* slots[kGroup];
    uint32_t held[kGroup];        // bits of guards
    uint64_t candidates[kGroup];  // bits of members
};

class BlockMatcher {
  public:
    BlockMatcher(const MatchProgram& program, const EventBlock& block, Scratch& scratch)
        : program_(program), block_(block), scratch_(scratch) {}

    void run(uint32_t limit, std::vector<Hit>& hits) {
        if (scratch_.fired.size() < limit) scratch_.fired.resize(limit);
        size_t count = find_events();
        for (size_t begin = 0; begin < count; begin += kGroup)
            match_group({scratch_.events.data() + begin, std::min(kGroup, count - begin)}, limit, hits);
    }

  private:
    // The events that rules want.
    size_t find_events() {
        size_t count = block_.types.size();
        if (scratch_.events.size() <= count) scratch_.events.resize(count + 1);
        const EventTypeId* types = block_.types.data();
        const uint32_t* bucket_of = program_.bucket_of.data();
        const size_t last = program_.bucket_of.size() - 1;
        uint32_t* events = scratch_.events.data();
        size_t end = 0;
        for (uint32_t event = 0; event < count; ++event) {
            events[end] = event;
            end += bucket_of[std::min<size_t>(types[event], last)] != MatchProgram::kNoBucket;
        }
        return end;
    }

    // First bucket by bucket the candidates, then event by event what fires.
    void match_group(std::span<const uint32_t> events, uint32_t limit, std::vector<Hit>& hits) {
        for (size_t i = 0; i < events.size(); ++i) bucket_[i] = program_.bucket(block_.types[events[i]]);
        for (uint64_t open = ~uint64_t{0} >> (kGroup - events.size()); open != 0;) {
            uint32_t bucket = bucket_[std::countr_zero(open)];
            Columns columns;
            for (uint64_t at = open; at != 0; at &= at - 1) {
                auto i = static_cast<uint32_t>(std::countr_zero(at));
                if (bucket_[i] != bucket) continue;
                open ^= uint64_t{1} << i;
                columns.number[columns.count] = i;
                columns.slots[columns.count++] = block_.slots[events[i]];
            }
            if (by_columns(bucket)) find_candidates(bucket, columns);
        }
        for (size_t i = 0; i < events.size(); ++i) {
            if (!by_columns(bucket_[i]))
                match_alone(program_.match, &program_, block_, events[i], scratch_, limit, hits);
            else if (candidates_[i] != 0)
                evaluate(events[i], i, limit, hits);
        }
    }

    bool by_columns(uint32_t bucket) const {
        const Bucket& of = program_.buckets[bucket];
        return !of.in_turn && of.fits_word();
    }

    void find_candidates(uint32_t bucket, Columns& columns) {
        const Bucket& of = program_.buckets[bucket];
        for (size_t i = 0; i < columns.count; ++i) {
            columns.held[i] = program_.guards(&program_, columns.slots[i], bucket);
            columns.candidates[i] = 0;
        }
        for (const Bucket::Always& always : of.always)
            for (size_t i = 0; i < columns.count; ++i)
                if ((always.guards & ~columns.held[i]) == 0)
                    columns.candidates[i] |= program_.lists[always.list].front().bits;
        for (const Bucket::Look& look : of.looks) look_at(look, columns);
        for (size_t i = 0; i < columns.count; ++i) {
            held_[columns.number[i]] = columns.held[i];
            candidates_[columns.number[i]] = columns.candidates[i];
        }
    }

    void look_at(const Bucket::Look& look, Columns& columns) {
        if (look.of_ranges)
            look_at(look, columns, !is_numeric(program_.ranges[look.index].type()),
                    [&](const Value& value, uint32_t, uint32_t held) {
                        return find_members_in_range(&program_, look.index, held, &value);
                    });
        else
            look_at(look, columns, true, [&](const Value& value, uint32_t places, uint32_t held) {
                return find_members(&program_, look.index, places, held, &value);
            });
    }

    template <typename Find>
    void look_at(const Bucket::Look& look, Columns& columns, bool sized, Find&& find) {
        Value last;
        uint32_t last_held = 0;
        uint64_t found = 0;
        for (size_t i = 0; i < columns.count; ++i) {
            const Value& value = columns.slots[i][look.slot];
            if (!value.present()) continue;
            uint32_t held = columns.held[i];
            if (!last.present() || held != last_held || !is_same(value, last, sized)) {
                last = value;
                last_held = held;
                uint32_t places = wanted_places(look, held);
                found = places == 0 ? 0 : find(value, places, held);
            }
            columns.candidates[i] |= found;
        }
    }

    void evaluate(uint32_t event, size_t number, uint32_t limit, std::vector<Hit>& hits) {
        uint32_t count = evaluate_members(&program_, bucket_[number], held_[number], block_.slots[event],
                                        &scratch_, scratch_.fired.data(), limit, candidates_[number]);
        append_hits(event, {scratch_.fired.data(), count}, hits);
    }

    const MatchProgram& program_;
    const EventBlock& block_;
    Scratch& scratch_;
    // Of each event of the group:
    uint32_t bucket_[kGroup], held_[kGroup];
    uint64_t candidates_[kGroup];
};

}  // namespace

void match_block(const void* program, const EventBlock& block, Scratch* scratch, uint32_t limit,
                 std::vector<Hit>& hits) {
    BlockMatcher(*static_cast<const MatchProgram*>(program), block, *scratch).run(limit, hits);
}

void match_alone(MatchFunction match, const void* program, const EventBlock& block, uint32_t event,
                 Scratch& scratch, uint32_t limit, std::vector<Hit>& hits) {
    if (scratch.fired.size() < limit) scratch.fired.resize(limit);
    uint32_t count =
        match(program, block.slots[event], block.types[event], &scratch, scratch.fired.data(), limit);
    append_hits(event, {scratch.fired.data(), count}, hits);
}

}  // namespace stoop
