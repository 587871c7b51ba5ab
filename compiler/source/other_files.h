// SPDX-License-Identifier: Apache-2.0
// What a file is that is no rule file: a test file, Falco's configuration, a manifest, a page of the web.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "compiler/source/yaml_node.h"

namespace stoop {

// The keys that tell what an item of a rule file is.
inline constexpr std::array<std::string_view, 5> kItemKinds = {
    "required_engine_version", "required_plugin_versions", "list", "macro", "rule"};

// Empty if it is not known.
struct OtherFile {
    std::string what, instead;
};
// Of a document that is no list; `text` is all of the file.
OtherFile recognise(const YamlNode& document, std::string_view text);
// Of a text that is no YAML, or no more than a text for it.
OtherFile recognise_text(std::string_view text);
// Of an item of a list that is neither a rule nor a macro nor a list.
OtherFile recognise_item(const YamlNode& item);

bool is_list_of_rules(const YamlNode& document);

}  // namespace stoop
