#include "compiler/semantics/select_events.h"

namespace stoop {
namespace {

// A transformer whose last argument is a text makes Falco take the comparison for one that tells about event
// types: it may hold for all of them and, negated, for none.
bool ends_in_text(const Operand& operand) {
    if (operand.kind == Operand::Kind::Literal) return true;
    return !operand.arguments.empty() && ends_in_text(operand.arguments.back());
}

class Selection {
  public:
    Selection(const ConditionTree& tree, const TypedRuleset& rules, const EventTypes& types)
        : tree_(tree), rules_(rules), types_(types) {}

    // `not` is carried down to the comparisons.
    EventTypeSet select(uint32_t index, bool negated) const {
        const ConditionTree::Node& node = tree_.nodes[index];
        switch (node.kind) {
            case ConditionTree::Kind::Macro: return select(node.children[0], negated);
            case ConditionTree::Kind::Not: return select(node.children[0], !negated);
            case ConditionTree::Kind::Atom: return select(rules_.atoms[node.atom], negated);
            case ConditionTree::Kind::And:
            case ConditionTree::Kind::Or: break;
        }
        bool both = (node.kind == ConditionTree::Kind::And) != negated;
        EventTypeSet out = select(node.children[0], negated);
        for (size_t i = 1; i < node.children.size(); ++i) {
            EventTypeSet next = select(node.children[i], negated);
            out = both ? EventTypes::both(std::move(out), next) : EventTypes::either(std::move(out), next);
        }
        return out;
    }

  private:
    EventTypeSet select(const Atom& atom, bool negated) const {
        bool names = atom.op == Operator::Eq || atom.op == Operator::Ne || atom.op == Operator::In;
        const Operand& left = atom.left;
        if (left.kind == Operand::Kind::Transform && names && ends_in_text(left))
            return negated ? types_.none() : types_.all();
        if (left.kind != Operand::Kind::Slot || atom.modifier != Modifier::None) return types_.all();
        const FieldRef& ref = rules_.slots.ref(left.slot);
        if (!ref.field->selects || ref.has_argument) return types_.all();
        if (atom.op == Operator::Exists) return negated ? types_.none() : types_.all();
        if (!names || atom.right_is_operand) return types_.all();
        EventTypeSet out = types_.none();
        for (const Value& name : atom.constants) types_.add(out, name.text());
        return (atom.op == Operator::Ne) == negated ? out : EventTypes::complement(std::move(out));
    }

    const ConditionTree& tree_;
    const TypedRuleset& rules_;
    const EventTypes& types_;
};

}  // namespace

EventTypeSet select_events(const ConditionTree& tree, const TypedRuleset& rules, const EventTypes& types) {
    return Selection(tree, rules, types).select(tree.root(), false);
}

}  // namespace stoop
