// SPDX-License-Identifier: Apache-2.0
// Values as people write them in YAML: for the fields of an event, and to compare an alert with.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "compiler/source/node_reader.h"
#include "compiler/source/yaml_node.h"
#include "runtime/event/schema.h"

namespace stoop {

constexpr auto kReplace = nlohmann::json::error_handler_t::replace;  // bytes that are not UTF-8

// The value of a field, as an event in JSON has it. The field's type decides how a plain scalar is read, so
// that `proc.name: 3` is a text. Values of a wrong type are left for the decoder to refuse.
nlohmann::json field_value(const YamlNode& node, const FieldRef& ref);

// The value of an output field; its type is not known.
nlohmann::json expected_value(const YamlNode& node);

// Whether an alert's value is the expected one. A text also equals the value that is written so: an author
// need not know which output fields are numbers.
bool equal(const nlohmann::json& expected, const nlohmann::json& got);

// Falco takes priorities in any case, and INFO for INFORMATIONAL.
bool same_priority(std::string_view a, std::string_view b);
// The word of a node; reported if it names no priority.
std::string read_priority(NodeReader& reader, const YamlNode& node, std::string word);

}  // namespace stoop
