// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/falco_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "runtime/base/ascii.h"
#include "runtime/base/digits.h"

namespace stoop {
namespace {

// For a number of the C language.
bool is_too_large(std::string_view text) {
    int number;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return all_digits(text) && error == std::errc::result_out_of_range;
}

// A plugin's field without the argument that it needs, or with one that it cannot have.
std::string plugin_argument(const std::string& spelling, const Field& field,
                            const std::optional<std::string>& argument) {
    if (!argument)
        return fmt::format("filter '{}': {} requires an argument but none provided", spelling, field.name);
    if (field.argument == ArgumentForm::None)
        return fmt::format("filter '{}': {} does not allow nor require an argument but one is provided: {}",
                           spelling, field.name, *argument);
    std::string_view why = all_digits(*argument) ? "starting with 0" : "not composed only by digits";
    return fmt::format("filter {} {} has an invalid index argument {}: {}", spelling, field.name, why,
                       *argument);
}

// An address, with or without a network's prefix.
std::string no_network(std::string_view text) {
    size_t slash = text.find('/');
    bool v4 = text.find('.') != text.npos;
    if (slash == text.npos) return fmt::format("unrecognized IP network {}", text);
    std::string_view prefix = text.substr(slash + 1);
    auto net = v4 ? "unrecognized IP address " : "unrecognized IPv6 address ";
    if (!all_digits(prefix)) return fmt::format("{} is not a valid number", prefix);
    return fmt::format("{}{}", net, text.substr(0, slash));
}

}  // namespace

std::string falco_no_field(const ast::Operand& operand, const Schema& schema) {
    std::string spelling = ast::to_text(operand);
    // Falco takes the longest field that the text begins with.
    const Field* field = schema.named_in(operand.name);
    bool dotted = !field || field->name.size() < operand.name.size();
    std::string unknown = "filter_check called with nonexistent field " + spelling;
    if (!field) return unknown;
    if (!field->plugin.empty())
        return dotted && !field->argument_required ? unknown
                                                   : plugin_argument(spelling, *field, operand.argument);
    if (dotted) {
        bool of_event = field->argument == ArgumentForm::Parameter;
        std::string_view name = std::string_view(operand.name).substr(field->name.size() + 1);
        if (of_event && !operand.argument && !schema.begins_with_parameter(name))
            return fmt::format("unknown event argument {}", name);
        return unknown;
    }
    if (!operand.argument) return "filter syntax error: " + spelling;
    switch (field->argument) {
        case ArgumentForm::Parameter:
            if (field->comparison == Comparison::RawArgument)
                return "evt.arg fields must be expressed explicitly";
            [[fallthrough]];
        case ArgumentForm::Index:
        case ArgumentForm::Number: return fmt::format("{} is not a valid number", *operand.argument);
        default: return unknown;
    }
}

std::string falco_no_operator(const ast::Comparison& comparison, Type type, bool list) {
    std::string_view op = operator_info(comparison.op).spelling;
    auto of = [&](std::string_view what) {
        bool modified = what.starts_with("ip") && comparison.modifier != Modifier::None;
        return fmt::format("filter error: '{}' {} not supported for {} filters", op,
                           modified ? "with modifier" : "operator", what);
    };
    if (list) return fmt::format("filter error: '{}' operator not supported list filters", op);
    switch (type_class(type)) {
        case TypeClass::Boolean:
        case TypeClass::Signed:
        case TypeClass::Unsigned:
        case TypeClass::Double: return of("numeric");
        case TypeClass::Text: return of("string");
        case TypeClass::Bytes: return of("buffer");
        case TypeClass::Address:
        case TypeClass::Network: return of("ip address and network");
        case TypeClass::Opaque: break;
    }
    return fmt::format("filter error: '{}' operator not supported for type '{}'", op, type_name(type));
}

std::string falco_no_literal(std::string_view text, Type type, Operator op) {
    switch (literal_form(type)) {
        case LiteralForm::Boolean: return fmt::format("filter error: unrecognized boolean value {}", text);
        case LiteralForm::Port:
            return is_too_large(text) ? "stoi" : fmt::format("unrecognized protocol {}", text);
        case LiteralForm::Address:
            return fmt::format("unrecognized {} address {}", text.find('.') == text.npos ? "IPv6" : "IPv4",
                               text);
        case LiteralForm::Network: return no_network(text);
        case LiteralForm::Text:
            return fmt::format("filter parameter too long (used={}, available=256):{}", text.size() + 1,
                               text);
        case LiteralForm::Bytes:
            if (op == Operator::Bcontains || op == Operator::Bstartswith)
                return "filter error: bcontains and bstartswith operator support hex strings only";
            return "filter parameter too long (byte buf)";
        default: return fmt::format("{} is not a valid number", text);
    }
}

std::string falco_no_transformer(const ast::Operand& transformer, Type type, bool list) {
    return fmt::format(
        "can't add field transformer: type '{}' is not supported by '{}' transformer applied on {}field '{}'",
        type_name(type), transformer.name, list ? "list " : "", falco_subject(transformer));
}

std::string falco_no_right_field(Operator op) {
    return fmt::format("operator '{}' doesn't support right-hand side fields",
                       upper(operator_info(op).spelling));
}

// The field inside of all transformers.
std::string falco_subject(const ast::Operand& operand) {
    if (operand.kind == ast::Operand::Kind::Transformer && !operand.arguments.empty())
        return falco_subject(operand.arguments[0]);
    return operand.name;
}

std::string falco_type(Type type, bool list) {
    return std::string(type_name(type)) + (list ? " (list)" : "");
}

bool falco_may_skip(std::string_view message) {
    for (std::string_view words :
         {"nonexistent field", "invalid formatting token", "unknown event type", "unknown filter:"})
        if (message.find(words) != message.npos) return true;
    return false;
}

}  // namespace stoop
