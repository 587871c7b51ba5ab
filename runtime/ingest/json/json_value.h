// SPDX-License-Identifier: Apache-2.0
// A JSON value as the value of a field (interface.md, "Events").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/event/arena.h"
#include "runtime/event/schema.h"
#include "runtime/event/time.h"
#include "runtime/ingest/json/json_tokens.h"

namespace stoop {

// Why a value is not one of a field.
enum class Misfit : uint8_t {
    None,
    Boolean,
    Signed,
    Unsigned,
    Number,
    Text,
    Bytes,
    EvenDigits,
    HexDigits,
    AddressText,
    Address
};

// What must be known of a field to read its values.
struct ValueType {
    explicit ValueType(const FieldRef& ref);
    bool is_text() const { return type_class == TypeClass::Text && !list; }

    TypeClass type_class;
    PrintFormat print;
    uint8_t bits;
    bool list;
    bool absent_if_empty;          // as a plugin's list is (spec: condition-language.md §10.12)
    std::optional<TimeForm> time;  // the text of a time, which alerts give as a number
};

class ValueReader {
  public:
    explicit ValueReader(JsonTokens& tokens) : tokens_(tokens) {}

    // Fills `out`, whose bytes are borrowed from the text of the tokens or live in `arena`. The value is
    // known to be JSON.
    Misfit read(uint32_t token, const ValueType& type, Arena& arena, Value& out) {
        if (tokens_.kind(token) == 'n') {
            out = Value::absent();
            return Misfit::None;
        }
        return type.list ? list(token, type, arena, out) : scalar(token, type, arena, out);
    }

  private:
    bool is_string(uint32_t token) const { return tokens_.kind(token) == '"'; }
    JsonNumber number(uint32_t token) const {
        return tokens_.is_number(token) ? read_json_number(tokens_.text(token)) : JsonNumber();
    }

    Misfit list(uint32_t token, const ValueType& type, Arena& arena, Value& out);
    Misfit scalar(uint32_t token, const ValueType& type, Arena& arena, Value& out);
    Misfit boolean(uint32_t token, Value& out) const;
    Misfit read_signed(uint32_t token, const ValueType& type, Arena& arena, Value& out);
    Misfit read_unsigned(uint32_t token, const ValueType& type, Arena& arena, Value& out);
    Misfit real(uint32_t token, Value& out) const;
    Misfit text(uint32_t token, const ValueType& type, Arena& arena, Value& out);
    Misfit bytes(uint32_t token, Arena& arena, Value& out);
    Misfit address(uint32_t token, Arena& arena, Value& out);

    JsonTokens& tokens_;
    TimeWriter times_;
    std::string time_text_;
    std::vector<uint32_t> items_;
};

// What was expected instead, for people.
std::string expectation(Misfit misfit, const ValueType& type);

}  // namespace stoop
