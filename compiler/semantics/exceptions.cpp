// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/exceptions.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/semantics/list_names.h"
#include "compiler/semantics/operand_checker.h"
#include "compiler/syntax/operator_words.h"
#include "compiler/syntax/parser.h"
#include "runtime/base/counted.h"
#include "runtime/event/schema.h"

namespace stoop {
namespace {

// `startswith oneof`: an operator that takes a text or number, one blank, a modifier.
bool is_modified_operator(std::string_view text) {
    size_t blank = text.find(' ');
    if (blank == text.npos) return false;
    std::string_view modifier = text.substr(blank + 1);
    auto op = operator_from(text.substr(0, blank));
    return op && operator_info(*op).right == RightSide::String &&
           (modifier == "oneof" || modifier == "anyof" || modifier == "allof");
}

bool takes_list(std::string_view comparison) {
    auto op = operator_from(comparison);
    return is_modified_operator(comparison) || (op && operator_info(*op).right == RightSide::List);
}

// For a word that is no operator.
std::string help_for_operator(std::string_view word) {
    if (const OperatorWord* row = find_operator_word(word); row && !row->negated)
        return fmt::format("did you mean '{}'?", row->meant);
    std::string near = nearest_operator(word);
    return near.empty() ? "" : fmt::format("did you mean '{}'?", near);
}

bool is_given(const std::optional<ExceptionNames>& names) { return names && !names->names.empty(); }

class Checker {
  public:
    Checker(const ExceptionOwner& owner, Diagnostics& diagnostics)
        : owner_(owner), diagnostics_(diagnostics) {}

    // Checks the shape and fills in the comparisons that are not given.
    bool complete(ExceptionItem& exception) {
        if (!exception.fields || exception.fields->names.empty())
            return fail(exception.fields ? exception.span : exception.name.span(), exception, "has no fields",
                        "name the fields that its values are for: 'fields: [proc.name]'",
                        "Rule exception item must have fields property with a list of fields");
        return exception.fields->list ? complete_list(exception) : complete_single(exception);
    }

    bool fail(Span span, const ExceptionItem& exception, const std::string& what, std::string help = "",
              std::string falco = "") {
        diagnostics_.report(
            {Problem::BadException,
             fmt::format("exception '{}' of rule '{}' {}", exception.name.text(), owner_.rule, what),
             true,
             span,
             "",
             {},
             std::move(help),
             context(exception, std::move(falco))});
        return false;
    }

  private:
    FalcoContext context(const ExceptionItem& exception, std::string falco) const {
        return owner_.falco.in("exception", exception.name.text(), exception.span).saying(std::move(falco));
    }

    bool complete_list(ExceptionItem& exception) {
        auto& fields = exception.fields->names;
        if (!exception.comps || (exception.comps->list && exception.comps->names.empty())) {
            exception.comps.emplace().list = true;
            for (const MappedText& field : fields) {
                Span at = field.span();
                exception.comps->names.emplace_back().append_pinned("=", at.file, at.begin);
            }
        }
        auto& comps = exception.comps->names;
        if (!exception.comps->list || comps.size() != fields.size())
            return fail(exception.span, exception,
                        exception.comps->list
                            ? fmt::format("has {} fields and {} comparisons", fields.size(), comps.size())
                            : "has a list of fields but a single comparison",
                        "give one comparison a field", "Fields and comps lists must have equal length");
        for (MappedText& comp : comps) {
            comp = comp.trimmed();
            if (operator_from(comp.text()) || is_modified_operator(comp.text())) continue;
            return fail(comp.span(), exception,
                        fmt::format("compares with '{}', which is not an operator", comp.text()),
                        help_for_operator(comp.text()),
                        fmt::format("'{}' is not a supported comparison operator", comp.text()));
        }
        return std::all_of(fields.begin(), fields.end(),
                           [&](const MappedText& field) { return check_field(exception, field); });
    }

    bool complete_single(ExceptionItem& exception) {
        const MappedText& field = exception.fields->names[0];
        if (!exception.comps || (exception.comps->list && exception.comps->names.empty())) {
            Span at = field.span();
            exception.comps.emplace().names.emplace_back().append_pinned(owner_.replaced ? "" : "in", at.file,
                                                                         at.begin);
            if (owner_.replaced) return true;  // an operator is missing in the condition then
        }
        if (exception.comps->list)
            return fail(exception.span, exception, "has one field but a list of comparisons",
                        "write both as one value or both as lists", "Fields and comps must both be strings");
        MappedText& comp = exception.comps->names[0];
        comp = comp.trimmed();
        bool fits = comp.text() == "in" || comp.text() == "pmatch" || comp.text() == "intersects" ||
                    is_modified_operator(comp.text());
        if (!fits)
            return fail(
                comp.span(), exception, fmt::format("compares one field with '{}'", comp.text()),
                "use in, pmatch, intersects, or an operator with a modifier, such as 'startswith anyof'",
                "When fields is a single value, comps must be one of (in, pmatch, intersects) or a modifier "
                "operator (e.g. startswith oneof)");
        return check_field(exception, field);
    }

    bool check_field(const ExceptionItem& exception, const MappedText& field) {
        if (!owner_.schema) return true;
        auto parsed = parse_reference(field.text());
        std::optional<OperandProblem> problem;
        SlotTable slots;
        Arena constants;
        if (parsed.node && OperandChecker(*owner_.schema, slots, constants).check(*parsed.node, problem))
            return true;
        return fail(field.span(), exception, fmt::format("names '{}', which is not a field", field.text()),
                    problem ? help_for(*problem, *owner_.schema) : "",
                    fmt::format("'{}' is not a supported filter field", field.text()));
    }

