#include "bench/grow.h"

#include <fmt/format.h>

#include <set>

namespace stoop::bench {
namespace {

// Without escapes, which not every text has: what cannot be written is written a little differently.
std::string quoted(std::string text) {
    if (text == "\\") return text + " ";
    std::erase(text, '"');
    return '"' + text + '"';
}

class Copy {
  public:
    Copy(const Plan& plan, size_t number) : plan_(plan), number_(number) {}

    std::string condition(const ConditionTree& tree, uint32_t at) const {
        const ConditionTree::Node& node = tree.nodes[at];
        switch (node.kind) {
            case ConditionTree::Kind::Atom: return atom(plan_.atoms[node.atom]);
            case ConditionTree::Kind::Macro: return condition(tree, node.children[0]);
            case ConditionTree::Kind::Not: return "not (" + condition(tree, node.children[0]) + ")";
            default: break;
        }
        std::string out = "(";
        for (uint32_t child : node.children) {
            if (out.size() > 1) out += node.kind == ConditionTree::Kind::And ? " and " : " or ";
            out += condition(tree, child);
        }
        return out + ")";
    }

  private:
    std::string atom(const Atom& atom) const {
        if (!has_texts(atom)) return atom.text;
        std::string texts;
        for (const Value& constant : atom.constants)
            texts += (texts.empty() ? "" : ", ") + quoted(varied(atom, constant.text()));
        bool list = atom.op == Operator::In || atom.op == Operator::Intersects;
        return fmt::format("{} {} {}", plan_.slots[atom.left.slot].ref.spelling,
                           operator_info(atom.op).spelling, list ? "(" + texts + ")" : texts);
    }

    static bool has_texts(const Atom& atom) {
        return atom.left.kind == Operand::Kind::Slot && !atom.right_is_operand &&
               atom.modifier == Modifier::None && atom.comparison == Comparison::Ordinary &&
               type_class(atom.left.type) == TypeClass::Text && atom.regexes.empty() && !atom.paths &&
               !atom.constants.empty();
    }

    std::string varied(const Atom& atom, std::string_view text) const {
        const std::string& field = plan_.slots[atom.left.slot].ref.spelling;
        // Falco's own words, which no rule could have others for.
        static const std::set<std::string_view> kWords = {"container.id",  "container.type", "fd.l4proto",
                                                          "fd.sockfamily", "fd.type",        "fd.typechar"};
        if (field.starts_with("evt.") || kWords.contains(field) || number_ == 0 || text == "\\")
            return std::string(text);
        return atom.op == Operator::Endswith ? fmt::format("{}{}", number_, text)
                                             : fmt::format("{}{}", text, number_);
    }

    const Plan& plan_;
    size_t number_;
};

}  // namespace

std::string grow(const Plan& plan, size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i) {
        const PlanRule& rule = plan.rules[i % plan.rules.size()];
        size_t number = i / plan.rules.size();
        out +=
            fmt::format("- rule: {} {}\n  desc: d\n  condition: >\n    {}\n  output: o\n  priority: INFO\n",
                        rule.name, number, Copy(plan, number).condition(rule.tree, rule.tree.root()));
    }
    return out;
}

}  // namespace stoop::bench
