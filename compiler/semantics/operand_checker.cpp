// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/operand_checker.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/semantics/falco_words.h"
#include "compiler/semantics/field_synonyms.h"

namespace stoop {
namespace {

constexpr const char* kOptionLetters = "the second argument of getopt() must be a text, the option letters";

bool is_text(const Operand& operand) { return type_class(operand.type) == TypeClass::Text; }

bool is_getopt_list(const ast::Operand& operand) {
    return operand.kind == ast::Operand::Kind::Transformer && operand.name == "getopt" && !operand.argument;
}

}  // namespace

std::string help_for(const OperandProblem& problem, const Schema& schema) {
    if (problem.unknown.empty()) return problem.help;
    bool event_type = problem.problem == Problem::UnknownEventType;
    if (!event_type)
        if (std::string plugin = plugin_of_field(problem.unknown, schema); !plugin.empty()) return plugin;
    std::string near =
        event_type ? schema.suggest_event_type(problem.unknown) : synonym_of_field(problem.unknown, schema);
    if (near.empty() && !event_type) near = schema.suggest(problem.unknown);
    return near.empty() ? problem.help : fmt::format("did you mean '{}'?", near);
}

std::optional<FieldRef> OperandChecker::field(const ast::Operand& operand,
                                              std::optional<OperandProblem>& problem) const {
    std::optional<std::string_view> argument;
    if (operand.argument) argument = *operand.argument;
    Schema::Lookup found = schema_.find(operand.name, argument);
    if (found.ref) return std::move(found.ref);
    problem = {Problem::UnknownField, found.error,
               "unknown field",       "'stoop fields' lists all fields",
               operand.range,         falco_no_field(operand, schema_)};
    if (!found.error.starts_with("no such field")) problem->label = "not a valid field";
    if (!found.instead.empty()) {
        problem->help = "write " + found.instead;
        return std::nullopt;
    }
    problem->unknown = operand.name;
    if (argument) problem->unknown += fmt::format("[{}]", *argument);
    return std::nullopt;
}

std::optional<Operand> OperandChecker::check(const ast::Operand& operand,
                                             std::optional<OperandProblem>& problem,
                                             std::optional<FieldRef>* ref) {
    Operand out;
    switch (operand.kind) {
        case ast::Operand::Kind::Field: {
            auto found = field(operand, problem);
            if (!found) return std::nullopt;
            out.kind = Operand::Kind::Slot;
            out.type = found->type;
            out.list = found->field->list;
            out.print = found->print;
            out.slot = slots_.slot(*found);
            if (ref) *ref = std::move(found);
            return out;
        }
        case ast::Operand::Kind::Literal:
            out.kind = Operand::Kind::Literal;
            out.literal = Value::of_text(constants_.copy(operand.text));
            return out;
        case ast::Operand::Kind::List:
            out.kind = Operand::Kind::List;
            out.list = true;
            for (const ast::Operand& element : operand.arguments) {
                auto checked = check(element, problem);
                if (!checked) return std::nullopt;
                bool text = is_text(*checked) || checked->type == Type::INT64 ||
                            checked->type == Type::UINT64 || checked->type == Type::PID;
                if (Fault fault = argument_fault(element); !fault.message.empty() || !text) {
                    if (fault.message.empty())
                        fault.message = fmt::format("{} cannot be an element of a list",
                                                    type_name(checked->type, checked->list));
                    problem = {Problem::BadTransformer, fault.message, "", "", element.range, fault.falco};
                    return std::nullopt;
                }
                out.arguments.push_back(std::move(*checked));
            }
            return out;
        case ast::Operand::Kind::Transformer: return transformer(operand, problem);
    }
    return std::nullopt;
}

// A field that takes no transformer may not be an argument of one.
OperandChecker::Fault OperandChecker::argument_fault(const ast::Operand& argument) const {
    if (argument.kind != ast::Operand::Kind::Field) return {};
    std::optional<OperandProblem> ignored;
    auto ref = field(argument, ignored);
    if (!ref || ref->field->transformer) return {};
    constexpr const char* kMessage = "field '{}' does not support transformers";
    return {fmt::format(kMessage, ref->spelling), fmt::format(kMessage, ref->field->name)};
}

std::optional<Operand> OperandChecker::transformer(const ast::Operand& source,
                                                   std::optional<OperandProblem>& problem) {
    const TransformerInfo& row = transformer_info(*transformer_from(source.name));
    Operand out;
    out.kind = Operand::Kind::Transform;
    out.transformer = row.transformer;
    auto fail = [&](Fault fault, ast::Range range) {
        problem = {Problem::BadTransformer, std::move(fault.message), "", "", range, std::move(fault.falco)};
        return std::nullopt;
    };
    for (const ast::Operand& argument : source.arguments) {
        if (Fault fault = argument_fault(argument); !fault.message.empty())
            return fail(fault, argument.range);
        auto checked = check(argument, problem);
        if (!checked) return std::nullopt;
        out.arguments.push_back(std::move(*checked));
    }
    size_t count = source.arguments.size();
    if (count < row.least || count > row.most)
        return fail(
            {fmt::format("{}() takes {} {}, not {}", row.name,
                         row.most == TransformerInfo::kAny ? fmt::format("at least {}", row.least)
                                                           : std::to_string(row.least),
                         row.least == 1 ? "argument" : "arguments", count),
             count == 1 ? fmt::format("unknown field transfomer '{}'", row.name)
                        : fmt::format("{}() requires exactly 2 arguments: {}", row.name,
                                      row.transformer == Transformer::Join ? "separator and list"
                                                                           : "args list and optstring")},
            source.range);
    if (source.argument && row.transformer != Transformer::Getopt)
        return fail(
            {fmt::format("{}() takes nothing in brackets", row.name),
             fmt::format("filter error: transformer '{}' does not support field arguments", row.name)},
            source.range);
    if (source.argument && source.argument->size() == 1) out.selector = (*source.argument)[0];
    if (Fault fault = fit(source, out); !fault.message.empty()) return fail(fault, source.range);
    std::vector<ValueForm> forms;
    for (const Operand& argument : out.arguments) forms.push_back(argument.form());
    const ValueForm form = *form_of_result(out.transformer, forms, out.selector != 0);
    out.type = form.type;
    out.list = form.list;
    out.print = form.print;
    return out;
}

// Whether the arguments are of types that the transformer takes.
OperandChecker::Fault OperandChecker::fit(const ast::Operand& source, const Operand& out) const {
    const Operand& first = out.arguments[0];
    bool bytes = first.type == Type::BYTEBUF;
    auto not_for_type = [&]() -> Fault {
        return {fmt::format("{}() cannot be applied to {}", source.name, type_name(first.type, first.list)),
                falco_no_transformer(source, first.type, first.list)};
    };
    switch (out.transformer) {
        case Transformer::Tolower:
        case Transformer::Toupper:
        case Transformer::Basename:
        case Transformer::B64:
            if (!is_text(first) && !(bytes && out.transformer == Transformer::B64)) return not_for_type();
            return {};
        case Transformer::Len:
            if (!is_text(first) && !bytes && !first.list) return not_for_type();
            return {};
        case Transformer::Join:
            if (first.list || !is_text(first))
                return {"the first argument of join() must be a text, the separator",
                        "join() first argument (separator) must be a single value, not a list"};
            if (!out.arguments[1].list || is_getopt_list(source.arguments[1]))
                return {"the second argument of join() must be a list",
                        "join() second argument must be a list"};
            return {};
        case Transformer::Concat:
            for (const Operand& argument : out.arguments)
                if (argument.list || !is_text(argument))
                    return {"the arguments of concat() must be texts", "concat() arguments must be strings"};
            return {};
        case Transformer::Getopt:
            if (!first.list || is_getopt_list(source.arguments[0]))
                return {"the first argument of getopt() must be a list",
                        "getopt() first argument must be a list"};
            if (out.arguments[1].list)
                return {kOptionLetters, "getopt() second argument (optstring) must be a single value"};
            if (!is_text(out.arguments[1]) || !is_text(first))
                return {kOptionLetters, "getopt() arguments must be strings"};
            if (source.argument && source.argument->size() != 1)
                return {"what is in getopt's brackets must be one option letter",
                        "getopt() field argument must be a single option character"};
            return {};
    }
    return {};
}

}  // namespace stoop
