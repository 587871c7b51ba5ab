// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/bucket_builder.h"

#include <algorithm>
#include <bit>

namespace stoop {
namespace {

// Rules that are fewer than this are tested in turn, unless they look for more substrings than this.
constexpr size_t kFewRules = 6, kFewSubstrings = 4;
// More alternatives of guards than this are not told apart.
constexpr size_t kMostNeeds = 4;
// More literals in one place of a field than this are not looked for in place.
constexpr size_t kMostInPlace = 200, kMostInPlaceOfMany = 1000;
// Values that rule out members are looked for besides if there are no more than this in all.
constexpr size_t kMostWithExceptions = 64;
static_assert(kMostWithExceptions <= kMostInPlace);  // values that want and that rule out stand together
// In a bucket that does not fit a word, an exception of fewer texts is left to the condition.
constexpr size_t kShortExceptions = 4;
// Guards of a bucket that are asked, each a bit.
constexpr size_t kGuardBits = 32;
// In one bucket, which is one function: LLVM takes more than linear time over that.
constexpr size_t kMostInBucket = 5'000;
// More masks of guards are not told apart.
constexpr size_t kMostMasks = 100;
// Lists of members that are candidates whenever some guards hold.
constexpr size_t kMostAlways = 50;

}  // namespace

BucketBuilder::BucketBuilder(const PreparedProgram& program, MatchTables& out, Bucket& bucket,
                             Prefilter& types, size_t& literals_left)
    : program_(program),
      out_(out),
      bucket_(bucket),
      types_(types),
      literals_left_(literals_left),
      guards_(types.guards),
      witnesses_(program, types.atoms) {}

void BucketBuilder::run() {
    for (const auto& member : bucket_.members)
        rules_.push_back(witnesses_.of(program_.rules[member.rule].node));
    bucket_.in_turn = rules_.size() <= kFewRules && substrings() <= kFewSubstrings;
    if (bucket_.in_turn) return;
    choose_guards();
    for (RuleWitness& rule : rules_) look_for_guard(rule);
    for (uint32_t member = 0; member < rules_.size(); ++member) add(member);
    MemberSets all;
    for (const auto& [atom, wanted] : wanted_) {
        all.push_back(std::make_shared<const MemberSet>(wanted.members));
        look_for(program_.tables[atom], all.back(), wanted.needs);
    }
    placer_.emplace(out_.members, std::move(all));
    if (bucket_.fits_word())
        for (uint32_t member = 0; member < rules_.size(); ++member) add_exceptions(member);
    for (auto& [slot, look] : looks_) {
        types_.literals.push_back(take_in_place(look));
        look.index.build();
        bucket_.looks.push_back({slot, static_cast<uint32_t>(out_.indexes.size()), false, parts_of(look)});
        out_.indexes.push_back(std::move(look.index));
    }
    for (auto& [slot, look] : range_looks_) {
        types_.literals.emplace_back();
        look.index.build();
        bucket_.looks.push_back(
            {slot, static_cast<uint32_t>(out_.ranges.size()), true, {{1, least(look.needs)}}});
        out_.ranges.push_back(std::move(look.index));
    }
    finish_always();
}

// That the witnesses look for: each would be a walk through the value.
size_t BucketBuilder::substrings() const {
    size_t out = 0;
    for (const RuleWitness& rule : rules_)
        for (uint32_t atom : rule.literals)
            for (const WitnessLiteral& literal : witness_literals(program_.tables[atom]))
                out += literal.place == LiteralPlace::Part || literal.place == LiteralPlace::PartAnyCase;
    return out;
}

// Those that most rules have, as many as there are bits. If they are more, a guard of one rule only is
// better looked up (see look_for_guard).
void BucketBuilder::choose_guards() {
    std::map<uint32_t, size_t> uses;
    for (const RuleWitness& rule : rules_)
        for (uint32_t atom : rule.guards) ++uses[atom];
    for (const auto& [atom, count] : uses) guards_.push_back(atom);
    std::stable_sort(guards_.begin(), guards_.end(),
                     [&](uint32_t a, uint32_t b) { return uses[a] > uses[b]; });
    if (guards_.size() > kGuardBits) {
        guards_.resize(kGuardBits);
        while (!guards_.empty() && uses[guards_.back()] == 1) guards_.pop_back();
    }
    for (size_t bit = 0; bit < guards_.size(); ++bit)
        for (size_t i = 0; i < rules_.size(); ++i)
            if (std::binary_search(rules_[i].guards.begin(), rules_[i].guards.end(), guards_[bit]))
                bucket_.members[i].guards |= uint32_t{1} << bit;
}

// A guard for which there was no bit left can be looked up instead, if that is better than what there is.
void BucketBuilder::look_for_guard(RuleWitness& rule) {
    for (uint32_t atom : rule.guards) {
        bool has_bit = std::find(guards_.begin(), guards_.end(), atom) != guards_.end();
        if (has_bit || !can_be_witness(program_.tables[atom])) continue;
        double weight = witnesses_.weight(atom);
        if (!rule.literals.empty() && rule.weight <= weight) continue;
        rule.literals = {atom};
        rule.weight = weight;
    }
}

void BucketBuilder::add(uint32_t member) {
    const RuleWitness& rule = rules_[member];
    uint32_t guards = bucket_.members[member].guards;
    if (rule.never) return;
    if (rule.literals.empty()) always_[guards].add(member, guards);
    for (uint32_t atom : rule.literals) {
        Wanted& wanted = wanted_[atom];
        wanted.members.add(member, guards);
        wanted.needs.insert(guards);
    }
}

void BucketBuilder::look_for(const AtomTable& table, const Members& members,
                             const std::set<uint32_t>& needs) {
    const Atom& atom = *table.atom;
    if (std::vector<KeyRange> ranges = witness_ranges(atom); !ranges.empty()) {
        RangeIndex empty(type_class(atom.left.type));
        RangeLook& look =
            range_looks_.try_emplace(atom.left.slot, RangeLook{std::move(empty), {}}).first->second;
        for (const KeyRange& range : ranges) look.index.add(range, members);
        look.needs.insert(needs.begin(), needs.end());
        return;
    }
    Look& look = looks_[atom.left.slot];
    uint32_t places = 0;
    for (const WitnessLiteral& literal : witness_literals(table)) {
        look.index.add(literal.place, literal.text, members);
        places |= place_bit(literal.place);
    }
    for (size_t place = 0; place < kPlaces; ++place)
        if (places >> place & 1) look.needs[place].insert(needs.begin(), needs.end());
}

// Members that a value rules out, where it is looked at anyway.
void BucketBuilder::add_exceptions(uint32_t member) {
    for (uint32_t atom : rules_[member].exceptions) {
        auto look = looks_.find(program_.atoms[atom].left.slot);
        if (look == looks_.end() || look->second.index.added(LiteralPlace::Whole).empty()) continue;
        for (const Value& constant : program_.atoms[atom].constants)
            look->second.excluded[std::string(constant.text())] |= uint64_t{1} << member;
    }
}

// What native code looks for itself, which the index then need not. Nothing, if it would be too much.
std::vector<Prefilter::Literal> BucketBuilder::take_in_place(Look& look) {
    const size_t most = bucket_.fits_word() ? kMostInPlace : kMostInPlaceOfMany;
    std::vector<LiteralPlace> places;
    size_t count = 0;
    for (LiteralPlace place : {LiteralPlace::Whole, LiteralPlace::Beginning, LiteralPlace::End})
        if (size_t size = look.index.added(place).size(); size != 0 && size <= most) {
            places.push_back(place);
            count += size;
        }
    if (look.index.added(LiteralPlace::Whole).size() + look.excluded.size() > kMostWithExceptions)
        look.excluded.clear();
    count += look.excluded.size();
    in_bucket_ += count;
    if (in_bucket_ > kMostInBucket || count > literals_left_) return {};
    literals_left_ -= count;

    std::vector<Prefilter::Literal> out;
    for (LiteralPlace place : places) {
        for (const auto& [text, sets] : look.index.added(place)) {
            RuleRange members = placer_->place(sets);
            Prefilter::Literal literal{place, text, members.guards, 0, 0, 0};
            if (bucket_.fits_word()) {
                literal.members = out_.members[members.begin].bits;
            } else {
                literal.list = list_of(members);
                literal.exception = exception_of(members);
            }
            out.push_back(std::move(literal));
        }
        look.index.drop(place);
    }
    exclude(look.excluded, out);
    return out;
}

void BucketBuilder::exclude(const Excluded& excluded, std::vector<Prefilter::Literal>& literals) const {
    for (const auto& [text, members] : excluded) {
        auto same = [&](const Prefilter::Literal& literal) {
            return literal.place == LiteralPlace::Whole && literal.text == text;
        };
        auto known = std::find_if(literals.begin(), literals.end(), same);
        if (known == literals.end())
            known = literals.insert(literals.end(), {LiteralPlace::Whole, text, 0, 0, 0, 0});
        known->excluded = members;
    }
}

// The number of a list of the tables.
uint32_t BucketBuilder::list_of(const RuleRange& members) {
    auto [entry, fresh] = lists_.try_emplace(members.begin, static_cast<uint32_t>(out_.lists.size()));
    if (fresh) out_.lists.push_back(members);
    return entry->second;
}

// If only one member wants it: the longest list of texts that rule that one out.
std::optional<uint32_t> BucketBuilder::exception_of(const RuleRange& members) {
    const MemberBits& only = out_.members[members.begin];
    if (members.count != 1 || std::popcount(only.bits) != 1) return std::nullopt;
    std::optional<uint32_t> longest;
    size_t most = kShortExceptions - 1;
    for (uint32_t atom :
         rules_[only.word * 64 + static_cast<uint32_t>(std::countr_zero(only.bits))].exceptions)
        if (size_t size = program_.atoms[atom].constants.size();
            is_one_of_texts(program_.atoms[atom]) && size > most) {
            most = size;
            longest = atom;
        }
    if (!longest) return std::nullopt;
    auto [entry, fresh] = exceptions_.try_emplace(*longest, static_cast<uint32_t>(out_.exceptions.size()));
    if (fresh) out_.exceptions.push_back(OneOfTexts::of(program_.tables[*longest]));
    return entry->second;
}

// The same, without those that hold only where others hold. Of many, what they have in common.
BucketBuilder::Needs BucketBuilder::least(const std::set<uint32_t>& needs) {
    Needs out;
    uint32_t common = UINT32_MAX;
    for (uint32_t mask : needs) common &= mask;
    if (needs.size() > kMostMasks) return {common};
    for (uint32_t mask : needs) {
        bool implied = std::any_of(needs.begin(), needs.end(),
                                   [&](uint32_t other) { return other != mask && (other & mask) == other; });
        if (!implied) out.push_back(mask);
    }
    return out.size() <= kMostNeeds ? out : Needs{common};
}

std::vector<Bucket::Look::Part> BucketBuilder::parts_of(const Look& look) {
    std::map<Needs, uint32_t> places;
    for (size_t place = 0; place < kPlaces; ++place)
        if (!look.needs[place].empty())
            places[least(look.needs[place])] |= place_bit(static_cast<LiteralPlace>(place));
    std::vector<Bucket::Look::Part> out;
    for (const auto& [needs, bits] : places) out.push_back({bits, needs});
    return out;
}

// The longest lists are told apart by their guards; what is left is one more.
void BucketBuilder::finish_always() {
    std::vector<Members> lists;
    for (auto& [guards, members] : always_)
        lists.push_back(std::make_shared<const MemberSet>(std::move(members)));
    std::stable_sort(lists.begin(), lists.end(),
                     [](const Members& a, const Members& b) { return a->bits.size() > b->bits.size(); });
    MemberPlacer placer(out_.members, lists);
    for (size_t i = 0; i < lists.size(); ++i) {
        bool last = i + 1 == kMostAlways;
        auto begin = lists.begin() + static_cast<ptrdiff_t>(i);
        RuleRange members = placer.place({begin, last ? lists.end() : begin + 1});
        bucket_.always.push_back({static_cast<uint32_t>(out_.lists.size()), members.guards});
        out_.lists.push_back(members);
        if (last) break;
    }
}

}  // namespace stoop
