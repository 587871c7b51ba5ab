// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/build.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/plan/slots.h"
#include "runtime/base/text_map.h"
#include "runtime/match/encode.h"

namespace stoop {
namespace {

std::string key_of(const Atom& atom) {
    std::string key;
    encode(atom, key);
    return key;
}

class PlanBuilder {
  public:
    explicit PlanBuilder(Plan& plan) : plan_(plan) {}

    // The index in the plan of each atom of `atoms`.
    std::vector<uint32_t> intern(std::vector<Atom> atoms) {
        std::vector<uint32_t> out;
        for (Atom& atom : atoms) out.push_back(intern(std::move(atom)));
        return out;
    }

    // The graph node of each node of the tree; macros have none of their own.
    uint32_t add(const ConditionTree& tree) {
        std::vector<uint32_t> nodes;
        auto rule = static_cast<uint32_t>(plan_.rules.size());
        for (const ConditionTree::Node& node : tree.nodes) {
            if (node.kind == ConditionTree::Kind::Macro) {
                nodes.push_back(nodes[node.children[0]]);
                continue;
            }
            PlanNode out;
            out.rule = rule;
            out.tree_node = static_cast<uint32_t>(nodes.size());
            out.kind = node.kind == ConditionTree::Kind::And   ? PlanNode::Kind::And
                       : node.kind == ConditionTree::Kind::Or  ? PlanNode::Kind::Or
                       : node.kind == ConditionTree::Kind::Not ? PlanNode::Kind::Not
                                                               : PlanNode::Kind::Atom;
            if (out.kind == PlanNode::Kind::Atom) out.atom = node.atom;
            for (uint32_t child : node.children) out.children.push_back(nodes[child]);
            join_searches(out);
            bool is_its_child = out.kind != PlanNode::Kind::Not && out.children.size() == 1;
            nodes.push_back(is_its_child ? out.children[0] : intern(std::move(out)));
        }
        return nodes.back();
    }

  private:
    // Many searches of one field, of which any may hold, become one. They stand in an `or`, or each under a
    // `not` in an `and`; what takes their place is an `or` of them that has an atom of its own.
    void join_searches(PlanNode& node) {
        if (node.children.size() < Atom::kManyParts) return;
        std::map<std::pair<uint32_t, Operator>, std::set<uint32_t>> joined;
        for (uint32_t child : node.children)
            if (const Atom* atom = searches(node.kind, child))
                joined[{atom->left.slot, atom->op}].insert(child);
        for (const auto& [search, children] : joined) {
            if (children.size() < Atom::kManyParts) continue;
            PlanNode any{PlanNode::Kind::Or, PlanNode::kNone, {}, node.rule, node.tree_node};
            for (uint32_t child : children)
                any.children.push_back(node.kind == PlanNode::Kind::Or ? child
                                                                       : plan_.nodes[child].children[0]);
            if (!add_atom(any)) continue;
            std::erase_if(node.children, [&](uint32_t child) { return children.contains(child); });
            node.children.push_back(intern(std::move(any)));
            if (node.kind == PlanNode::Kind::Or) continue;
            uint32_t& child = node.children.back();
            child = intern({PlanNode::Kind::Not, PlanNode::kNone, {child}, node.rule, node.tree_node});
        }
    }

    // The atom, if it is such a search, of a child of an `or`, or of what a child of an `and` denies.
    const Atom* searches(PlanNode::Kind parent, uint32_t child) const {
        const PlanNode* node = &plan_.nodes[child];
        if (parent == PlanNode::Kind::And) {
            if (node->kind != PlanNode::Kind::Not) return nullptr;
            node = &plan_.nodes[node->children[0]];
        }
        if (node->kind != PlanNode::Kind::Atom) return nullptr;
        const Atom& atom = plan_.atoms[node->atom];
        return is_search(atom) && atom.modifier == Modifier::None ? &atom : nullptr;
    }

    // One for all children. False if it would not be worth it.
    bool add_atom(PlanNode& any) {
        const Atom& first = plan_.atoms[plan_.nodes[any.children[0]].atom];
        Atom out;
        out.left = first.left;
        out.op = first.op;
        out.modifier = Modifier::Anyof;
        for (uint32_t child : any.children) {
            const Atom& atom = plan_.atoms[plan_.nodes[child].atom];
            out.constants.insert(out.constants.end(), atom.constants.begin(), atom.constants.end());
            out.text += (out.text.empty() ? "" : " or ") + atom.text;
        }
        if (!atoms_.contains(key_of(out))) {
            prepare_parts(out, memory_left_);
            if (!out.parts) return false;
        }
        any.atom = intern(std::move(out));
        return plan_.atoms[any.atom].parts != nullptr;
    }

    uint32_t intern(Atom atom) {
        auto [entry, fresh] = atoms_.try_emplace(key_of(atom), static_cast<uint32_t>(plan_.atoms.size()));
        if (fresh) {
            if (!atom.parts) prepare_parts(atom, memory_left_);
            plan_.atoms.push_back(std::move(atom));
        }
        return entry->second;
    }
    uint32_t intern(PlanNode node) {
        std::string key;
        encode(node, key);
        auto [entry, fresh] = nodes_.try_emplace(std::move(key), static_cast<uint32_t>(plan_.nodes.size()));
        if (fresh) plan_.nodes.push_back(std::move(node));
        return entry->second;
    }

    // Of a plan, for searches for many texts; those for which there is no more compare one after the other.
    static constexpr size_t kMostMemory = size_t{64} << 20;

    Plan& plan_;
    TextMap<uint32_t> atoms_, nodes_;
    size_t memory_left_ = kMostMemory;
};

}  // namespace

std::unique_ptr<Plan> build_plan(std::unique_ptr<TypedRuleset> typed, const Schema& schema) {
    auto plan = std::make_unique<Plan>();
    plan->source = typed->source;
    plan->time_slot = typed->slots.slot(*schema.find("evt.rawtime").ref);
    if (auto type = schema.find("evt.type").ref) plan->type_slot = typed->slots.slot(*type);
    const std::vector<std::string>& names = schema.event_types().names();
    plan->event_types.assign(names.begin(),
                             names.begin() + static_cast<ptrdiff_t>(schema.event_types().size() - 1));
    plan->slots = typed->slots.take();
    plan->constants = std::move(typed->constants);
    plan->regex_memory = typed->regex_memory;
    PlanBuilder builder(*plan);
    std::vector<uint32_t> atoms = builder.intern(std::move(typed->atoms));
    for (PlanRule& rule : typed->rules) {
        for (ConditionTree::Node& node : rule.tree.nodes)
            if (node.kind == ConditionTree::Kind::Atom) node.atom = atoms[node.atom];
        rule.node = builder.add(rule.tree);
        plan->rules.push_back(std::move(rule));
    }
    order_slots(*plan);
    return plan;
}

}  // namespace stoop
