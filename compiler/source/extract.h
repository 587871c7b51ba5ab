// SPDX-License-Identifier: Apache-2.0
// Rules that stand as a text within another document: ConfigMaps, values for Falco's Helm chart, `Rulesfile`
// resources.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/limits.h"

namespace stoop {

struct ExtractedRules {
    std::string key;   // that the text is the value of
    std::string text;  // of a rule file
    bool in_place;     // lines and columns are those of the document
};

// Whether a line of the text begins an item of a rule file.
bool has_rule_items(std::string_view text);

// In the order of the document; none if it is not YAML, or a list of rules itself. Ends on any input.
std::vector<ExtractedRules> extract_rules(std::string_view document, const Limits& limits);

}  // namespace stoop
