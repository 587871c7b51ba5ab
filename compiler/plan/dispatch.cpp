#include "compiler/plan/dispatch.h"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "compiler/plan/witness.h"

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
// In all, and in one bucket, which is one function: LLVM takes more than linear time over that.
constexpr size_t kMostInProgram = 20'000, kMostInBucket = 5'000;
// Texts of exceptions in all, in functions of their own; a long one counts as one more for so many bytes.
constexpr size_t kMostOfExceptions = 15'000, kTextOfOne = 32;

// What the event types of a bucket say of the atoms: comparisons of evt.type itself.
std::vector<Known> known_atoms(const Plan& plan, const std::vector<EventTypeId>& types) {
    std::vector<Known> out(plan.atoms.size(), Known::Unknown);
    for (size_t i = 0; i < out.size(); ++i) {
        const Atom& atom = plan.atoms[i];
        // No value is in a list without items. (All values of a list are, if it has none.)
        if (atom.op == Operator::In && !atom.left.list && !atom.right_is_operand && atom.constants.empty() &&
            atom.modifier == Modifier::None)
            out[i] = Known::No;
        if (!plan.type_slot) continue;
        bool of_type = atom.left.kind == Operand::Kind::Slot && atom.left.slot == *plan.type_slot &&
                       !atom.right_is_operand && atom.modifier == Modifier::None &&
                       (atom.op == Operator::Eq || atom.op == Operator::Ne || atom.op == Operator::In);
        if (!of_type) continue;
        size_t hold = 0;
        for (EventTypeId type : types) {
            if (type >= plan.event_types.size()) {  // it may have any name
                hold = types.size() + 1;
                break;
            }
            const std::string& name = plan.event_types[type];
            bool found = atom.texts.empty()
                             ? std::any_of(atom.constants.begin(), atom.constants.end(),
                                           [&](const Value& constant) { return constant.text() == name; })
                             : atom.texts.find(name) != TextTable::kNone;
            hold += found != (atom.op == Operator::Ne);
        }
        if (hold == types.size()) out[i] = Known::Yes;
        if (hold == 0) out[i] = Known::No;
    }
    return out;
}

// What may still be looked for in place, in this bucket and in others.
struct Budget {
    size_t literals_left = kMostInProgram, exceptions_left = kMostOfExceptions;
    std::set<uint32_t> exceptions;  // that are asked of
};

// Finds out what to ask before any rule is evaluated.
class BucketBuilder {
  public:
    BucketBuilder(const Plan& plan, MatchProgram& out, Bucket& bucket, Dispatch::Types& types, Budget& budget)
        : plan_(plan),
          out_(out),
          budget_(budget),
          bucket_(bucket),
          types_(types),
          guards_(types.guards),
          witnesses_(plan, types.atoms) {}

    void run() {
        for (const auto& member : bucket_.members)
            rules_.push_back(witnesses_.of(plan_.rules[member.rule].node));
        bucket_.in_turn = rules_.size() <= kFewRules && substrings() <= kFewSubstrings;
        if (bucket_.in_turn) return;
        choose_guards();
        for (RuleWitness& rule : rules_) look_for_guard(rule);
        for (uint32_t member = 0; member < rules_.size(); ++member) add(member);
        if (bucket_.fits_word())
            for (uint32_t member = 0; member < rules_.size(); ++member) add_exceptions(member);
        for (auto& [slot, look] : looks_) {
            types_.literals.push_back(take_in_place(look));
            look.index.build();
            bucket_.looks.push_back(
                {slot, static_cast<uint32_t>(out_.indexes.size()), false, parts_of(look)});
            out_.indexes.push_back(std::move(look.index));
        }
        for (auto& [slot, look] : range_looks_) {
            types_.literals.emplace_back();
            look.index.build();
            bucket_.looks.push_back(
                {slot, static_cast<uint32_t>(out_.ranges.size()), true, {{1, least(look.needs)}}});
            out_.ranges.push_back(std::move(look.index));
        }
        for (auto& [guards, members] : always_) {
            bucket_.always.push_back({static_cast<uint32_t>(out_.lists.size()), guards});
            out_.lists.push_back(std::move(members));
        }
    }

  private:
    struct Look {
        LiteralIndex index;
        std::set<uint32_t> needs[kPlaces];         // the guards of its members
        std::map<std::string, uint64_t> excluded;  // by the whole value, if the bucket fits a word
    };
    struct RangeLook {
        RangeIndex index;
        std::set<uint32_t> needs;
    };

