#include "testing/equivalence.h"

#include <algorithm>
#include <set>

namespace stoop {
namespace {

void collect(const Plan& plan, uint32_t index, std::set<uint32_t>& nodes, std::set<uint32_t>& atoms) {
    if (!nodes.insert(index).second) return;
    const PlanNode& node = plan.nodes[index];
    if (node.kind == PlanNode::Kind::Atom) atoms.insert(node.atom);
    for (uint32_t child : node.children) collect(plan, child, nodes, atoms);
}

// `=` or `in` of one text with constant texts: the texts, or nothing for other atoms.
std::optional<std::set<std::string_view>> texts_of(const Atom& atom) {
    if (!is_one_of_texts(atom)) return std::nullopt;
    std::set<std::string_view> out;
    for (const Value& constant : atom.constants) out.insert(constant.text());
    return out;
}

// What two atoms say about each other.
struct Fact {
    enum class Kind : uint8_t { Excludes, Implies } kind;
    size_t a, b;  // in the order of the table
};

std::vector<Fact> facts(const Plan& plan, const std::vector<uint32_t>& atoms) {
    std::vector<Fact> out;
    for (size_t a = 0; a < atoms.size(); ++a)
        for (size_t b = 0; b < atoms.size(); ++b) {
            const Atom &x = plan.atoms[atoms[a]], &y = plan.atoms[atoms[b]];
            if (a == b || x.left.slot != y.left.slot) continue;
            auto these = texts_of(x), those = texts_of(y);
            if (!these || !those) continue;
            if (std::includes(those->begin(), those->end(), these->begin(), these->end()))
                out.push_back({Fact::Kind::Implies, a, b});
            bool common = std::any_of(these->begin(), these->end(),
                                      [&](std::string_view text) { return those->contains(text); });
            if (!common && a < b) out.push_back({Fact::Kind::Excludes, a, b});
        }
    return out;
}

}  // namespace

bool Equivalence::proves(const PlanRule& other) const {
    if (!(rule_.event_types == other.event_types)) return false;
    if (rule_.node == other.node) return true;
    std::set<uint32_t> nodes, atom_set;
    collect(plan_, rule_.node, nodes, atom_set);
    collect(plan_, other.node, nodes, atom_set);
    if (atom_set.size() > kMostAtoms) return false;
    std::vector<uint32_t> atoms(atom_set.begin(), atom_set.end());
    std::vector<Fact> known = facts(plan_, atoms);
    std::vector<bool> verdicts(plan_.nodes.size());
    for (uint32_t row = 0; row < uint32_t{1} << atoms.size(); ++row) {
        auto holds = [&](size_t atom) { return (row >> atom & 1) != 0; };
        bool possible = std::none_of(known.begin(), known.end(), [&](const Fact& fact) {
            return holds(fact.a) && holds(fact.b) == (fact.kind == Fact::Kind::Excludes);
        });
        if (!possible) continue;
        for (uint32_t index : nodes) {  // children stand before their parents
            const PlanNode& node = plan_.nodes[index];
            auto child = [&](uint32_t c) { return static_cast<bool>(verdicts[c]); };
            const auto& children = node.children;
            switch (node.kind) {
                case PlanNode::Kind::Atom:
                    verdicts[index] = holds(static_cast<size_t>(
                        std::lower_bound(atoms.begin(), atoms.end(), node.atom) - atoms.begin()));
                    break;
                case PlanNode::Kind::Not: verdicts[index] = !verdicts[children[0]]; break;
                case PlanNode::Kind::And:
                    verdicts[index] = std::all_of(children.begin(), children.end(), child);
                    break;
                case PlanNode::Kind::Or:
                    verdicts[index] = std::any_of(children.begin(), children.end(), child);
                    break;
            }
        }
        if (verdicts[rule_.node] != verdicts[other.node]) return false;
    }
    return true;
}

}  // namespace stoop
