// A JSON value as the value of a field (interface.md, "Events").
#pragma once

#include <string>

#include "runtime/event/arena.h"
#include "runtime/event/schema.h"
#include "runtime/ingest/json_tokens.h"

namespace stoop {

// Why a value is not one of a field.
enum class Misfit : uint8_t { None, Boolean, Signed, Unsigned, Number, Text, Bytes, EvenDigits, HexDigits, AddressText, Address };

// Fills `out`, whose bytes are borrowed from the text of the tokens or live in `arena`. The value is known to
// be JSON.
Misfit read_json_value(JsonTokens& tokens, uint32_t token, const FieldRef& ref, Arena& arena, Value& out);

// What was expected instead, for people.
std::string expectation(Misfit misfit, const FieldRef& ref);

}  // namespace stoop
