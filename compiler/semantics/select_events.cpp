// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/select_events.h"

#include <map>

namespace stoop {
namespace {

// A transformer whose last argument is a text makes Falco take the comparison for one that tells about event
// types: it may hold for all of them and, negated, for none.
bool ends_in_text(const ast::Operand& operand) {
    if (operand.kind == ast::Operand::Kind::Literal) return true;
    return !operand.arguments.empty() && ends_in_text(operand.arguments.back());
}

class Selection {
  public:
    Selection(const Ruleset& ruleset, const Schema& schema) : ruleset_(ruleset), schema_(schema) {}

    // `not` is carried down to the comparisons.
    EventTypeSet select(const ast::Expression& e, bool negated) {
        switch (e.kind) {
            case ast::Expression::Kind::Macro: return of_macro(e.macro, negated);
            case ast::Expression::Kind::Not: return select(e.children[0], !negated);
            case ast::Expression::Kind::Comparison: return select_events(*e.comparison, negated, schema_);
            case ast::Expression::Kind::And:
            case ast::Expression::Kind::Or: break;
        }
        bool both = (e.kind == ast::Expression::Kind::And) != negated;
        EventTypeSet out = select(e.children[0], negated);
        for (size_t i = 1; i < e.children.size(); ++i) {
            EventTypeSet next = select(e.children[i], negated);
            out = both ? EventTypes::both(std::move(out), next) : EventTypes::either(std::move(out), next);
        }
        return out;
    }

  private:
    EventTypeSet of_macro(const std::string& name, bool negated) {
        const MacroDefinition* macro = ruleset_.macro(name);
        auto known = macros_.find({macro, negated});
        if (known != macros_.end()) return known->second;
        EventTypeSet out = select(macro->condition.tree, negated);
        macros_.emplace(std::pair(macro, negated), out);
        return out;
    }

    const Ruleset& ruleset_;
    const Schema& schema_;
    std::map<std::pair<const MacroDefinition*, bool>, EventTypeSet> macros_;
};

}  // namespace

EventTypeSet select_events(const ast::Comparison& comparison, bool negated, const Schema& schema) {
    const EventTypes& types = schema.event_types();
    bool names =
        comparison.op == Operator::Eq || comparison.op == Operator::Ne || comparison.op == Operator::In;
    const ast::Operand& left = comparison.left;
    if (comparison.modifier != Modifier::None) return types.all();
    if (left.kind == ast::Operand::Kind::Transformer && names && ends_in_text(left))
        return negated ? types.none() : types.all();
    const Field* field = left.kind == ast::Operand::Kind::Field ? schema.exact(left.name) : nullptr;
    if (!field || !field->selects || left.argument) return types.all();
    if (comparison.op == Operator::Exists) return negated ? types.none() : types.all();
    if (!names || comparison.right) return types.all();
    EventTypeSet out = types.none();
    for (const ast::Literal& name : comparison.literals) {
        types.add(out, name.text);
        if (schema.async_event_plugin(name.text)) types.add(out, kAsyncEvent);
    }
    return (comparison.op == Operator::Ne) == negated ? out : EventTypes::complement(std::move(out));
}

EventTypeSet select_events(const ast::Expression& condition, const Ruleset& ruleset, const Schema& schema) {
    return Selection(ruleset, schema).select(condition, false);
}

}  // namespace stoop
