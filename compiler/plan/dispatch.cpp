#include "compiler/plan/dispatch.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "compiler/plan/witness.h"

namespace stoop {
namespace {

// Rules that are fewer than this are tested in turn.
constexpr size_t kFewRules = 6;

// What the event types of a bucket say of the atoms: comparisons of evt.type itself.
std::vector<Known> known_atoms(const Plan& plan, const std::vector<EventTypeId>& types) {
    std::vector<Known> out(plan.atoms.size(), Known::Unknown);
    if (!plan.type_slot) return out;
    for (size_t i = 0; i < out.size(); ++i) {
        const Atom& atom = plan.atoms[i];
        bool of_type = atom.left.kind == Operand::Kind::Slot && atom.left.slot == *plan.type_slot &&
                       !atom.right_is_operand && atom.modifier == Modifier::None &&
                       (atom.op == Operator::Eq || atom.op == Operator::Ne || atom.op == Operator::In);
        if (!of_type) continue;
        size_t hold = 0;
        for (EventTypeId type : types) {
            if (type >= plan.event_types.size()) return std::vector<Known>(plan.atoms.size(), Known::Unknown);
            bool found = std::any_of(atom.constants.begin(), atom.constants.end(), [&](const Value& name) {
                return name.text() == plan.event_types[type];
            });
            hold += found != (atom.op == Operator::Ne);
        }
        if (hold == types.size()) out[i] = Known::Yes;
        if (hold == 0) out[i] = Known::No;
    }
    return out;
}

class SectionBuilder {
  public:
    SectionBuilder(const Plan& plan, Dispatch& out, Dispatch::Bucket& bucket)
        : plan_(plan), out_(out), bucket_(bucket), witnesses_(plan, bucket.atoms) {}

    void run() {
        for (uint32_t rule : bucket_.rules) add(rule);
        for (auto& [guards, section] : sections_) {
            for (auto& [slot, index] : section.indexes) {
                index.build();
                section.out.looks.push_back({slot, static_cast<uint32_t>(out_.indexes.size())});
                out_.indexes.push_back(std::move(index));
            }
            if (!section.always.empty()) {
                section.out.always = static_cast<uint32_t>(out_.lists.size());
                out_.lists.push_back(std::move(section.always));
            }
            bucket_.sections.push_back(std::move(section.out));
        }
    }

  private:
    struct Section {
        Dispatch::Section out;
        std::map<uint32_t, LiteralIndex> indexes;  // by slot
        std::vector<uint32_t> always;
    };

    void add(uint32_t rule) {
        RuleWitness found = witnesses_.of(plan_.rules[rule].node);
        if (found.never) return;
        Section& section = sections_[found.guards];
        section.out.guards = found.guards;
        if (found.literals.empty()) section.always.push_back(rule);
        for (uint32_t atom : found.literals)
            for (const WitnessLiteral& literal : witness_literals(plan_.atoms[atom]))
                section.indexes[plan_.atoms[atom].left.slot].add(literal.place, literal.text, rule);
    }

    const Plan& plan_;
    Dispatch& out_;
    Dispatch::Bucket& bucket_;
    Witnesses witnesses_;
    std::map<std::vector<uint32_t>, Section> sections_;
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
    out.bucket_of.assign(types + 1, Dispatch::kNoBucket);
    for (const auto& [rules, ids] : by_rules) {
        if (rules.empty()) continue;
        for (EventTypeId id : ids)
            out.bucket_of[std::min<size_t>(id, types)] = static_cast<uint32_t>(out.buckets.size());
        Dispatch::Bucket bucket;
        bucket.rules = rules;
        bucket.atoms = known_atoms(plan, ids);
        if (rules.size() > kFewRules) SectionBuilder(plan, out, bucket).run();
        out.buckets.push_back(std::move(bucket));
    }
    return out;
}

}  // namespace stoop
