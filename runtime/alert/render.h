// Values as Falco prints them: in the text of an output, and in the JSON of an alert (spec: output.md §2,
// §3).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime/event/schema.h"
#include "runtime/match/atom.h"

namespace stoop {

// `<NA>` for what is absent.
std::string value_text(const Value& value, Type type, bool list, PrintFormat print);
nlohmann::json value_json(const Value& value, Type type, bool list, PrintFormat print);

// The value of a field in its own right; some fields print otherwise than their type does.
std::string field_text(const Value& value, const FieldRef& ref);
nlohmann::json field_json(const Value& value, const FieldRef& ref);

}  // namespace stoop