    const ExceptionOwner& owner_;
    Diagnostics& diagnostics_;
};

void add(MappedText& out, std::string_view text, Span at) { out.append_pinned(text, at.file, at.begin); }

// (v1, v2)
void add_list(MappedText& out, const std::vector<ExceptionValue>& values, Span at) {
    add(out, "(", at);
    for (const ExceptionValue& value : values) {
        if (&value != &values.front()) add(out, ", ", value.span);
        append_quoted(out, value.text);
    }
    add(out, ")", at);
}

void add_operand(MappedText& out, const MappedText& comparison, const ExceptionValue& value) {
    if (value.list) return add_list(out, value.items, value.span);
    if (!takes_list(comparison.text())) return append_quoted(out, value.text);
    bool open = value.text.text().starts_with('(');
    if (!open) add(out, "(", value.span);
    out.append(value.text);
    if (!open) add(out, ")", value.span);
}

// False if the values do not fit the fields.
bool add_exception(MappedText& out, const ExceptionItem& exception, Checker& checker) {
    const auto& fields = exception.fields->names;
    const auto& comps = exception.comps->names;
    Span at = exception.span;
    if (!exception.fields->list) {
        for (const ExceptionValue& value : *exception.values)
            if (value.list)
                return checker.fail(value.span, exception,
                                    "has one field, so each of its values must be a text", "",
                                    "Expected values array to contain a list of strings");
        add(out, "(", at);
        out.append(fields[0]);
        add(out, " ", at);
        out.append(comps[0]);
        add(out, " ", at);
        add_list(out, *exception.values, at);
        add(out, ")", at);
        return true;
    }
    add(out, "(", at);
    for (const ExceptionValue& tuple : *exception.values) {
        if (!tuple.list || tuple.items.size() != fields.size())
            return checker.fail(
                tuple.span, exception,
                fmt::format("has {}, but this element has {}", counted(fields.size(), "field"),
                            counted(tuple.items.size(), "value")),
                "each element of 'values' is a list with one value a field",
                "Fields and values lists must have equal length");
        add(out, &tuple == &exception.values->front() ? "(" : " or (", tuple.span);
        for (size_t i = 0; i < fields.size(); ++i) {
            // The blanks are Falco's; places that it reports count them.
            add(out, i > 0 ? " and  " : " ", tuple.span);
            out.append(fields[i]);
            add(out, " ", tuple.span);
            out.append(comps[i]);
            add(out, " ", tuple.span);
            add_operand(out, comps[i], tuple.items[i]);
        }
        add(out, ")", tuple.span);
    }
    add(out, ")", at);
    return true;
}

}  // namespace

std::optional<std::vector<ExceptionItem>> define_exceptions(std::vector<ExceptionItem> exceptions,
                                                            const ExceptionOwner& owner,
                                                            Diagnostics& diagnostics) {
    Checker checker(owner, diagnostics);
    for (ExceptionItem& exception : exceptions)
        if (!checker.complete(exception)) return std::nullopt;
    return exceptions;
}

TextMap<size_t> index_exceptions(const std::vector<ExceptionItem>& exceptions) {
    TextMap<size_t> out;
    for (size_t i = 0; i < exceptions.size(); ++i) out.try_emplace(exceptions[i].name.text(), i);
    return out;
}

bool append_exceptions(std::vector<ExceptionItem>& to, TextMap<size_t>& index,
                       std::vector<ExceptionItem> more, const ExceptionOwner& owner,
                       Diagnostics& diagnostics) {
    Checker checker(owner, diagnostics);
    for (ExceptionItem& exception : more) {
        auto known = index.find(exception.name.text());
        if (known == index.end()) {
            if (!is_given(exception.fields))
                return checker.fail(exception.name.span(), exception, "is new and has no fields",
                                    "name the fields that its values are for: 'fields: [proc.name]'",
                                    "Rule exception must have fields property with a list of fields");
            if (!exception.values || exception.values->empty())
                return checker.fail(exception.name.span(), exception, "is new and has no values", "",
                                    "Rule exception must have values property with a list of values");
            if (!checker.complete(exception)) return false;
            index.emplace(exception.name.text(), to.size());
            to.push_back(std::move(exception));
            continue;
        }
        if (is_given(exception.fields) || is_given(exception.comps))
            return checker.fail(exception.name.span(), exception,
                                "exists already, so only values can be appended to it",
                                "leave out 'fields' and 'comps'",
                                fmt::format("Can not append exception {} to existing exception, only values",
                                            is_given(exception.fields) ? "fields" : "comps"));
        if (!exception.values) continue;
        std::optional<std::vector<ExceptionValue>>& values = to[known->second].values;
        if (!values) values.emplace();
        values->insert(values->end(), exception.values->begin(), exception.values->end());
    }
    return true;
}

std::optional<MappedText> with_exceptions(const MappedText& condition,
                                          const std::vector<ExceptionItem>& exceptions,
                                          const ExceptionOwner& owner, Diagnostics& diagnostics) {
    if (exceptions.empty()) return condition;
    Span begin = condition.span(0, 1);
    MappedText out;
    add(out, "(", begin);
    out.append(condition);
    add(out, ")", begin);
    Checker checker(owner, diagnostics);
    for (const ExceptionItem& exception : exceptions) {
        if (!exception.values || exception.values->empty()) continue;
        add(out, " and not ", exception.span);
        if (!add_exception(out, exception, checker)) return std::nullopt;
    }
    return out;
}

}  // namespace stoop
