// SPDX-License-Identifier: Apache-2.0
// Names that other tools, and habit, have for fields: `process.name`, `k8s.namespace`, `proc_name`.
#pragma once

#include <string>
#include <string_view>

#include "runtime/event/schema.h"

namespace stoop {

// The field that is meant by a name that `schema` does not have. Empty if the name is not known.
std::string synonym_of_field(std::string_view name, const Schema& schema);

}  // namespace stoop
