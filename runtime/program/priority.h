// SPDX-License-Identifier: Apache-2.0
// The priorities of rules, the most urgent first.
#pragma once

#include <cstdint>
#include <string_view>

namespace stoop {

enum class Priority : uint8_t { Emergency, Alert, Critical, Error, Warning, Notice, Informational, Debug };
std::string_view priority_name(Priority priority);  // as Falco prints it

}  // namespace stoop
