// SPDX-License-Identifier: Apache-2.0
// The JSON schema that Falco holds rule files against (spec: rules-files.md §12). It is stricter than the
// loader and decides nothing: its findings are two keys of the document of `falco -V`, and nothing else here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/limits.h"

namespace stoop {

// Falco's lines for each document of a rule file: what is wrong, from the inside out, or `ok`. Empty if the
// text is not YAML or holds no document. Costs a walk over the items; any thread may call it.
std::vector<std::string> falco_schema_lines(std::string_view text, const Limits& limits);

}  // namespace stoop
