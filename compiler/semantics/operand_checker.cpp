#include "compiler/semantics/operand_checker.h"

#include <fmt/format.h>

#include <algorithm>

namespace stoop {
namespace {

struct TransformerRow {
    std::string_view name;
    Transformer transformer;
    size_t least, most;  // arguments
};

constexpr size_t kAny = SIZE_MAX;
constexpr TransformerRow kTransformers[] = {
    {"tolower", Transformer::Tolower, 1, 1},  {"toupper", Transformer::Toupper, 1, 1},
    {"b64", Transformer::B64, 1, 1},          {"basename", Transformer::Basename, 1, 1},
    {"len", Transformer::Len, 1, 1},          {"join", Transformer::Join, 2, 2},
    {"concat", Transformer::Concat, 2, kAny}, {"getopt", Transformer::Getopt, 2, 2},
};

const TransformerRow& transformer_row(std::string_view name) {
    return *std::find_if(std::begin(kTransformers), std::end(kTransformers),
                         [&](const TransformerRow& row) { return row.name == name; });
}

bool is_text(const Operand& operand) { return type_class(operand.type) == TypeClass::Text; }

bool is_getopt_list(const ast::Operand& operand) {
    return operand.kind == ast::Operand::Kind::Transformer && operand.name == "getopt" && !operand.argument;
}

}  // namespace

std::optional<Transformer> transformer_from(std::string_view name) {
    for (const TransformerRow& row : kTransformers)
        if (row.name == name) return row.transformer;
    return std::nullopt;
}

std::string help_for(const OperandProblem& problem, const Schema& schema) {
    if (problem.unknown.empty()) return problem.help;
    std::string near = problem.problem == Problem::UnknownEventType
                           ? schema.suggest_event_type(problem.unknown)
                           : schema.suggest(problem.unknown);
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
               operand.range,         found.unknown_argument};
    if (!found.error.starts_with("no such field")) problem->label = "not a valid field";
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
                if (std::string fault = argument_fault(element); !fault.empty() || !text) {
                    if (fault.empty())
                        fault = fmt::format("{} cannot be an element of a list",
                                            type_name(checked->type, checked->list));
                    problem = {Problem::BadTransformer, fault, "", "", element.range};
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
std::string OperandChecker::argument_fault(const ast::Operand& argument) const {
    if (argument.kind != ast::Operand::Kind::Field) return "";
    std::optional<OperandProblem> ignored;
    auto ref = field(argument, ignored);
    if (!ref || ref->field->transformer) return "";
    return fmt::format("field '{}' does not support transformers", ref->spelling);
}

std::optional<Operand> OperandChecker::transformer(const ast::Operand& source,
                                                   std::optional<OperandProblem>& problem) {
    const TransformerRow& row = transformer_row(source.name);
    Operand out;
    out.kind = Operand::Kind::Transform;
    out.transformer = row.transformer;
    auto fault = [&](std::string message, ast::Range range) {
        problem = {Problem::BadTransformer, std::move(message), "", "", range};
        return std::nullopt;
    };
    for (const ast::Operand& argument : source.arguments) {
        if (std::string why = argument_fault(argument); !why.empty()) return fault(why, argument.range);
        auto checked = check(argument, problem);
        if (!checked) return std::nullopt;
        out.arguments.push_back(std::move(*checked));
    }
    size_t count = source.arguments.size();
    if (count < row.least || count > row.most)
        return fault(
            fmt::format("{}() takes {} {}, not {}", row.name,
                        row.most == kAny ? fmt::format("at least {}", row.least) : std::to_string(row.least),
                        row.least == 1 ? "argument" : "arguments", count),
            source.range);
    if (source.argument && row.transformer != Transformer::Getopt)
        return fault(fmt::format("{}() takes nothing in brackets", row.name), source.range);
    if (std::string why = fit(source, out); !why.empty()) return fault(why, source.range);
    return out;
}

// Whether the arguments are of types that the transformer takes, and what it yields then.
std::string OperandChecker::fit(const ast::Operand& source, Operand& out) const {
    const Operand& first = out.arguments[0];
    bool bytes = first.type == Type::BYTEBUF;
    switch (out.transformer) {
        case Transformer::Tolower:
        case Transformer::Toupper:
        case Transformer::Basename:
        case Transformer::B64:
            if (!is_text(first) && !(bytes && out.transformer == Transformer::B64))
                return fmt::format("{}() cannot be applied to {}", source.name,
                                   type_name(first.type, first.list));
            out.type = first.type;
            out.list = first.list;
            return "";
        case Transformer::Len:
            if (!is_text(first) && !bytes && !first.list)
                return fmt::format("len() cannot be applied to {}", type_name(first.type, first.list));
            out.type = Type::UINT64;
            // A number made from a text is printed as Falco does: not at all (spec: output.md §2).
            out.print = first.list ? PrintFormat::Decimal : PrintFormat::None;
            return "";
        case Transformer::Join:
            if (first.list || !is_text(first))
                return "the first argument of join() must be a text, the separator";
            if (!out.arguments[1].list || is_getopt_list(source.arguments[1]))
                return "the second argument of join() must be a list";
            return "";
        case Transformer::Concat:
            for (const Operand& argument : out.arguments)
                if (argument.list || !is_text(argument)) return "the arguments of concat() must be texts";
            return "";
        case Transformer::Getopt:
            if (!first.list || is_getopt_list(source.arguments[0]))
                return "the first argument of getopt() must be a list";
            if (out.arguments[1].list || !is_text(out.arguments[1]) || !is_text(first))
                return "the second argument of getopt() must be a text, the option letters";
            if (source.argument && source.argument->size() != 1)
                return "what is in getopt's brackets must be one option letter";
            out.list = !source.argument;
            out.selector = source.argument ? (*source.argument)[0] : '\0';
            return "";
    }
    return "";
}

}  // namespace stoop
