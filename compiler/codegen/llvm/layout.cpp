// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/llvm/layout.h"

#include <algorithm>
#include <bit>

#include "compiler/codegen/llvm/emitter.h"

namespace stoop {
namespace {

// More children than this are put in groups; more nodes than this make a function of their own.
constexpr size_t kMostChildren = 32;
constexpr uint32_t kMostInline = 32;
// The first rules, with so many nodes together, get code. For all of a larger set LLVM would take minutes.
constexpr size_t kMostNodes = 100'000;

// About how many instructions a comparison takes.
double cost(const Atom& atom) {
    if (atom.op == Operator::Regex) return atom.regex_literals.empty() ? 400 : 60;
    if (!simple(atom)) return 80;
    if (atom.op == Operator::Contains || atom.op == Operator::Bcontains) return 40;
    return 4 + static_cast<double>(atom.constants.size());
}

// Comparisons that cost less than remembering them.
bool is_cheap(const Atom& atom) { return simple(atom) && cost(atom) < 10; }

// As many rules as fit: those first that are candidates whatever the event is, as they are evaluated most.
std::vector<bool> choose_compiled(const Plan& plan, const MatchProgram& program) {
    std::vector<bool> always(plan.rules.size(), false);
    for (const Bucket& bucket : program.buckets) {
        if (&bucket == &program.buckets[program.bucket_of.back()]) continue;  // of unknown types
        for (const Bucket::Always& list : bucket.always) {
            const RuleRange& range = program.lists[list.list];
            for (uint32_t i = range.begin; i < range.begin + range.count; ++i)
                for (uint64_t bits = program.members[i].bits; bits != 0; bits &= bits - 1)
                    always[bucket
                               .members[program.members[i].word * 64 +
                                        static_cast<uint32_t>(std::countr_zero(bits))]
                               .rule] = true;
        }
    }
    std::vector<bool> out(plan.rules.size(), false);
    size_t nodes = 0;
    for (bool turn : {true, false})
        for (size_t rule = 0; rule < plan.rules.size(); ++rule)
            if (always[rule] == turn) out[rule] = (nodes += plan.rules[rule].tree.nodes.size()) < kMostNodes;
    return out;
}

// Nodes that one atom can answer for become that.
void prefer_atoms(std::vector<PlanNode>& nodes) {
    for (PlanNode& node : nodes) {
        if (!node.is_one_atom()) continue;
        node.kind = PlanNode::Kind::Atom;
        node.children.clear();
    }
}

// What is cheap is tested first: comparisons have no effects, so any order gives the same verdict. Children
// are earlier nodes.
void order_children(const Plan& plan, std::vector<PlanNode>& nodes) {
    std::vector<double> costs(nodes.size(), 0);
    auto cheaper = [&](uint32_t a, uint32_t b) { return costs[a] < costs[b]; };
    for (size_t i = 0; i < nodes.size(); ++i) {
        PlanNode& node = nodes[i];
        if (node.kind == PlanNode::Kind::Atom) costs[i] = cost(plan.atoms[node.atom]);
        for (uint32_t child : node.children) costs[i] += costs[child];
        std::stable_sort(node.children.begin(), node.children.end(), cheaper);
    }
}

// LLVM takes more than linear time over a function, so a node with very many children becomes a tree of
// groups, and what is left of a large condition functions of bounded size.
void group_children(std::vector<PlanNode>& nodes) {
    for (uint32_t i = 0; i < nodes.size(); ++i) {
        while (nodes[i].children.size() > kMostChildren) {
            std::vector<uint32_t> groups;
            const std::vector<uint32_t> children = nodes[i].children;
            for (size_t at = 0; at < children.size(); at += kMostChildren) {
                PlanNode group;
                group.kind = nodes[i].kind;
                size_t end = std::min(at + kMostChildren, children.size());
                group.children.assign(children.begin() + static_cast<ptrdiff_t>(at),
                                      children.begin() + static_cast<ptrdiff_t>(end));
                groups.push_back(static_cast<uint32_t>(nodes.size()));
                nodes.push_back(std::move(group));
            }
            nodes[i].children = std::move(groups);
        }
    }
}

// How many compiled rules and nodes that they need use each node.
std::vector<uint32_t> count_uses(const Plan& plan, const Layout& layout) {
    std::vector<uint32_t> uses(layout.nodes.size(), 0);
    std::vector<uint32_t> open;
    auto use = [&](uint32_t node) {
        if (uses[node]++ == 0) open.push_back(node);
    };
    for (uint32_t rule = 0; rule < plan.rules.size(); ++rule)
        if (layout.compiled[rule]) use(plan.rules[rule].node);
    while (!open.empty()) {
        uint32_t node = open.back();
        open.pop_back();
        for (uint32_t child : layout.nodes[node].children) use(child);
    }
    return uses;
}

// A node with several users is computed once and remembered.
void choose_remembered(const Plan& plan, Layout& layout) {
    std::vector<uint32_t> uses = count_uses(plan, layout);
    layout.memo.assign(layout.nodes.size(), 0);
    uint32_t remembered = 0;  // memory[0] is the event
    for (size_t i = 0; i < layout.nodes.size(); ++i) {
        const PlanNode& node = layout.nodes[i];
        bool cheap = node.kind == PlanNode::Kind::Not ||
                     (node.kind == PlanNode::Kind::Atom && is_cheap(plan.atoms[node.atom]));
        if (uses[i] > 1 && !cheap) layout.memo[i] = ++remembered;
    }
}

class Outliner {
  public:
    explicit Outliner(Layout& layout) : layout_(layout), weight_(layout.nodes.size(), 0) {
        layout_.function.assign(layout.nodes.size(), 0);
    }

    // The nodes from `node` on that stand in the function that holds it.
    uint32_t add(uint32_t node) {
        if (layout_.function[node] != 0) return 1;
        if (weight_[node] != 0) return weight_[node];
        uint32_t weight = 1;
        for (uint32_t child : layout_.nodes[node].children) weight += add(child);
        weight_[node] = weight;
        if (layout_.memo[node] == 0 && weight <= kMostInline) return weight;
        layout_.function[node] = weight;
        return 1;
    }
    void add_function(uint32_t node) {
        add(node);
        layout_.function[node] = weight_[node];
    }

  private:
    Layout& layout_;
    std::vector<uint32_t> weight_;
};

}  // namespace

Layout lay_out(const Plan& plan, const Dispatch& dispatch) {
    Layout out;
    out.nodes = plan.nodes;
    out.compiled = choose_compiled(plan, dispatch.program);
    prefer_atoms(out.nodes);
    order_children(plan, out.nodes);
    group_children(out.nodes);
    choose_remembered(plan, out);
    Outliner outliner(out);
    // With many rules the conditions themselves would be too much for one function.
    bool each = plan.rules.size() > kMostChildren;
    for (uint32_t rule = 0; rule < plan.rules.size(); ++rule) {
        if (!out.compiled[rule]) continue;
        each ? outliner.add_function(plan.rules[rule].node) : (void)outliner.add(plan.rules[rule].node);
    }
    return out;
}

}  // namespace stoop
