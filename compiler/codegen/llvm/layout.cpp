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
double cost(const AtomTable& table) {
    const Atom& atom = *table.atom;
    if (atom.op == Operator::Regex) return table.regex_literals.empty() ? 400 : 60;
    if (!simple(table)) return 80;
    if (atom.op == Operator::Contains || atom.op == Operator::Bcontains) return 40;
    return 4 + static_cast<double>(atom.constants.size());
}

// Comparisons that cost less than remembering them.
bool is_cheap(const AtomTable& table) { return simple(table) && cost(table) < 10; }

// Of each node, how many there are in and below it if nothing is shared; no more than are of interest.
std::vector<size_t> tree_sizes(const Program& program) {
    std::vector<size_t> out;
    for (const ProgramNode& node : program.nodes) {
        size_t size = 1;
        for (uint32_t child : node.children) size = std::min(size + out[child], kMostNodes);
        out.push_back(size);
    }
    return out;
}

// As many rules as fit: those first that are candidates whatever the event is, as they are evaluated most.
std::vector<bool> choose_compiled(const MatchTables& tables) {
    const Program& program = *tables.program;
    std::vector<bool> always(program.rules.size(), false);
    for (const Bucket& bucket : tables.buckets) {
        if (&bucket == &tables.buckets[tables.bucket_of.back()]) continue;  // of unknown types
        for (const Bucket::Always& list : bucket.always) {
            const RuleRange& range = tables.lists[list.list];
            for (uint32_t i = range.begin; i < range.begin + range.count; ++i)
                for (uint64_t bits = tables.members[i].bits; bits != 0; bits &= bits - 1)
                    always[bucket
                               .members[tables.members[i].word * 64 +
                                        static_cast<uint32_t>(std::countr_zero(bits))]
                               .rule] = true;
        }
    }
    const std::vector<size_t> sizes = tree_sizes(program);
    std::vector<bool> out(program.rules.size(), false);
    size_t nodes = 0;
    for (bool turn : {true, false})
        for (size_t rule = 0; rule < program.rules.size(); ++rule)
            if (always[rule] == turn) out[rule] = (nodes += sizes[program.rules[rule].node]) < kMostNodes;
    return out;
}

// Nodes that one atom can answer for become that.
void prefer_atoms(const PreparedProgram& program, std::vector<ProgramNode>& nodes) {
    for (ProgramNode& node : nodes) {
        if (!program.is_one_atom(node)) continue;
        node.kind = ProgramNode::Kind::Atom;
        node.children.clear();
    }
}

// What is cheap is tested first: comparisons have no effects, so any order gives the same verdict. Children
// are earlier nodes.
void order_children(const PreparedProgram& program, std::vector<ProgramNode>& nodes) {
    std::vector<double> costs(nodes.size(), 0);
    auto cheaper = [&](uint32_t a, uint32_t b) { return costs[a] < costs[b]; };
    for (size_t i = 0; i < nodes.size(); ++i) {
        ProgramNode& node = nodes[i];
        if (node.kind == ProgramNode::Kind::Atom) costs[i] = cost(program.tables[node.atom]);
        for (uint32_t child : node.children) costs[i] += costs[child];
        std::stable_sort(node.children.begin(), node.children.end(), cheaper);
    }
}

// LLVM takes more than linear time over a function, so a node with very many children becomes a tree of
// groups, and what is left of a large condition functions of bounded size.
void group_children(std::vector<ProgramNode>& nodes) {
    for (uint32_t i = 0; i < nodes.size(); ++i) {
        while (nodes[i].children.size() > kMostChildren) {
            std::vector<uint32_t> groups;
            const std::vector<uint32_t> children = nodes[i].children;
            for (size_t at = 0; at < children.size(); at += kMostChildren) {
                ProgramNode group;
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
std::vector<uint32_t> count_uses(const PreparedProgram& program, const Layout& layout) {
    std::vector<uint32_t> uses(layout.nodes.size(), 0);
    std::vector<uint32_t> open;
    auto use = [&](uint32_t node) {
        if (uses[node]++ == 0) open.push_back(node);
    };
    for (uint32_t rule = 0; rule < program.rules.size(); ++rule)
        if (layout.compiled[rule]) use(program.rules[rule].node);
    while (!open.empty()) {
        uint32_t node = open.back();
        open.pop_back();
        for (uint32_t child : layout.nodes[node].children) use(child);
    }
    return uses;
}

// A node with several users is computed once and remembered.
void choose_remembered(const PreparedProgram& program, Layout& layout) {
    std::vector<uint32_t> uses = count_uses(program, layout);
    layout.memo.assign(layout.nodes.size(), 0);
    uint32_t remembered = 0;  // memory[0] is the event
    for (size_t i = 0; i < layout.nodes.size(); ++i) {
        const ProgramNode& node = layout.nodes[i];
        bool cheap = node.kind == ProgramNode::Kind::Not ||
                     (node.kind == ProgramNode::Kind::Atom && is_cheap(program.tables[node.atom]));
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

Layout lay_out(const MatchTables& tables) {
    const PreparedProgram& program = *tables.program;
    Layout out;
    out.nodes = program.nodes;
    out.compiled = choose_compiled(tables);
    prefer_atoms(program, out.nodes);
    order_children(program, out.nodes);
    group_children(out.nodes);
    choose_remembered(program, out);
    Outliner outliner(out);
    // With many rules the conditions themselves would be too much for one function.
    bool each = program.rules.size() > kMostChildren;
    for (uint32_t rule = 0; rule < program.rules.size(); ++rule) {
        if (!out.compiled[rule]) continue;
        each ? outliner.add_function(program.rules[rule].node) : (void)outliner.add(program.rules[rule].node);
    }
    return out;
}

}  // namespace stoop
