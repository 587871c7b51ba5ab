// A JSON value as the value of a field (interface.md, "Events").
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime/event/arena.h"
#include "runtime/event/schema.h"

namespace stoop {

// Fills `out`, whose bytes live in `arena`; returns what was expected instead if the value is not of the
// field's type.
std::string read_json_value(const nlohmann::json& json, const FieldRef& ref, Arena& arena, Value& out);

}  // namespace stoop
