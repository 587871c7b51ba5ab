#include "runtime/alert/render.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/event/address.h"

namespace stoop {
namespace {

using nlohmann::json;

constexpr size_t kLongestList = 1023;   // bytes that Falco prints of a list
constexpr size_t kLongestBytes = 1023;  // and of a buffer

std::string number_text(const Value& value, Type type, PrintFormat print) {
    bool is_signed = type_class(type) == TypeClass::Signed;
    switch (print) {
        case PrintFormat::Hex: return fmt::format("{:X}", value.u);
        case PrintFormat::Octal: return fmt::format("{:o}", value.u);
        case PrintFormat::Padded: return fmt::format("{:09}", value.u);
        case PrintFormat::None: return "<NA>";
        case PrintFormat::Decimal: break;
    }
    return is_signed ? fmt::format("{}", value.i) : fmt::format("{}", value.u);
}

std::string bytes_text(std::string_view bytes) {
    std::string out(bytes.substr(0, kLongestBytes));
    for (char& c : out)
        if (c < 0x20 || c > 0x7e) c = '.';
    return out;
}

std::string scalar_text(const Value& value, Type type, PrintFormat print) {
    if (!value.present()) return "<NA>";
    switch (type_class(type)) {
        case TypeClass::Boolean: return value.u ? "true" : "false";
        case TypeClass::Signed:
        case TypeClass::Unsigned: return number_text(value, type, print);
        case TypeClass::Double: return fmt::format("{:.1f}", value.d);
        case TypeClass::Text: return std::string(value.text().substr(0, value.text().find('\0')));
        case TypeClass::Bytes: return bytes_text(value.text());
        case TypeClass::Address: return format_address(value.text());
        case TypeClass::Network: return "<IPNET>";
        case TypeClass::Opaque: return "<NA>";
    }
    return "";
}

json scalar_json(const Value& value, Type type, PrintFormat print) {
    if (!value.present()) return nullptr;
    switch (type_class(type)) {
        case TypeClass::Boolean: return value.u != 0;
        case TypeClass::Double: return value.d;
        case TypeClass::Signed:
        case TypeClass::Unsigned:
            // Times are numbers even where their text is padded.
            if (print == PrintFormat::None) return nullptr;
            if (print == PrintFormat::Hex || print == PrintFormat::Octal)
                return number_text(value, type, print);
            if (type_class(type) == TypeClass::Signed) return value.i;
            return value.u;
        case TypeClass::Opaque: return nullptr;
        default: return scalar_text(value, type, print);
    }
}

// Ancestors without an index print as one text, the values joined with blanks.
std::string joined(const Value& value, const FieldRef& ref) {
    std::string out;
    for (const Value& item : value.list()) {
        if (!item.present()) return "<NA>";  // it is known how many there are, but not what they are
        if (!out.empty()) out += ' ';
        out += scalar_text(item, ref.type, ref.print);
    }
    return out;
}

}  // namespace

std::string value_text(const Value& value, Type type, bool list, PrintFormat print) {
    if (!value.present()) return "<NA>";
    if (!list) return scalar_text(value, type, print);
    std::string out = "(";
    for (const Value& item : value.list()) {
        if (out.size() > 1) out += ',';
        out += scalar_text(item, type, print);
    }
    out += ')';
    return out.substr(0, kLongestList);
}

json value_json(const Value& value, Type type, bool list, PrintFormat print) {
    if (!value.present()) return nullptr;
    if (!list) return scalar_json(value, type, print);
    if (value.size == 0) return nullptr;
    json out = json::array();
    for (const Value& item : value.list()) out.push_back(scalar_json(item, type, print));
    return out;
}

std::string field_text(const Value& value, const FieldRef& ref) {
    if (ref.field->filter_only) return ref.type == Type::IPNET && value.present() ? "<IPNET>" : "<NA>";
    if (ref.comparison == Comparison::AnyAncestor && value.present()) return joined(value, ref);
    return value_text(value, ref.type, ref.field->list, ref.print);
}

json field_json(const Value& value, const FieldRef& ref) {
    if (!value.present()) return nullptr;
    if (ref.field->filter_only || ref.comparison == Comparison::AnyAncestor) {
        std::string text = field_text(value, ref);
        return text == "<NA>" ? json(nullptr) : json(text);
    }
    return value_json(value, ref.type, ref.field->list, ref.print);
}

}  // namespace stoop
