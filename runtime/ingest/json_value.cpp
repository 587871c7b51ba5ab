#include "runtime/ingest/json_value.h"

#include <fmt/format.h>

#include <charconv>

#include "runtime/event/address.h"
#include "runtime/event/time.h"

namespace stoop {
namespace {

using Kind = JsonNumber::Kind;

JsonNumber number(const JsonTokens& tokens, uint32_t token) {
    return tokens.is_number(token) ? read_json_number(tokens.text(token)) : JsonNumber();
}

// Falco prints some numbers as text: hexadecimal, octal, or with leading zeros.
bool read_printed_number(std::string_view text, PrintFormat format, uint64_t& out) {
    int base = format == PrintFormat::Hex ? 16 : format == PrintFormat::Octal ? 8 : 10;
    auto result = std::from_chars(text.data(), text.data() + text.size(), out, base);
    return !text.empty() && result.ec == std::errc() && result.ptr == text.data() + text.size();
}

// What reads one field of one event.
class ValueReader {
  public:
    ValueReader(JsonTokens& tokens, const FieldRef& ref, Arena& arena) : tokens_(tokens), ref_(ref), arena_(arena) {}

    Misfit list(uint32_t token, Value& out) {
        if (tokens_.kind(token) != '[') {
            auto items = arena_.values(1);
            out = Value::of_list(items);
            return scalar(token, items[0]);
        }
        size_t count = 0;
        for_each_item(token, [&](uint32_t) { return ++count, true; });
        auto items = arena_.values(count);
        out = Value::of_list(items);
        size_t filled = 0;
        Misfit misfit = Misfit::None;
        for_each_item(token, [&](uint32_t item) {
            misfit = scalar(item, items[filled++]);
            return misfit == Misfit::None;
        });
        return misfit;
    }

    Misfit scalar(uint32_t token, Value& out) {
        switch (type_class(ref_.type)) {
            case TypeClass::Boolean: return boolean(token, out);
            case TypeClass::Signed: return read_signed(token, out);
            case TypeClass::Unsigned: return read_unsigned(token, out);
            case TypeClass::Double: return real(token, out);
            case TypeClass::Text: return text(token, out);
            case TypeClass::Bytes: return bytes(token, out);
            case TypeClass::Address:
            case TypeClass::Network: return address(token, out);
            case TypeClass::Opaque:  // nothing but `exists` applies to it, so any value will do
                out = Value::of_text("");
                return Misfit::None;
        }
        return Misfit::None;
    }

  private:
    template <typename Visit>
    void for_each_item(uint32_t token, Visit&& visit) {
        if (tokens_.kind(++token) == ']') return;
        for (;; ++token) {  // over the comma
            if (!visit(token)) return;
            tokens_.skip_value(token);
            if (tokens_.kind(token) != ',') return;
        }
    }

    bool is_string(uint32_t token) const { return tokens_.kind(token) == '"'; }

    Misfit boolean(uint32_t token, Value& out) {
        char c = tokens_.kind(token);
        if (c != 't' && c != 'f') return Misfit::Boolean;
        out = Value::of_bool(c == 't');
        return Misfit::None;
    }

    Misfit read_signed(uint32_t token, Value& out) {
        unsigned bits = type_bits(ref_.type);
        int64_t value;
        if (is_string(token) && (ref_.print == PrintFormat::Hex || ref_.print == PrintFormat::Octal)) {
            uint64_t pattern;
            if (!read_printed_number(tokens_.string(token, arena_), ref_.print, pattern)) return Misfit::Signed;
            // the bits, as printed
            value = bits == 32 ? static_cast<int32_t>(pattern) : static_cast<int64_t>(pattern);
        } else {
            JsonNumber n = number(tokens_, token);
            if (n.kind == Kind::Unsigned && n.u <= static_cast<uint64_t>(INT64_MAX))
                value = static_cast<int64_t>(n.u);
            else if (n.kind == Kind::Negative)
                value = n.i;
            else
                return Misfit::Signed;
        }
        if (bits < 64 && (value < -(int64_t{1} << (bits - 1)) || value >= int64_t{1} << (bits - 1)))
            return Misfit::Signed;
        out = Value::of_signed(value);
        return Misfit::None;
    }

