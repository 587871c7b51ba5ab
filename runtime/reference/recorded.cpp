#include "runtime/reference/recorded.h"

#include <algorithm>

namespace stoop {
namespace {

enum class Known : uint8_t { False, True, Unknown };

bool missing(const Value& value) { return value.state == State::NotRecorded || value.partial; }

class RecordedWalk {
  public:
    RecordedWalk(const Plan& plan, const ConditionTree& tree, const Value* slots, Scratch& scratch)
        : plan_(plan), tree_(tree), slots_(slots), verdicts_(tree.nodes.size()) {
        for (size_t i = 0; i < tree.nodes.size(); ++i) verdicts_[i] = verdict(tree.nodes[i], scratch);
    }

    void collect(uint32_t index, std::vector<uint32_t>& out) const {
        if (verdicts_[index] != Known::Unknown) return;
        const ConditionTree::Node& node = tree_.nodes[index];
        for (uint32_t child : node.children) collect(child, out);
        if (node.kind != ConditionTree::Kind::Atom) return;
        for_each_slot(plan_.atoms[node.atom], [&](uint32_t slot) {
            if (missing(slots_[slot])) out.push_back(slot);
        });
    }

  private:
    Known verdict(const ConditionTree::Node& node, Scratch& scratch) const {
        auto any = [&](Known k) {
            return std::any_of(node.children.begin(), node.children.end(),
                               [&](uint32_t child) { return verdicts_[child] == k; });
        };
        switch (node.kind) {
            case ConditionTree::Kind::And:
                return any(Known::False) ? Known::False : any(Known::Unknown) ? Known::Unknown : Known::True;
            case ConditionTree::Kind::Or:
                return any(Known::True) ? Known::True : any(Known::Unknown) ? Known::Unknown : Known::False;
            case ConditionTree::Kind::Not: {
                Known k = verdicts_[node.children[0]];
                return k == Known::Unknown ? k : k == Known::True ? Known::False : Known::True;
            }
            case ConditionTree::Kind::Macro: return verdicts_[node.children[0]];
            case ConditionTree::Kind::Atom: break;
        }
        const Atom& atom = plan_.atoms[node.atom];
        bool holds = test(atom, slots_, scratch);
        bool unknown = false, partial_only = true;
        for_each_slot(atom, [&](uint32_t slot) {
            if (!missing(slots_[slot])) return;
            unknown = true;
            partial_only = partial_only && slots_[slot].partial;
        });
        // Of a list that is known in part, a match counts.
        if (unknown && !(holds && partial_only)) return Known::Unknown;
        return holds ? Known::True : Known::False;
    }

    const Plan& plan_;
    const ConditionTree& tree_;
    const Value* slots_;
    std::vector<Known> verdicts_;
};

}  // namespace

std::vector<uint32_t> unrecorded_slots(const Plan& plan, const PlanRule& rule, const Value* slots,
                                       Scratch& scratch) {
    std::vector<uint32_t> out;
    RecordedWalk(plan, rule.tree, slots, scratch).collect(rule.tree.root(), out);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace stoop
