#include "runtime/ingest/json_value.h"

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "runtime/event/address.h"
#include "runtime/event/time.h"

namespace stoop {
namespace {

using nlohmann::json;

// Falco prints some numbers as text: hexadecimal, octal, or with leading zeros.
bool read_printed_number(const std::string& text, PrintFormat format, uint64_t& out) {
    int base = format == PrintFormat::Hex ? 16 : format == PrintFormat::Octal ? 8 : 10;
    auto result = std::from_chars(text.data(), text.data() + text.size(), out, base);
    return !text.empty() && result.ec == std::errc() && result.ptr == text.data() + text.size();
}

std::string read_signed(const json& j, unsigned bits, PrintFormat format, Value& out) {
    std::string expected = "an integer of " + std::to_string(bits) + " bits";
    int64_t value;
    if (j.is_string() && (format == PrintFormat::Hex || format == PrintFormat::Octal)) {
        uint64_t pattern;
        if (!read_printed_number(j.get_ref<const std::string&>(), format, pattern)) return expected;
        value = bits == 32 ? static_cast<int32_t>(pattern)
                           : static_cast<int64_t>(pattern);  // the bits, as printed
    } else if (j.is_number_unsigned() && j.get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX)) {
        value = j.get<int64_t>();
    } else if (j.is_number_integer() && !j.is_number_unsigned()) {
        value = j.get<int64_t>();
    } else {
        return expected;
    }
    if (bits < 64 && (value < -(int64_t{1} << (bits - 1)) || value >= int64_t{1} << (bits - 1)))
        return expected;
    out = Value::of_signed(value);
    return "";
}

std::string read_unsigned(const json& j, unsigned bits, PrintFormat format, Value& out) {
    std::string expected = "a non-negative integer of " + std::to_string(bits) + " bits";
    uint64_t value;
    if (j.is_string() && format != PrintFormat::Decimal && format != PrintFormat::None) {
        if (!read_printed_number(j.get_ref<const std::string&>(), format, value)) return expected;
    } else if (j.is_number_unsigned() || (j.is_number_integer() && j.get<int64_t>() >= 0)) {
        value = j.get<uint64_t>();
    } else {
        return expected;
    }
    if (bits < 64 && value >> bits != 0) return expected;
    out = Value::of_unsigned(value);
    return "";
}

std::string read_text(const json& j, const FieldRef& ref, Arena& arena, Value& out) {
    if (j.is_number_unsigned()) {  // a time field, as alerts have it
        if (auto text = time_field_text(ref.field->name, j.get<uint64_t>())) {
            out = Value::of_text(arena.copy(*text));
            return "";
        }
    }
    if (!j.is_string()) return "a string";
    const std::string& text = j.get_ref<const std::string&>();
    out = Value::of_text(arena.copy(std::string_view(text).substr(0, text.find('\0'))));
    return "";
}

std::string read_bytes(const json& j, Arena& arena, Value& out) {
    constexpr const char* kExpected = "a string or {\"hex\": \"…\"}";
    if (j.is_string()) {
        out = Value::of_text(arena.copy(j.get_ref<const std::string&>()));
        return "";
    }
    if (!j.is_object() || j.size() != 1 || !j.contains("hex") || !j["hex"].is_string()) return kExpected;
    const std::string& hex = j["hex"].get_ref<const std::string&>();
    if (hex.size() % 2 != 0) return "an even number of hexadecimal digits";
    char* bytes = arena.bytes(hex.size() / 2 + 1);
    for (size_t i = 0; i < hex.size(); i += 2) {
        uint8_t byte;
        auto result = std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
        if (result.ec != std::errc() || result.ptr != hex.data() + i + 2) return "hexadecimal digits";
        bytes[i / 2] = static_cast<char>(byte);
    }
    out = Value::of_text({bytes, hex.size() / 2});
    return "";
}

std::string read_address(const json& j, Arena& arena, Value& out) {
    if (!j.is_string()) return "an IP address in a string";
    auto address = parse_address(j.get_ref<const std::string&>());
    if (!address) return "an IP address";
    out = Value::of_text(arena.copy({address->bytes, address->size}));
    return "";
}

std::string read_scalar(const json& j, const FieldRef& ref, Arena& arena, Value& out) {
    switch (type_class(ref.type)) {
        case TypeClass::Boolean:
            if (!j.is_boolean()) return "true or false";
            out = Value::of_bool(j.get<bool>());
            return "";
        case TypeClass::Signed: return read_signed(j, type_bits(ref.type), ref.print, out);
        case TypeClass::Unsigned: return read_unsigned(j, type_bits(ref.type), ref.print, out);
        case TypeClass::Double:
            if (!j.is_number()) return "a number";
            out = Value::of_double(j.get<double>());
            return "";
        case TypeClass::Text: return read_text(j, ref, arena, out);
        case TypeClass::Bytes: return read_bytes(j, arena, out);
        case TypeClass::Address:
        case TypeClass::Network: return read_address(j, arena, out);
        case TypeClass::Opaque:  // nothing but `exists` applies to it, so any value will do
            out = Value::of_text("");
            return "";
    }
    return "";
}

std::string read_list(const json& j, const FieldRef& ref, Arena& arena, Value& out) {
    size_t count = j.is_array() ? j.size() : 1;
    auto items = arena.values(count);
    for (size_t i = 0; i < count; ++i) {
        std::string expected = read_scalar(j.is_array() ? j[i] : j, ref, arena, items[i]);
        if (!expected.empty()) return expected + ", or an array of such";
    }
    out = Value::of_list(items);
    return "";
}

}  // namespace

std::string read_json_value(const json& j, const FieldRef& ref, Arena& arena, Value& out) {
    if (j.is_null()) {
        out = Value::absent();
        return "";
    }
    return ref.holds_list() ? read_list(j, ref, arena, out) : read_scalar(j, ref, arena, out);
}

}  // namespace stoop
