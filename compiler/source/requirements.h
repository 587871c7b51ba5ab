// What rule files require of the engine and its plugins (spec: rules-files.md §2.1, §2.2).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "compiler/source/yaml_item.h"

namespace stoop {

struct Version {
    uint32_t major = 0, minor = 0, patch = 0;

    // Same major, and not older.
    bool satisfies(const Version& required) const;
    std::string text() const;
};

// `D.D.D` at the beginning, whatever follows.
std::optional<Version> parse_version(std::string_view text);

// The version of Falco's engine whose rules Stoop loads (Falco 0.44.1's), unless another is asked for; and
// the plugin whose fields are built in.
inline constexpr Version kEngineVersion{0, 62, 0};
inline constexpr std::string_view kContainerPlugin = "container";
inline constexpr Version kContainerPluginVersion{0, 7, 1};

void check_engine_requirement(const YamlItem& item, Version engine);
// Returns the plugins that are named, alternatives too.
std::set<std::string> check_plugin_requirements(const YamlItem& item);

}  // namespace stoop
