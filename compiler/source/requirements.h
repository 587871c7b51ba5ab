// SPDX-License-Identifier: Apache-2.0
// What rule files require of the engine and its plugins (spec: rules-files.md §2.1, §2.2).
#pragma once

#include <set>
#include <string>

#include "compiler/source/yaml_item.h"
#include "runtime/event/schema.h"
#include "runtime/event/version.h"

namespace stoop {

// The version of Falco's engine whose rules Stoop loads (Falco 0.44.1's), unless another is asked for.
inline constexpr Version kEngineVersion{0, 62, 0};

// What rule files can require: the engine, and the plugins that the schemas describe.
struct Provided {
    Version engine = kEngineVersion;
    const Schemas& schemas;
};

void check_engine_requirement(const YamlItem& item, Version engine);
// Returns the plugins that are named, alternatives too.
std::set<std::string> check_plugin_requirements(const YamlItem& item, const Schemas& schemas);

}  // namespace stoop