    using Needs = std::vector<uint32_t>;
    static std::vector<Bucket::Look::Part> parts_of(const Look& look) {
        std::map<Needs, uint32_t> places;
        for (size_t place = 0; place < kPlaces; ++place)
            if (!look.needs[place].empty())
                places[least(look.needs[place])] |= place_bit(static_cast<LiteralPlace>(place));
        std::vector<Bucket::Look::Part> out;
        for (const auto& [needs, bits] : places) out.push_back({bits, needs});
        return out;
    }

    // What native code looks for itself, which the index then need not. Nothing, if it would be too much.
    std::vector<Dispatch::Literal> take_in_place(Look& look) {
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
        if (in_bucket_ > kMostInBucket || count > budget_.literals_left) return {};
        budget_.literals_left -= count;

        std::vector<Dispatch::Literal> out;
        for (LiteralPlace place : places) {
            for (const auto& [text, members] : look.index.added(place)) {
                Dispatch::Literal literal{place, text, members.guards, 0, 0, 0};
                if (bucket_.fits_word()) {
                    literal.members = members.bits.front().bits;
                } else {
                    literal.list = static_cast<uint32_t>(out_.lists.size());
                    literal.exception = exception_of(members.bits);
                    out_.lists.push_back(members.bits);
                }
                out.push_back(std::move(literal));
            }
            look.index.drop(place);
        }
        for (const auto& [text, members] : look.excluded) {
            auto same = [&](const Dispatch::Literal& literal) {
                return literal.place == LiteralPlace::Whole && literal.text == text;
            };
            auto known = std::find_if(out.begin(), out.end(), same);
            if (known == out.end()) known = out.insert(out.end(), {LiteralPlace::Whole, text, 0, 0, 0, 0});
            known->excluded = members;
        }
        return out;
    }

    // The same, without those that hold only where others hold. Of many, what they have in common.
    static Needs least(const std::set<uint32_t>& needs) {
        Needs out;
        uint32_t common = UINT32_MAX;
        for (uint32_t mask : needs) {
            bool implied = std::any_of(needs.begin(), needs.end(), [&](uint32_t other) {
                return other != mask && (other & mask) == other;
            });
            if (!implied) out.push_back(mask);
            common &= mask;
        }
        return out.size() <= kMostNeeds ? out : Needs{common};
    }

    // That the witnesses look for: each would be a walk through the value.
    size_t substrings() const {
        size_t out = 0;
        for (const RuleWitness& rule : rules_)
            for (uint32_t atom : rule.literals)
                for (const WitnessLiteral& literal : witness_literals(plan_.atoms[atom]))
                    out += literal.place == LiteralPlace::Part || literal.place == LiteralPlace::PartAnyCase;
        return out;
    }

