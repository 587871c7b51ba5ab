// SPDX-License-Identifier: Apache-2.0
#include "compiler/describe.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/semantics/output_template.h"
#include "compiler/semantics/select_events.h"
#include "compiler/syntax/parser.h"
#include "runtime/base/text_map.h"

namespace stoop {
namespace {

// Macros can double in size at every step; nobody reads more.
constexpr size_t kLongestText = size_t{1} << 24;

class Describer {
  public:
    Describer(const Ruleset& ruleset, const Schema& schema) : ruleset_(ruleset), schema_(schema) {}

    ConditionDescription run(const ResolvedCondition& condition, const std::string& source) {
        append(condition.tree);
        collect(condition.tree);
        out_.events = schema_.event_types().listing(select_events(condition.tree, ruleset_, schema_));
        for (const ast::Expression* e : condition.macros) referred_.insert(e->macro);
        name_references(source);
        return std::move(out_);
    }

  private:
    void append(const ast::Expression& e) {
        std::string& out = out_.compiled;
        if (out.size() > kLongestText) return;
        switch (e.kind) {
            case ast::Expression::Kind::Macro: return append(ruleset_.macro(e.macro)->condition.tree);
            case ast::Expression::Kind::Comparison: out += ast::to_text(*e.comparison); return;
            case ast::Expression::Kind::Not: out += "not "; return append(e.children[0]);
            case ast::Expression::Kind::And:
            case ast::Expression::Kind::Or: break;
        }
        out += "(";
        for (const ast::Expression& child : e.children) {
            if (&child != &e.children.front()) out += e.kind == ast::Expression::Kind::And ? " and " : " or ";
            append(child);
        }
        out += ")";
    }

    void collect(const ast::Expression& e) {
        if (e.kind == ast::Expression::Kind::Macro && visited_.insert(e.macro).second)
            collect(ruleset_.macro(e.macro)->condition.tree);
        for (const ast::Expression& child : e.children) collect(child);
        if (!e.comparison) return;
        const ast::Comparison& c = *e.comparison;
        collect(c.left);
        if (c.right) collect(*c.right);
        if (names_events(c.left)) {
            for (const ast::Literal& literal : c.literals) collect_event(literal.text);
            if (c.right) collect_events(*c.right);
        }
        std::string modifier(modifier_name(c.modifier));
        out_.operators.insert(modifier.empty() ? c.op_text : c.op_text + " " + modifier);
    }

    void collect(const ast::Operand& operand) {
        if (operand.kind == ast::Operand::Kind::Field) {
            out_.fields.insert(ast::to_text(operand));
            const Field* field = schema_.exact(operand.name);
            if (field && !field->plugin.empty()) out_.plugins.insert(field->plugin);
        }
        for (const ast::Operand& argument : operand.arguments) collect(argument);
    }

    // Falco goes by the last field.
    static bool names_events(const ast::Operand& left) {
        if (left.kind == ast::Operand::Kind::Field)
            return !left.argument && (left.name == "evt.type" || left.name == "evt.asynctype");
        for (auto argument = left.arguments.rbegin(); argument != left.arguments.rend(); ++argument)
            if (has_field(*argument)) return names_events(*argument);
        return false;
    }
    static bool has_field(const ast::Operand& operand) {
        return operand.kind == ast::Operand::Kind::Field ||
               std::any_of(operand.arguments.begin(), operand.arguments.end(), has_field);
    }
    void collect_events(const ast::Operand& operand) {
        if (operand.kind == ast::Operand::Kind::Literal) collect_event(operand.text);
        for (const ast::Operand& argument : operand.arguments) collect_events(argument);
    }
    void collect_event(const std::string& name) {
        if (const Plugin* plugin = schema_.async_event_plugin(name)) out_.plugins.insert(plugin->name);
    }

    // Falco parses the text once more for these, before lists are filled in.
    void name_references(const std::string& source) {
        auto parsed = parse_condition(source, ruleset_.limits);
        if (parsed.node) name_references(*parsed.node);
    }
    void name_references(const ast::Expression& e) {
        // A list of the same name may have taken the macro's place.
        if (e.kind == ast::Expression::Kind::Macro && referred_.contains(e.macro))
            out_.macros.insert(e.macro);
        for (const ast::Expression& child : e.children) name_references(child);
        if (!e.comparison || !e.comparison->list) return;
        for (const ast::Literal& literal : e.comparison->literals)
            if (ruleset_.list_index.contains(literal.text)) out_.lists.insert(literal.text);
    }

    const Ruleset& ruleset_;
    const Schema& schema_;
    ConditionDescription out_;
    TextSet visited_;   // macros
    TextSet referred_;  // macros that the condition itself refers to
};

}  // namespace

ConditionDescription describe(const RuleDefinition& rule, const Compilation& rules, const Schema& schema) {
    ConditionDescription out =
        Describer(rules.ruleset, schema).run(rule.condition, rule.item.condition->text());
    if (const Plugin* plugin = schema.sourcing_plugin()) out.plugins.insert(plugin->name);
    for (const std::string& mention : rules.outcome(rule).output_mentions) {
        Schema::Lookup found = schema.find(mention);
        if (found.ref && !found.ref->field->plugin.empty()) out.plugins.insert(found.ref->field->plugin);
    }
    return out;
}

ConditionDescription describe(const MacroDefinition& macro, const Ruleset& ruleset, const Schema& schema) {
    return Describer(ruleset, schema).run(macro.condition, macro.item.condition.text());
}

ExceptionsDescription describe_exceptions(const RuleDefinition& rule) {
    ExceptionsDescription out;
    for (const ExceptionItem& exception : *rule.item.exceptions) {
        bool used = exception.values && !exception.values->empty();
        out.names.insert(exception.name.text());
        if (exception.fields && used)
            for (const MappedText& field : exception.fields->names) out.fields.insert(field.text());
        if (exception.comps)
            for (const MappedText& comp : exception.comps->names) out.operators.insert(comp.text());
    }
    return out;
}

size_t RuleCounts::checked() const {
    size_t out = all - skipped;
    for (const auto& [source, number] : unknown_sources) out -= number;
    return out;
}

RuleCounts count_rules(const Compilation& rules, const Schemas& schemas) {
    RuleCounts out;
    for (const RuleDefinition& rule : rules.ruleset.rules) {
        ++out.all;
        if (!schemas.find(rule.source()))
            ++out.unknown_sources[rule.source()];
        else if (rules.outcome(rule).skipped)
            ++out.skipped;
        else if (!rules.is_enabled(rule))
            ++out.disabled;
    }
    return out;
}

std::string compiled_output(const RuleDefinition& rule) {
    return without_container_info(*rule.item.output).text();
}

}  // namespace stoop
