#include "compiler/semantics/selection.h"

#include <algorithm>

namespace stoop {

bool matches_wildcard(std::string_view pattern, std::string_view name) {
    size_t star = pattern.find('*');
    if (star == pattern.npos) return pattern == name;
    if (!name.starts_with(pattern.substr(0, star))) return false;
    name.remove_prefix(star);
    while (star != pattern.npos) {
        pattern.remove_prefix(star + 1);
        star = pattern.find('*');
        std::string_view part = pattern.substr(0, star);
        if (part.empty()) continue;
        size_t found = name.find(part);
        if (found == name.npos) return false;
        name.remove_prefix(found + part.size());
    }
    return pattern.empty() || name.empty();
}

void select_rules(const RuleSelection& selection, Ruleset& ruleset) {
    for (RuleDefinition& rule : ruleset.rules) {
        const std::vector<std::string>& tags = *rule.item.tags;
        auto tagged = [&](const std::vector<std::string>& wanted) {
            return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& tag) {
                return std::find(tags.begin(), tags.end(), tag) != tags.end();
            });
        };
        auto named = [&](const std::vector<std::string>& patterns) {
            return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
                return matches_wildcard(pattern, rule.item.name.text());
            });
        };
        if (!selection.tags.empty()) rule.item.enabled = tagged(selection.tags);
        if (tagged(selection.disabled_tags) || named(selection.disabled_rules)) rule.item.enabled = false;
        if (named(selection.enabled_rules)) rule.item.enabled = true;
    }
}

}  // namespace stoop
