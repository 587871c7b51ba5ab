// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/comparison_checker.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "compiler/semantics/falco_words.h"
#include "compiler/semantics/literal.h"
#include "compiler/semantics/useless.h"

namespace stoop {
namespace {

std::string allowed_operators(Type type, bool list) {
    std::string out;
    for (const OperatorInfo& info : all_operators())
        if (info.allows(type, list)) out += fmt::format("{}{}", out.empty() ? "" : " ", info.spelling);
    return out;
}

// What the whole of `text` is, if it may be a slip for something else than a text.
std::string mistaken_for(std::string_view text, const Schema& schema) {
    std::string name(text);
    name.erase(std::remove(name.begin(), name.end(), ' '), name.end());
    // Nearly no operand is one: what else may have been meant must not be looked for.
    if (schema.knows(name.substr(0, name.find('['))) && schema.find(name).ref) return "field";
    size_t open = name.find('(');
    if (open == name.npos || !name.ends_with(')')) return "";
    bool known = name.substr(0, open) == "val" || transformer_from(name.substr(0, open));
    return known ? "field transformer" : "";
}

bool is_unsafe_with_na(const ast::Comparison& source) {
    bool names = source.left.name.starts_with("ka.") || source.left.name.starts_with("jevt.");
    bool compares = source.op == Operator::Eq || source.op == Operator::Ne || source.op == Operator::In ||
                    source.op == Operator::Intersects || source.op == Operator::Pmatch;
    return names && compares && source.left.kind == ast::Operand::Kind::Field &&
           std::any_of(source.literals.begin(), source.literals.end(),
                       [](const ast::Literal& literal) { return literal.text == "<NA>"; });
}

// A pattern that means no more than a text (spec: condition-language.md §16): that text, and with `.*` before
// or behind it the operator that means the same. `.+` and `.?` have no operator.
struct PlainPattern {
    std::string_view text;
    std::string_view op;
};
std::optional<PlainPattern> plain_pattern(std::string_view pattern) {
    constexpr std::string_view kAnything[] = {".*", ".+", ".?"};
    if (pattern.starts_with('^')) pattern.remove_prefix(1);
    if (pattern.ends_with('$')) pattern.remove_suffix(1);
    std::string_view before, behind;
    for (std::string_view any : kAnything)
        if (before.empty() && pattern.starts_with(any)) {
            before = any;
            pattern.remove_prefix(any.size());
        }
    for (std::string_view any : kAnything)
        if (behind.empty() && pattern.ends_with(any)) {
            behind = any;
            pattern.remove_suffix(any.size());
        }
    if (pattern.find_first_of(".+*?^$()[]{}|\\") != pattern.npos) return std::nullopt;
    bool exact = (before.empty() || before == ".*") && (behind.empty() || behind == ".*");
    return PlainPattern{pattern, !exact           ? ""
                                 : before.empty() ? (behind.empty() ? "=" : "startswith")
                                                  : (behind.empty() ? "endswith" : "contains")};
}

}  // namespace

std::optional<Atom> ComparisonChecker::check(const ast::Comparison& source,
                                             std::vector<OperandProblem>& problems,
                                             std::vector<ComparisonWarning>& warnings) {
    problems_ = &problems;
    field_.reset();
    warn_of_fields(source, warnings);
    auto left = check_operand(source.left, field_);
    if (!left) {
        if (std::optional<FieldRef> ignored; source.right) check_operand(*source.right, ignored);
        return std::nullopt;
    }
    Atom atom;
    atom.left = std::move(*left);
    atom.op = source.op;
    atom.modifier = source.modifier;
    if (field_) atom.comparison = field_->comparison;
    if (!check_operator(source, atom)) return std::nullopt;
    if (source.right ? !check_right_operand(source, atom) : !check_literals(source, atom))
        return std::nullopt;
    if (atom.op == Operator::Regex && !compile_regexes(source, atom)) return std::nullopt;
    warn_of_literals(source, warnings);
    warn_of_useless_values(source, field_ ? &*field_ : nullptr, warnings);
    return atom;
}

std::optional<Operand> ComparisonChecker::check_operand(const ast::Operand& operand,
                                                        std::optional<FieldRef>& field) {
    std::optional<OperandProblem> problem;
    auto out = operands_.check(operand, problem, &field);
    if (problem) problems_->push_back(std::move(*problem));
    return out;
}

void ComparisonChecker::warn_of_fields(const ast::Comparison& source,
                                       std::vector<ComparisonWarning>& warnings) const {
    if (is_unsafe_with_na(source))
        warnings.push_back(
            {Problem::UnsafeNaCheck,
             fmt::format("'{}' is compared with the text '<NA>'", ast::to_text(source.left)),
             fmt::format("to ask whether there is a value: {} exists", ast::to_text(source.left)), "",
             source.left.range});
    auto visit = [&](auto& self, const ast::Operand& operand) -> void {
        if (operand.kind == ast::Operand::Kind::Field) {
            const Field* field = schema_.exact(operand.name);
            if (field && !field->deprecation.empty())
                warnings.push_back(
                    {Problem::Deprecated,
                     fmt::format("field '{}' is deprecated: {}", field->name, field->deprecation), "",
                     field->deprecation, operand.range, field});
        }
        for (const ast::Operand& argument : operand.arguments) self(self, argument);
    };
    visit(visit, source.left);
    if (source.right) visit(visit, *source.right);
}

void ComparisonChecker::warn_of_literals(const ast::Comparison& source,
                                         std::vector<ComparisonWarning>& warnings) const {
    for (const ast::Literal& literal : source.literals) {
        const std::string& text = literal.text;
        if (auto plain = source.op == Operator::Regex ? plain_pattern(text) : std::nullopt)
            warnings.push_back(
                {Problem::SuspectOperand, fmt::format("the pattern '{}' is a plain text", text),
                 plain->op.empty() || plain->text.empty()
                     ? "the whole value has to match; other operators are faster"
                     : fmt::format("the same{}, and faster: {} {} {}",
                                   plain->op == "=" ? "" : " for values without line breaks",
                                   ast::to_text(source.left), plain->op,
                                   ast::to_text(ast::Literal{std::string(plain->text), {}})),
                 fmt::format("regex check with '{}' may be optimized with simpler operators such "
                             "as '=', 'contains', 'startswith', 'endswith'",
                             text),
                 literal.range});
        std::string other = mistaken_for(text, schema_);
        if (other.empty()) continue;
        warnings.push_back(
            {Problem::SuspectOperand,
             fmt::format("'{}' is compared as a text here, not as a {}", text, other),
             other != "field" ? "to compare with the transformed value, leave out the quotes"
             : source.list ? fmt::format("to compare with the field's value, beside the list: {} = val({})",
                                         ast::to_text(source.left), text)
                           : fmt::format("to compare with the field's value: val({})", text),
             fmt::format("'{}' may be a valid {} misused as a const string value", text, other),
             literal.range});
    }
}

bool ComparisonChecker::check_operator(const ast::Comparison& source, const Atom& atom) {
    if (atom.comparison == Comparison::Around && atom.op != Operator::Eq)
        return fail(Problem::OperatorType, source.op_range, "", "evt.around can be compared with '=' only",
                    "use '='");
    if (operator_info(atom.op).allows(atom.left.type, atom.left.list)) return true;
    std::string type = type_name(atom.left.type, atom.left.list);
    return fail(
        Problem::OperatorType, source.op_range, falco_no_operator(source, atom.left.type, atom.left.list),
        fmt::format("operator '{}' cannot compare '{}', which is of type {}", source.op_text,
                    to_text(source.left), type),
        "not for this type",
        fmt::format("{} can be compared with: {}", type, allowed_operators(atom.left.type, atom.left.list)));
}

// How Falco calls an operand: by its field, without the argument.
static std::string subject(const ast::Operand& operand, const std::optional<FieldRef>& field) {
    return field ? field->field->name : falco_subject(operand);
}

bool ComparisonChecker::stands_for(const ast::Operand& operand, bool Field::*property) const {
    if (operand.kind == ast::Operand::Kind::Field) {
        std::optional<OperandProblem> ignored;
        auto ref = operands_.field(operand, ignored);
        return ref && ref->field->*property;
    }
    return operand.kind == ast::Operand::Kind::Transformer && operand.arguments.size() == 1 &&
           stands_for(operand.arguments[0], property);
}

bool ComparisonChecker::check_right_operand(const ast::Comparison& source, Atom& atom) {
    std::optional<FieldRef> right_field;
    auto right = check_operand(*source.right, right_field);
    if (!right) return false;
    ast::Range range = source.right->range;
    if (!operator_info(atom.op).field_on_right)
        return fail(Problem::BadRightField, range, falco_no_right_field(source.op),
                    fmt::format("operator '{}' cannot take a field on its right side", source.op_text), "",
                    "it needs its operands before the first event");
    if (field_ && !field_->field->right_side)
        return fail(Problem::BadRightField, range,
                    fmt::format("field '{}' doesn't support right-hand side fields", field_->field->name),
                    fmt::format("field '{}' cannot be compared with another field", field_->spelling));
    if (right_field && !right_field->field->right_side)
        return fail(
            Problem::BadRightField, range,
            fmt::format("field '{}' can't be used as a right-hand side field", right_field->field->name),
            fmt::format("field '{}' cannot be a right side", right_field->spelling));
    if (type_class(atom.left.type) == TypeClass::Network)
        return fail(Problem::BadRightField, range,
                    "field type 'IPNET' doesn't support right-hand side fields",
                    "a network cannot be compared with another field");
    if (right->type != atom.left.type || right->list != atom.left.list)
        return fail(
            Problem::BadRightField, range,
            fmt::format("field '{}' has type '{}' while the right-hand side field '{}' has incompatible "
                        "type '{}'",
                        subject(source.left, field_), falco_type(atom.left.type, atom.left.list),
                        subject(*source.right, right_field), falco_type(right->type, right->list)),
            fmt::format("'{}' is of type {} but '{}' of type {}", to_text(source.left),
                        type_name(atom.left.type, atom.left.list), to_text(*source.right),
                        type_name(right->type, right->list)),
            "", "both sides must be of the same type");
    bool selects = atom.op == Operator::Eq || atom.op == Operator::Ne || atom.op == Operator::In;
    if (selects && stands_for(source.left, &Field::selects))
        return fail(Problem::BadRightField, range, "",
                    "the type of an event can be compared with names only");
    atom.right_is_operand = true;
    atom.right = std::move(*right);
    return true;
}

bool ComparisonChecker::check_literals(const ast::Comparison& source, Atom& atom) {
    if (atom.op == Operator::Exists) return true;
    bool event_types = stands_for(source.left, &Field::event_types);
    bool selects = atom.op == Operator::Eq || atom.op == Operator::Ne || atom.op == Operator::In;
    if (selects && source.left.kind == ast::Operand::Kind::Transformer &&
        stands_for(source.left, &Field::selects))
        return fail(Problem::BadTransformer, source.left.range, "",
                    "the type of an event cannot be transformed in this comparison", "",
                    "the event types a rule is for are read off these comparisons; compare the field itself");
    if (atom.comparison == Comparison::RawArgument && atom.left.type == Type::BYTEBUF)
        return fail(Problem::OperatorType, source.op_range, "wrong parameter type 10",
                    fmt::format("'{}' is of type BYTEBUF here, which only 'exists' applies to",
                                to_text(source.left)));
    for (const ast::Literal& literal : source.literals) {
        LiteralResult result = read_literal(literal.text, atom.left.type, atom.op, constants_);
        if (!result.error.empty()) {
            fail(Problem::BadLiteral, literal.range, falco_no_literal(literal.text, atom.left.type, atom.op),
                 result.error, fmt::format("not a value for {}", to_text(source.left)), result.help);
        } else if (event_types && !schema_.is_event_type(literal.text)) {
            fail(Problem::UnknownEventType, literal.range, "unknown event type " + literal.text,
                 fmt::format("no event type '{}'", literal.text), "unknown event type");
            problems_->back().unknown = literal.text;
        } else {
            atom.constants.push_back(result.value);
            continue;
        }
        if (source.list) problems_->back().element = literal.text;
    }
    return problems_->empty();
}

// They are compiled to see that they can be; the program is prepared from the same store.
bool ComparisonChecker::compile_regexes(const ast::Comparison& source, const Atom& atom) {
    for (size_t i = 0; i < atom.constants.size(); ++i) {
        const ast::Range& range = source.literals[i].range;
        const RegexStore::Entry& entry = regexes_.compile(atom.constants[i].text());
        if (!entry.regex->ok())
            return fail(Problem::BadRegex, range,
                        fmt::format("invalid regex pattern: {}", entry.regex->error()),
                        fmt::format("invalid regular expression: {}", entry.regex->error()), "",
                        "the syntax is POSIX extended: no \\d, \\w or (?i)");
        if (uint64_t most = limits_[Limit::RegexMemory]; regexes_.is_over())
            return fail(Problem::LimitExceeded, range, "",
                        fmt::format("the regular expressions up to this one take too much memory: {}",
                                    limit_text(Limit::RegexMemory, most)),
                        "", limit_help(Limit::RegexMemory, most));
    }
    return true;
}

}  // namespace stoop
