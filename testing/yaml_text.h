// SPDX-License-Identifier: Apache-2.0
// Texts and values as YAML writes them, so that any reader of YAML takes them for the same.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace stoop {

// Quoted where it must be, also within brackets; in quotes of the kind `style` if that is one and the text
// can stand in them. What YAML does not let stand as it is, or what cannot be seen, is escaped in double
// quotes.
std::string yaml_scalar(const std::string& text, char style = '\0');
// A value in one line.
std::string yaml_value(const nlohmann::json& value, char style = '\0');

}  // namespace stoop
