// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/graph.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

#include "runtime/search/text.h"

namespace stoop {
namespace {

// The first and the last of the numbers for which a comparison with one holds. Nothing if none does, or if
// they are not in a row.
struct Range {
    uint64_t first, last;
};
std::optional<Range> range(Operator op, uint64_t constant, bool is_signed) {
    const uint64_t least = is_signed ? uint64_t{1} << 63 : 0, most = least - 1;
    switch (op) {
        case Operator::Eq: return Range{constant, constant};
        case Operator::Le: return Range{least, constant};
        case Operator::Ge: return Range{constant, most};
        case Operator::Lt:
            if (constant == least) return std::nullopt;
            return Range{least, constant - 1};
        case Operator::Gt:
            if (constant == most) return std::nullopt;
            return Range{constant + 1, most};
        default: return std::nullopt;
    }
}

}  // namespace

class PackedGraph::Builder {
  public:
    Builder(const PreparedProgram& program, PackedGraph& out)
        : program_(program), out_(out), nodes_(program.nodes.size()) {}

    void run() {
        count_uses();
        out_.steps_.resize(2);  // in whose place the verdicts are
        for (uint32_t index = 0; index < nodes_.size(); ++index) {
            Node& node = nodes_[index];
            if (node.uses == 0) continue;
            weigh(index);
            bool is_not = program_.nodes[index].kind == ProgramNode::Kind::Not;
            if (node.uses > 1 && node.cost > kCheap && !is_not) share(index);
        }
        for (const ProgramRule& rule : program_.rules) out_.rules_.push_back(add(rule.node, kYes, kNo));
    }

  private:
    // Costs are in units of a comparison of numbers. What costs no more is not worth remembering.
    static constexpr double kCheap = 4;

    struct Node {
        uint32_t uses = 0;  // 2: or more
        bool shared = false;
        uint32_t entry = 0, memory = 0;  // if it is shared
        double cost = 0;
    };

    // Children are earlier nodes. Who uses a `not` uses what stands under it.
    void count_uses() {
        auto use = [&](uint32_t node, uint32_t times) {
            nodes_[node].uses = std::min(nodes_[node].uses + times, 2u);
        };
        for (const ProgramRule& rule : program_.rules) use(rule.node, 1);
        for (size_t index = nodes_.size(); index-- > 0;) {
            const ProgramNode& node = program_.nodes[index];
            if (nodes_[index].uses == 0 || program_.is_one_atom(node)) continue;
            uint32_t times = node.kind == ProgramNode::Kind::Not ? nodes_[index].uses : 1;
            for (uint32_t child : node.children) use(child, times);
        }
    }

    void weigh(uint32_t index) {
        const ProgramNode& node = program_.nodes[index];
        if (program_.is_one_atom(node))
            nodes_[index].cost = cost(step(program_.tables[node.atom]));
        else
            for (uint32_t child : node.children) nodes_[index].cost += nodes_[child].cost;
    }
    static double cost(const Step& step) {
        switch (step.kind) {
            case Step::Kind::Exists:
            case Step::Kind::Number: return 1;
            case Step::Kind::Texts:
            case Step::Kind::Beginning:
            case Step::Kind::End: return 2;
            case Step::Kind::Part: return 20;
            default: return step.table->atom->op == Operator::Regex ? 200 : 40;
        }
    }

    void share(uint32_t index) {
        Node& node = nodes_[index];
        node.entry = add_steps(index, kYes, kNo);
        node.memory = out_.remembered_++;
        node.shared = true;
        node.cost = kCheap;
    }

    // Puts steps for the node behind those that are there, from the last one to the first, so that each knows
    // where to go on. Returns the first.
    uint32_t add(uint32_t index, uint32_t yes, uint32_t no) {
        const Node& node = nodes_[index];
        if (!node.shared) return add_steps(index, yes, no);
        Step out;
        out.kind = Step::Kind::Shared;
        out.slot = node.memory;
        out.entry = node.entry;
        return push(out, yes, no);
    }
    uint32_t add_steps(uint32_t index, uint32_t yes, uint32_t no) {
        const ProgramNode& node = program_.nodes[index];
        if (program_.is_one_atom(node)) return push(step(program_.tables[node.atom]), yes, no);
        if (node.kind == ProgramNode::Kind::Not) return add(node.children[0], no, yes);
        std::vector<uint32_t> children = node.children;
        std::stable_sort(children.begin(), children.end(),
                         [&](uint32_t a, uint32_t b) { return nodes_[a].cost < nodes_[b].cost; });
        bool all = node.kind == ProgramNode::Kind::And;
        uint32_t next = all ? yes : no;
        for (size_t i = children.size(); i-- > 0;)
            next = all ? add(children[i], next, no) : add(children[i], yes, next);
        return next;
    }
    uint32_t push(Step step, uint32_t yes, uint32_t no) {
        step.yes = yes;
        step.no = no;
        out_.steps_.push_back(step);
        return static_cast<uint32_t>(out_.steps_.size() - 1);
    }

