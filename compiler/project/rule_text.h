// SPDX-License-Identifier: Apache-2.0
// What can be told of a rule file without the files that it stands beside: that it is one, what it defines
// and changes, and the words that may name what others define. From this follows whose rules they are and in
// which order files load.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/limits.h"

namespace stoop {

// Also of a text that is no YAML but has lines that begin such items.
bool is_rule_text(std::string_view text, const Limits& limits);

struct RuleText {
    std::string path;
    std::set<std::string> defines;  // `rule NAME`, `macro NAME`, `list NAME`
    std::set<std::string> changes;  // the same, of what another file defines
    std::set<std::string> words;    // of conditions and items
    std::set<std::string> sources;  // of rules that it defines
    bool published = false;         // by Falco
};
RuleText read_rule_text(std::string path, std::string_view text, const Limits& limits);

// In an order in which each file follows those that define what it uses or changes, and Falco's own come
// first; as they were given where that says nothing.
std::vector<RuleText> in_load_order(std::vector<RuleText> files);

}  // namespace stoop
