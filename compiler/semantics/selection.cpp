// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "runtime/base/excerpt.h"
#include "runtime/base/nearest.h"

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

namespace {

bool has_tag(const RuleDefinition& rule, const std::string& tag) {
    const std::vector<std::string>& tags = *rule.item.tags;
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

bool has_name(const RuleDefinition& rule, const std::string& pattern) {
    return matches_wildcard(pattern, rule.item.name.text());
}

// What is wanted but matches no rule is told.
class UnmatchedChoices {
  public:
    UnmatchedChoices(const Ruleset& ruleset, Diagnostics& diagnostics)
        : ruleset_(ruleset), diagnostics_(diagnostics) {
        for (const RuleDefinition& rule : ruleset.rules) {
            names_.push_back(rule.item.name.text());
            tags_.insert(rule.item.tags->begin(), rule.item.tags->end());
        }
    }

    void warn_of_tags(std::string_view option, const std::vector<std::string>& wanted) {
        for (const std::string& tag : wanted)
            if (!tags_.contains(tag))
                warn(fmt::format("{}: no rule has the tag '{}'", option, excerpt(tag)),
                     nearest(tag, tags_, std::identity()));
    }
    void warn_of_names(std::string_view option, const std::vector<std::string>& patterns) {
        for (const std::string& pattern : patterns) {
            auto named = [&](const RuleDefinition& rule) { return has_name(rule, pattern); };
            if (std::any_of(ruleset_.rules.begin(), ruleset_.rules.end(), named)) continue;
            bool whole = pattern.find('*') == pattern.npos;
            warn(fmt::format("{}: no rule has the name '{}'", option, excerpt(pattern)),
                 whole ? nearest(pattern, names_, std::identity()) : "");
        }
    }

  private:
    void warn(std::string message, const std::string& near) {
        diagnostics_.report(
            {Problem::UnmatchedChoice,
             std::move(message),
             false,
             {},
             "",
             {},
             near.empty() ? "'stoop list rules' names all" : fmt::format("did you mean '{}'?", near)});
    }

    const Ruleset& ruleset_;
    Diagnostics& diagnostics_;
    std::vector<std::string> names_;
    std::set<std::string> tags_;
};

}  // namespace

std::vector<bool> select_rules(const RuleSelection& selection, const Ruleset& ruleset,
                               Diagnostics& diagnostics) {
    std::vector<bool> out;
    for (const RuleDefinition& rule : ruleset.rules) {
        auto tagged = [&](const std::vector<std::string>& wanted) {
            return std::any_of(wanted.begin(), wanted.end(),
                               [&](const std::string& tag) { return has_tag(rule, tag); });
        };
        auto named = [&](const std::vector<std::string>& patterns) {
            return std::any_of(patterns.begin(), patterns.end(),
                               [&](const std::string& pattern) { return has_name(rule, pattern); });
        };
        bool on = selection.tags.empty() ? rule.item.enabled.value_or(true) : tagged(selection.tags);
        if (tagged(selection.disabled_tags) || named(selection.disabled_rules)) on = false;
        out.push_back(on || named(selection.enabled_rules));
    }
    if (ruleset.rules.empty()) return out;
    UnmatchedChoices unmatched(ruleset, diagnostics);
    unmatched.warn_of_tags("--tag", selection.tags);
    unmatched.warn_of_tags("--disable-tag", selection.disabled_tags);
    unmatched.warn_of_names("--disable-rule", selection.disabled_rules);
    unmatched.warn_of_names("--enable-rule", selection.enabled_rules);
    return out;
}

}  // namespace stoop
