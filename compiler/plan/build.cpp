// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/build.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/plan/slots.h"
#include "runtime/base/text_map.h"
#include "runtime/program/encode.h"
#include "runtime/program/field_slot.h"

namespace stoop {
namespace {

class ProgramBuilder {
  public:
    ProgramBuilder(TypedRuleset& typed, BuiltProgram& out)
        : typed_(typed), program_(out.program), map_(out.source_map), atom_of_(typed.atoms.size(), kNew) {}

    void add(TypedRule typed) {
        for (ConditionTree::Node& node : typed.source.tree.nodes)
            if (node.kind == ConditionTree::Kind::Atom) node.atom = atom(node.atom);
        typed.rule.event_types = typed.rule.event_types.first(program_.event_type_count());
        typed.rule.node = add(typed.source.tree);
        program_.rules.push_back(std::move(typed.rule));
        map_.rules.push_back(std::move(typed.source));
    }

  private:
    static constexpr uint32_t kNew = UINT32_MAX;

    // The index in the program of an atom of the typed rules.
    uint32_t atom(uint32_t typed) {
        uint32_t& index = atom_of_[typed];
        if (index == kNew) index = intern(std::move(typed_.atoms[typed]));
        return index;
    }

    // The graph node of each node of the tree; macros have none of their own.
    uint32_t add(const ConditionTree& tree) {
        std::vector<uint32_t> nodes;
        for (const ConditionTree::Node& node : tree.nodes) {
            if (node.kind == ConditionTree::Kind::Macro) {
                nodes.push_back(nodes[node.children[0]]);
                continue;
            }
            here_ = {static_cast<uint32_t>(program_.rules.size()), static_cast<uint32_t>(nodes.size())};
            ProgramNode out;
            out.kind = node.kind == ConditionTree::Kind::And   ? ProgramNode::Kind::And
                       : node.kind == ConditionTree::Kind::Or  ? ProgramNode::Kind::Or
                       : node.kind == ConditionTree::Kind::Not ? ProgramNode::Kind::Not
                                                               : ProgramNode::Kind::Atom;
            if (out.kind == ProgramNode::Kind::Atom) out.atom = node.atom;
            for (uint32_t child : node.children) out.children.push_back(nodes[child]);
            join_searches(out);
            bool is_its_child = out.kind != ProgramNode::Kind::Not && out.children.size() == 1;
            nodes.push_back(is_its_child ? out.children[0] : intern(std::move(out)));
        }
        return nodes.back();
    }

    // Many searches of one field, of which any may hold, become one. They stand in an `or`, or each under a
    // `not` in an `and`; what takes their place is an `or` of them that has an atom of its own.
    void join_searches(ProgramNode& node) {
        if (node.children.size() < kManySearched) return;
        std::map<std::pair<uint32_t, Operator>, std::set<uint32_t>> joined;
        for (uint32_t child : node.children)
            if (const Atom* atom = searches(node.kind, child))
                joined[{atom->left.slot, atom->op}].insert(child);
        // In the order in which they stand: numbers of slots depend on rules that may be off.
        std::map<uint32_t, const std::set<uint32_t>*> by_first;
        for (const auto& [search, children] : joined)
            if (children.size() >= kManySearched) by_first.emplace(*children.begin(), &children);
        for (const auto& [first, searches] : by_first) {
            const std::set<uint32_t>& children = *searches;
            ProgramNode any{ProgramNode::Kind::Or, ProgramNode::kNone, {}};
            for (uint32_t child : children)
                any.children.push_back(
                    node.kind == ProgramNode::Kind::Or ? child : program_.nodes[child].children[0]);
            any.atom = intern(search_for_any(any.children));
            std::erase_if(node.children, [&](uint32_t child) { return children.contains(child); });
            node.children.push_back(intern(std::move(any)));
            if (node.kind == ProgramNode::Kind::Or) continue;
            uint32_t& child = node.children.back();
            child = intern(ProgramNode{ProgramNode::Kind::Not, ProgramNode::kNone, {child}});
        }
    }

    // The atom, if it is such a search, of a child of an `or`, or of what a child of an `and` denies.
    const Atom* searches(ProgramNode::Kind parent, uint32_t child) const {
        const ProgramNode* node = &program_.nodes[child];
        if (parent == ProgramNode::Kind::And) {
            if (node->kind != ProgramNode::Kind::Not) return nullptr;
            node = &program_.nodes[node->children[0]];
        }
        if (node->kind != ProgramNode::Kind::Atom) return nullptr;
        const Atom& atom = program_.atoms[node->atom];
        return can_be_joined(atom) ? &atom : nullptr;
    }

    TypedAtom search_for_any(const std::vector<uint32_t>& nodes) const {
        const Atom& first = program_.atoms[program_.nodes[nodes[0]].atom];
        TypedAtom out;
        out.atom.left = first.left;
        out.atom.op = first.op;
        out.atom.modifier = Modifier::Anyof;
        for (uint32_t node : nodes) {
            uint32_t atom = program_.nodes[node].atom;
            out.atom.constants.push_back(program_.atoms[atom].constants[0]);
            out.text += (out.text.empty() ? "" : " or ") + map_.atoms[atom];
        }
        return out;
    }

    uint32_t intern(TypedAtom atom) {
        std::string key;
        encode(atom.atom, key);
        auto [entry, fresh] =
            atoms_.try_emplace(std::move(key), static_cast<uint32_t>(program_.atoms.size()));
        if (fresh) {
            program_.atoms.push_back(std::move(atom.atom));
            map_.atoms.push_back(std::move(atom.text));
        }
        return entry->second;
    }
    uint32_t intern(ProgramNode node) {
        std::string key;
        encode(node, key);
        auto [entry, fresh] =
            nodes_.try_emplace(std::move(key), static_cast<uint32_t>(program_.nodes.size()));
        if (fresh) {
            program_.nodes.push_back(std::move(node));
            map_.nodes.push_back(here_);
        }
        return entry->second;
    }

    TypedRuleset& typed_;
    Program& program_;
    SourceMap& map_;
    std::vector<uint32_t> atom_of_;
    TextMap<uint32_t> atoms_, nodes_;
    SourceMap::Node here_;  // what is added now
};

}  // namespace

BuiltProgram build_program(TypedRuleset& typed, const Schema& schema) {
    BuiltProgram out;
    Program& program = out.program;
    program.source = typed.source;
    program.time_slot = typed.slots.slot(*schema.find("evt.rawtime").ref);
    if (auto type = schema.find("evt.type").ref) program.type_slot = typed.slots.slot(*type);
    program.event_types = schema.event_types().types();
    for (const FieldRef& ref : typed.slots.refs()) program.slots.push_back(slot_of(ref));
    program.constants = std::move(typed.constants);
    ProgramBuilder builder(typed, out);
    for (TypedRule& rule : typed.rules) builder.add(std::move(rule));
    order_slots(program);
    return out;
}

}  // namespace stoop
