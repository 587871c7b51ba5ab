// What YAML makes of the usual slips, and the mend: the library's own words tell neither.
#pragma once

#include <yaml-cpp/exceptions.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/source/yaml_node.h"

namespace stoop {

struct YamlSlip {
    uint32_t offset = 0;  // of the text
    std::string message, help;
};
// Nothing if the exception is not due to a known slip.
std::optional<YamlSlip> find_yaml_slip(std::string_view text, const YAML::Exception& exception);

// What a document is that is no list of rules: a test file, Falco's configuration, a manifest. Empty if that
// is not known.
struct OtherFile {
    std::string what, instead;
};
// The keys that tell what an item of a rule file is.
inline constexpr std::array<std::string_view, 5> kItemKinds = {
    "required_engine_version", "required_plugin_versions", "list", "macro", "rule"};
OtherFile recognise(const YamlNode& document, std::string_view text);
bool is_list_of_rules(const YamlNode& document);

}  // namespace stoop
