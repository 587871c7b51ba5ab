#include "runtime/reference/explain.h"

#include <algorithm>
#include <unordered_map>

#include "runtime/match/atom.h"

namespace stoop {
namespace {

// How many sets are tried to find the deciding ones, and how many nodes are looked at in doing so.
constexpr size_t kMostSets = 20'000;
constexpr size_t kMostWork = 20'000'000;
constexpr size_t kLargestSet = 3;

// The verdicts of all nodes, given those of the atoms. Children stand before their parents.
std::vector<bool> walk(const ConditionTree& tree, const std::unordered_map<uint32_t, bool>& atoms) {
    std::vector<bool> out;
    for (const ConditionTree::Node& node : tree.nodes) {
        auto holds = [&](uint32_t child) { return static_cast<bool>(out[child]); };
        const auto& children = node.children;
        switch (node.kind) {
            case ConditionTree::Kind::And:
                out.push_back(std::all_of(children.begin(), children.end(), holds));
                break;
            case ConditionTree::Kind::Or:
                out.push_back(std::any_of(children.begin(), children.end(), holds));
                break;
            case ConditionTree::Kind::Not: out.push_back(!holds(children[0])); break;
            case ConditionTree::Kind::Macro: out.push_back(holds(children[0])); break;
            case ConditionTree::Kind::Atom: out.push_back(atoms.at(node.atom)); break;
        }
    }
    return out;
}

// Tries all sets of `size` atoms, in order.
void try_sets(const ConditionTree& tree, std::unordered_map<uint32_t, bool>& atoms,
              const std::vector<uint32_t>& order, size_t size, size_t from, bool fires,
              std::vector<uint32_t>& chosen, size_t& tried, Explanation& out) {
    if (chosen.size() == size) {
        ++tried;
        if (walk(tree, atoms).back() != fires) out.deciding.push_back(chosen);
        return;
    }
    size_t most = std::min(kMostSets, kMostWork / tree.nodes.size() + 1);
    for (size_t i = from; i < order.size() && tried < most; ++i) {
        bool& verdict = atoms[order[i]];
        verdict = !verdict;
        chosen.push_back(order[i]);
        try_sets(tree, atoms, order, size, i + 1, fires, chosen, tried, out);
        chosen.pop_back();
        verdict = !verdict;
    }
}

}  // namespace

Explanation explain(const Plan& plan, const PlanRule& rule, const Value* slots) {
    Scratch scratch;
    std::unordered_map<uint32_t, bool> atoms;
    std::vector<uint32_t> order;
    for (const ConditionTree::Node& node : rule.tree.nodes) {
        if (node.kind != ConditionTree::Kind::Atom || atoms.contains(node.atom)) continue;
        atoms[node.atom] = test(plan.atoms[node.atom], slots, scratch);
        order.push_back(node.atom);
    }
    Explanation out;
    out.verdicts = walk(rule.tree, atoms);
    out.fires = out.verdicts.back();
    std::vector<uint32_t> chosen;
    size_t tried = 0;
    for (size_t size = 1; size <= kLargestSet && out.deciding.empty() && tried < kMostSets; ++size)
        try_sets(rule.tree, atoms, order, size, 0, out.fires, chosen, tried, out);
    return out;
}

Reason reason(const Atom& atom, const Value* slots) {
    Reason out = Reason::Compared;
    for_each_slot(atom, [&](uint32_t slot) {
        if (slots[slot].state == State::NotRecorded || slots[slot].partial) out = Reason::NotRecorded;
        if (slots[slot].state == State::Absent && out == Reason::Compared) out = Reason::Absent;
    });
    return out;
}

}  // namespace stoop
