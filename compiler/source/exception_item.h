// SPDX-License-Identifier: Apache-2.0
// Reads the entries of a rule's `exceptions` (spec: rules-files.md §8): their shape, not whether fields,
// comparisons and values fit each other.
#pragma once

#include <optional>

#include "compiler/source/rule_file.h"
#include "compiler/source/yaml_item.h"
#include "runtime/base/text_map.h"

namespace stoop {

// Nothing after a report. `names` counts the exceptions of the item by name, up to this one. Only an
// exception that is appended to may leave out its fields.
std::optional<ExceptionItem> read_exception(const YamlItem& rule, const YamlNode& node,
                                            TextMap<size_t>& names, bool appended);

}  // namespace stoop
