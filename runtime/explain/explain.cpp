// SPDX-License-Identifier: Apache-2.0
#include "runtime/explain/explain.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "runtime/engine/reference.h"

namespace stoop {
namespace {

// How many sets are tried to find the deciding ones, and how many nodes are looked at in doing so.
constexpr size_t kMostSets = 20'000;
constexpr size_t kMostWork = 20'000'000;

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

// No set with fewer atoms than this turns the verdict. To turn a node, either one of its children must be
// turned or all that stand in the way. An atom that stands at n places counts 1/n at each, since turning it
// turns all of them.
size_t fewest(const ConditionTree& tree, const std::unordered_map<uint32_t, bool>& atoms) {
    std::unordered_map<uint32_t, double> places;
    for (const ConditionTree::Node& node : tree.nodes)
        if (node.kind == ConditionTree::Kind::Atom) ++places[node.atom];
    struct Cost {
        double to_true, to_false;
    };
    std::vector<Cost> costs;
    for (const ConditionTree::Node& node : tree.nodes) {
        auto sum = [&](double Cost::*cost) {
            double out = 0;
            for (uint32_t child : node.children) out += costs[child].*cost;
            return out;
        };
        auto least = [&](double Cost::*cost) {
            double out = HUGE_VAL;
            for (uint32_t child : node.children) out = std::min(out, costs[child].*cost);
            return out;
        };
        switch (node.kind) {
            case ConditionTree::Kind::And:
                costs.push_back({sum(&Cost::to_true), least(&Cost::to_false)});
                break;
            case ConditionTree::Kind::Or:
                costs.push_back({least(&Cost::to_true), sum(&Cost::to_false)});
                break;
            case ConditionTree::Kind::Not: {
                Cost child = costs[node.children[0]];
                costs.push_back({child.to_false, child.to_true});
                break;
            }
            case ConditionTree::Kind::Macro: costs.push_back(costs[node.children[0]]); break;
            case ConditionTree::Kind::Atom: {
                double share = 1 / places.at(node.atom);
                bool holds = atoms.at(node.atom);
                costs.push_back({holds ? 0 : share, holds ? share : 0});
                break;
            }
        }
    }
    constexpr double kRounding = 1e-6;
    double cost = std::max(costs.back().to_true, costs.back().to_false);  // the other one is 0
    return static_cast<size_t>(std::max(1.0, std::ceil(std::min(cost, 1e6) - kRounding)));
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

Explanation explain(const PreparedProgram& program, const ProgramRule& rule, const Value* slots,
                    size_t largest_set) {
    const ConditionTree& tree = program.tree(rule);
    Scratch scratch;
    std::unordered_map<uint32_t, bool> atoms;
    std::vector<uint32_t> order;
    for (const ConditionTree::Node& node : tree.nodes) {
        if (node.kind != ConditionTree::Kind::Atom || atoms.contains(node.atom)) continue;
        scratch.arena.reset();
        atoms[node.atom] = test(program.tables[node.atom], slots, scratch);
        order.push_back(node.atom);
    }
    Explanation out;
    out.verdicts = walk(tree, atoms);
    out.fires = out.verdicts.back();
    std::vector<uint32_t> chosen;
    size_t tried = 0;
    for (size_t size = fewest(tree, atoms); size <= largest_set && out.deciding.empty() && tried < kMostSets;
         ++size)
        try_sets(tree, atoms, order, size, 0, out.fires, chosen, tried, out);
    return out;
}

const ProgramRule* first_rule(const PreparedProgram& program, EventTypeId type, const Value* slots) {
    Scratch scratch;
    uint32_t first;
    bool fires = reference_engine(program).match(slots, type, scratch, &first, 1) > 0;
    return fires ? &program.rules[first] : nullptr;
}

}  // namespace stoop