    Misfit read_unsigned(uint32_t token, Value& out) {
        unsigned bits = type_bits(ref_.type);
        uint64_t value = 0;
        if (is_string(token) && ref_.print != PrintFormat::Decimal && ref_.print != PrintFormat::None) {
            if (!read_printed_number(tokens_.string(token, arena_), ref_.print, value)) return Misfit::Unsigned;
        } else {
            JsonNumber n = number(tokens_, token);
            bool zero = n.kind == Kind::Negative && n.i == 0;
            if (n.kind != Kind::Unsigned && !zero) return Misfit::Unsigned;
            value = n.u;
        }
        if (bits < 64 && value >> bits != 0) return Misfit::Unsigned;
        out = Value::of_unsigned(value);
        return Misfit::None;
    }

    Misfit real(uint32_t token, Value& out) {
        JsonNumber n = number(tokens_, token);
        if (n.kind == Kind::None) return Misfit::Number;
        out = Value::of_double(n.kind == Kind::Unsigned   ? static_cast<double>(n.u)
                               : n.kind == Kind::Negative ? static_cast<double>(n.i)
                                                          : n.d);
        return Misfit::None;
    }

    Misfit text(uint32_t token, Value& out) {
        if (!is_string(token)) {
            JsonNumber n = number(tokens_, token);
            if (n.kind != Kind::Unsigned) return Misfit::Text;
            auto text = time_field_text(ref_.field->name, n.u);  // a time field, as alerts have it
            if (!text) return Misfit::Text;
            out = Value::of_text(arena_.copy(*text));
            return Misfit::None;
        }
        std::string_view text = tokens_.string(token, arena_);
        // Only an escape can have made one.
        if (text.data() != tokens_.raw_string(token).data()) text = text.substr(0, text.find('\0'));
        out = Value::of_text(text);
        return Misfit::None;
    }

    // A string, or {"hex": "…"}; of keys that are there twice the last one counts.
    Misfit bytes(uint32_t token, Value& out) {
        if (is_string(token)) {
            out = Value::of_text(tokens_.string(token, arena_));
            return Misfit::None;
        }
        if (tokens_.kind(token) != '{' || tokens_.kind(token + 1) != '"') return Misfit::Bytes;
        uint32_t value = 0;
        for (uint32_t at = token + 1;; ++at) {  // over the comma
            if (tokens_.string(at, arena_) != "hex") return Misfit::Bytes;
            value = at += 2;
            tokens_.skip_value(at);
            if (tokens_.kind(at) != ',') break;
        }
        if (!is_string(value)) return Misfit::Bytes;
        std::string_view hex = tokens_.string(value, arena_);
        if (hex.size() % 2 != 0) return Misfit::EvenDigits;
        char* bytes = arena_.bytes(hex.size() / 2 + 1);
        for (size_t i = 0; i < hex.size(); i += 2) {
            uint8_t byte;
            auto result = std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
            if (result.ec != std::errc() || result.ptr != hex.data() + i + 2) return Misfit::HexDigits;
            bytes[i / 2] = static_cast<char>(byte);
        }
        out = Value::of_text({bytes, hex.size() / 2});
        return Misfit::None;
    }

    Misfit address(uint32_t token, Value& out) {
        if (!is_string(token)) return Misfit::AddressText;
        auto address = parse_address(tokens_.string(token, arena_));
        if (!address) return Misfit::Address;
        out = Value::of_text(arena_.copy({address->bytes, address->size}));
        return Misfit::None;
    }

    JsonTokens& tokens_;
    const FieldRef& ref_;
    Arena& arena_;
};

std::string one_expected(Misfit misfit, const FieldRef& ref) {
    switch (misfit) {
        case Misfit::None: return "";
        case Misfit::Boolean: return "true or false";
        case Misfit::Signed: return fmt::format("an integer of {} bits", type_bits(ref.type));
        case Misfit::Unsigned: return fmt::format("a non-negative integer of {} bits", type_bits(ref.type));
        case Misfit::Number: return "a number";
        case Misfit::Text: return "a string";
        case Misfit::Bytes: return "a string or {\"hex\": \"…\"}";
        case Misfit::EvenDigits: return "an even number of hexadecimal digits";
        case Misfit::HexDigits: return "hexadecimal digits";
        case Misfit::AddressText: return "an IP address in a string";
        case Misfit::Address: return "an IP address";
    }
    return "";
}

}  // namespace

std::string expectation(Misfit misfit, const FieldRef& ref) {
    return one_expected(misfit, ref) + (ref.holds_list() ? ", or an array of such" : "");
}

Misfit read_json_value(JsonTokens& tokens, uint32_t token, const FieldRef& ref, Arena& arena, Value& out) {
    if (tokens.kind(token) == 'n') {
        out = Value::absent();
        return Misfit::None;
    }
    ValueReader reader(tokens, ref, arena);
    return ref.holds_list() ? reader.list(token, out) : reader.scalar(token, out);
}

}  // namespace stoop