    static Step step(const AtomTable& table) {
        const Atom& atom = *table.atom;
        Step out;
        out.table = &table;
        out.slot = atom.left.slot;
        if (!compares_slot_with_constants(atom) || atom.comparison != Comparison::Ordinary) return out;
        if (atom.op == Operator::Exists) {
            out.kind = Step::Kind::Exists;
            return out;
        }
        switch (type_class(atom.left.type)) {
            case TypeClass::Boolean:
            case TypeClass::Signed:
            case TypeClass::Unsigned: compare_numbers(atom, out); break;
            case TypeClass::Text: compare_texts(table, out); break;
            default: break;
        }
        return out;
    }

    static void compare_numbers(const Atom& atom, Step& out) {
        if (atom.constants.size() != 1) return;
        bool other = atom.op == Operator::Ne, is_signed = type_class(atom.left.type) == TypeClass::Signed;
        auto numbers = range(other ? Operator::Eq : atom.op, atom.constants[0].u, is_signed);
        if (!numbers) return;
        out.kind = Step::Kind::Number;
        out.negated = other;
        out.numbers = {numbers->first, numbers->last - numbers->first};
    }

    static void compare_texts(const AtomTable& table, Step& out) {
        const Atom& atom = *table.atom;
        auto piece = [&](Step::Kind kind) {
            std::string_view text = atom.constants[0].text();
            if (text.empty()) return;
            out.kind = kind;
            out.byte = kind == Step::Kind::End ? text.back() : text.front();
            out.piece = {text.data(), text.size()};
        };
        switch (atom.op) {
            case Operator::In:
            case Operator::Eq:
            case Operator::Ne:
                out.kind = Step::Kind::Texts;
                out.negated = atom.op == Operator::Ne;
                out.texts = OneOfTexts::of(table);
                break;
            case Operator::Startswith: piece(Step::Kind::Beginning); break;
            case Operator::Endswith: piece(Step::Kind::End); break;
            case Operator::Contains: piece(Step::Kind::Part); break;
            case Operator::Regex: out.kind = Step::Kind::Regex; break;
            default: break;
        }
    }

    const PreparedProgram& program_;
    PackedGraph& out_;
    std::vector<Node> nodes_;
};

PackedGraph::PackedGraph(const PreparedProgram& program) { Builder(program, *this).run(); }

struct PackedGraph::Walk {
    const Step* steps;
    const Value* slots;
    Scratch& scratch;
    uint32_t event;
    uint32_t* known;

    bool holds(uint32_t at) const {
        while (at > kYes) at = is_true(steps[at]) ? steps[at].yes : steps[at].no;
        return at == kYes;
    }

    bool is_true(const Step& step) const {
        if (step.kind == Step::Kind::Shared) return recall(step);
        if (step.kind == Step::Kind::Other) return test(*step.table, slots, scratch);
        const Value& value = slots[step.slot];
        return value.present() && compare(step, value) != step.negated;
    }

    bool recall(const Step& step) const {
        uint32_t& memory = known[step.slot];
        if (memory >> 1 != event) memory = 2 * event + holds(step.entry);
        return (memory & 1) != 0;
    }

    static bool compare(const Step& step, const Value& value) {
        const auto& [text, size] = step.piece;
        auto stands_at = [&](size_t at) { return std::memcmp(value.data + at, text, size) == 0; };
        switch (step.kind) {
            case Step::Kind::Exists: return true;
            case Step::Kind::Number: return value.u - step.numbers.lowest <= step.numbers.span;
            case Step::Kind::Texts: return step.texts.contains(value);
            case Step::Kind::Beginning:
                return value.size >= size && value.data[0] == step.byte && stands_at(0);
            case Step::Kind::End:
                return value.size >= size && value.data[value.size - 1] == step.byte &&
                       stands_at(value.size - size);
            case Step::Kind::Part: return contains(value.text(), {text, size});
            default: return matches_regex(*step.table, value);
        }
    }
};

bool PackedGraph::holds(uint32_t rule, const Value* slots, Scratch& scratch, uint32_t event,
                        uint32_t* known) const {
    return Walk{steps_.data(), slots, scratch, event, known}.holds(rules_[rule]);
}

}  // namespace stoop
