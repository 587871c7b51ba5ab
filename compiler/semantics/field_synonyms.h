// SPDX-License-Identifier: Apache-2.0
// Names that other tools, and habit, have for fields: `process.name`, `k8s.namespace`, `proc_name`; and the
// fields of Falco's plugins.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/event/schema.h"

namespace stoop {

// The field that is meant by a name that `schema` does not have. Empty if the name is not known.
std::string synonym_of_field(std::string_view name, const Schema& schema);

// That a field that `schema` does not have is one of a plugin's; else empty.
std::string plugin_of_field(std::string_view name, const Schema& schema);

std::vector<std::string_view> sources_of_plugins();

}  // namespace stoop
