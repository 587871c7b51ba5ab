#include "runtime/match/graph.h"

#include <algorithm>
#include <string_view>

namespace stoop {
namespace {

uint64_t fingerprint(std::string_view text) {
    auto byte = [](char c) { return uint64_t{static_cast<unsigned char>(c)}; };
    uint64_t ends = text.empty() ? 0 : 3 * byte(text.front()) + byte(text.back());
    return uint64_t{1} << (11 * text.size() + ends) % 64;
}

}  // namespace

PackedGraph::PackedGraph(const Plan& plan) {
    std::vector<uint32_t> uses(plan.nodes.size(), 0);
    for (const PlanNode& node : plan.nodes)
        for (uint32_t child : node.children) ++uses[child];
    for (const PlanNode& node : plan.nodes) {
        if (node.is_one_atom()) {
            nodes_.push_back(packed(plan.atoms[node.atom], node.atom));
            continue;
        }
        auto begin = static_cast<uint32_t>(children_.size());
        nodes_.push_back({node.kind, begin, static_cast<uint32_t>(node.children.size())});
        children_.insert(children_.end(), node.children.begin(), node.children.end());
        std::stable_sort(children_.begin() + begin, children_.end(),
                         [&](uint32_t a, uint32_t b) { return uses[a] > uses[b]; });
    }
    for (const PlanRule& rule : plan.rules) rules_.push_back(rule.node);
}

PackedGraph::Node PackedGraph::packed(const Atom& atom, uint32_t number) {
    Node out{PlanNode::Kind::Atom, number, atom.left.slot};
    if (is_one_of_texts(atom))
        for (const Value& text : atom.constants) out.fingerprints |= fingerprint(text.text());
    return out;
}

struct PackedGraph::Walk {
    const PackedGraph& graph;
    const Plan& plan;
    const Value* slots;
    Scratch& scratch;
    uint32_t event;
    uint32_t* known;

    bool holds(uint32_t index) const {
        if (known[index] >> 1 == event) return known[index] & 1;
        bool verdict = evaluate(graph.nodes_[index]);
        known[index] = 2 * event + verdict;
        return verdict;
    }

    bool evaluate(const Node& node) const {
        if (node.kind == PlanNode::Kind::Atom)
            return is_possible(node) && test(plan.atoms[node.first], slots, scratch);
        const uint32_t* children = graph.children_.data() + node.first;
        auto is_true = [&](uint32_t child) { return holds(child); };
        if (node.kind == PlanNode::Kind::Not) return !is_true(*children);
        return node.kind == PlanNode::Kind::And ? std::all_of(children, children + node.count, is_true)
                                                : std::any_of(children, children + node.count, is_true);
    }

    bool is_possible(const Node& atom) const {
        if (atom.fingerprints == 0) return true;
        const Value& value = slots[atom.count];
        return value.present() && (atom.fingerprints & fingerprint(value.text())) != 0;
    }
};

bool PackedGraph::holds(const Plan& plan, uint32_t rule, const Value* slots, Scratch& scratch, uint32_t event,
                        uint32_t* known) const {
    return Walk{*this, plan, slots, scratch, event, known}.holds(rules_[rule]);
}

}  // namespace stoop