    // Those that most rules have, as many as there are bits. If they are more, a guard of one rule only is
    // better looked up (see look_for_guard).
    void choose_guards() {
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
    void look_for_guard(RuleWitness& rule) {
        for (uint32_t atom : rule.guards) {
            bool has_bit = std::find(guards_.begin(), guards_.end(), atom) != guards_.end();
            if (has_bit ||
                (witness_literals(plan_.atoms[atom]).empty() && witness_ranges(plan_.atoms[atom]).empty()))
                continue;
            double weight = witnesses_.weight(atom);
            if (!rule.literals.empty() && rule.weight <= weight) continue;
            rule.literals = {atom};
            rule.weight = weight;
        }
    }

    void add(uint32_t member) {
        const RuleWitness& rule = rules_[member];
        uint32_t guards = bucket_.members[member].guards;
        if (rule.never) return;
        if (rule.literals.empty()) {
            std::vector<MemberBits>& list = always_[guards];
            if (list.empty() || list.back().word != member / 64) list.push_back({member / 64, 0});
            list.back().bits |= uint64_t{1} << member % 64;
        }
        for (uint32_t atom : rule.literals) {
            const Operand& field = plan_.atoms[atom].left;
            if (std::vector<KeyRange> ranges = witness_ranges(plan_.atoms[atom]); !ranges.empty()) {
                RangeLook& look =
                    range_looks_.try_emplace(field.slot, RangeLook{RangeIndex(type_class(field.type)), {}})
                        .first->second;
                for (const KeyRange& range : ranges) look.index.add(range, member, guards);
                look.needs.insert(guards);
                continue;
            }
            Look& look = looks_[field.slot];
            for (const WitnessLiteral& literal : witness_literals(plan_.atoms[atom])) {
                look.index.add(literal.place, literal.text, member, guards);
                look.needs[static_cast<size_t>(literal.place)].insert(guards);
            }
        }
    }

    // If only one member wants it: the longest list of texts that rule that one out.
    std::optional<uint32_t> exception_of(const std::vector<MemberBits>& members) {
        std::optional<uint32_t> out;
        if (members.size() != 1 || std::popcount(members[0].bits) != 1) return out;
        size_t most = kShortExceptions, cost = 0;
        for (uint32_t atom : rules_[members[0].word * 64 + std::countr_zero(members[0].bits)].exceptions) {
            const std::vector<Value>& texts = plan_.atoms[atom].constants;
            if (!is_one_of_texts(plan_.atoms[atom]) || texts.size() < most || texts.size() > kMostInPlace)
                continue;
            size_t of_atom = budget_.exceptions.contains(atom) ? 0 : cost_of(texts);
            if (of_atom > budget_.exceptions_left) continue;
            most = texts.size(), cost = of_atom;
            out = atom;
        }
        if (out) budget_.exceptions.insert(*out);
        budget_.exceptions_left -= cost;
        return out;
    }
    static size_t cost_of(const std::vector<Value>& texts) {
        size_t out = 0;
        for (const Value& text : texts) out += 1 + text.size / kTextOfOne;
        return out;
    }

    // Members that a value rules out, where it is looked at anyway.
    void add_exceptions(uint32_t member) {
        for (uint32_t atom : rules_[member].exceptions) {
            auto look = looks_.find(plan_.atoms[atom].left.slot);
            if (look == looks_.end() || look->second.index.added(LiteralPlace::Whole).empty()) continue;
            for (const Value& constant : plan_.atoms[atom].constants)
                look->second.excluded[std::string(constant.text())] |= uint64_t{1} << member;
        }
    }

    const Plan& plan_;
    MatchProgram& out_;
    Budget& budget_;
    size_t in_bucket_ = 0;
    Bucket& bucket_;
    Dispatch::Types& types_;
    std::vector<uint32_t>& guards_;
    Witnesses witnesses_;
    std::vector<RuleWitness> rules_;                      // by member
    std::map<uint32_t, Look> looks_;                      // by slot
    std::map<uint32_t, RangeLook> range_looks_;           // likewise
    std::map<uint32_t, std::vector<MemberBits>> always_;  // by guards
};

}  // namespace

Dispatch make_dispatch(const Plan& plan) {
    Dispatch out;
    size_t types = plan.event_types.size() + 1;  // and those that come as the generic event
    std::map<std::vector<uint32_t>, std::vector<EventTypeId>> by_rules;
    for (size_t type = 0; type <= types; ++type) {
        std::vector<uint32_t> rules;
        EventTypeId id = type == types ? kAnyEventType : static_cast<EventTypeId>(type);
        for (uint32_t rule = 0; rule < plan.rules.size(); ++rule)
            if (plan.rules[rule].event_types.contains(id)) rules.push_back(rule);
        by_rules[std::move(rules)].push_back(id);
    }
    MatchProgram& program = out.program;
    program.plan = &plan;
    program.graph = PackedGraph(plan);
    program.shared = static_cast<uint32_t>(plan.nodes.size() + program.graph.size());
    program.bucket_of.assign(types + 1, MatchProgram::kNoBucket);
    program.wanted = EventTypeSet(types);
    Budget budget, none{0, 0, {}};
    for (const auto& [rules, ids] : by_rules) {
        if (rules.empty()) continue;
        for (EventTypeId id : ids) {
            program.bucket_of[std::min<size_t>(id, types)] = static_cast<uint32_t>(program.buckets.size());
            if (id < types) program.wanted.insert(id);
        }
        Bucket bucket;
        Dispatch::Types of_types{known_atoms(plan, ids), {}, {}};
        for (uint32_t rule : rules) bucket.members.push_back({rule, 0});
        // Events of unknown types, for which all rules stand together, are not worth the code.
        bool known = ids.front() != kAnyEventType;
        BucketBuilder(plan, program, bucket, of_types, known ? budget : none).run();
        program.largest_bucket = std::max(program.largest_bucket, static_cast<uint32_t>(rules.size()));
        program.buckets.push_back(std::move(bucket));
        out.types.push_back(std::move(of_types));
    }
    return out;
}

}  // namespace stoop
