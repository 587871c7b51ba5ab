// SPDX-License-Identifier: Apache-2.0
#include "cli/rule_state.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "runtime/base/counted.h"
#include "runtime/base/excerpt.h"
#include "runtime/base/nearest.h"

namespace stoop::cli {
namespace {

// `off`, `for source 'k8s_audit'` …; the rule is not in the program.
std::string state(const RuleDefinition& rule, const Compilation& rules, const Global& global) {
    std::string source = rule.source();
    if (!global.schemas.find(source)) return fmt::format("for the unknown source '{}'", excerpt(source));
    if (source != global.source) return fmt::format("for source '{}'", excerpt(source));
    return rules.outcome(rule).skipped ? "skipped, as it asks to be" : "off";
}

}  // namespace

std::string no_rules_text(const Compilation& compilation, const Global& global) {
    std::map<std::string, size_t> states;
    for (const RuleDefinition& rule : compilation.ruleset.rules) ++states[state(rule, compilation, global)];
    std::string out = fmt::format("no rule is on for source '{}': ", global.source);
    if (states.empty()) return out + "the files have none";
    std::vector<std::string> parts;
    for (const auto& [text, rules] : states)
        parts.push_back(fmt::format("{} {} {}", counted(rules, "rule"), rules == 1 ? "is" : "are", text));
    return out + fmt::format("{}", fmt::join(parts, ", "));
}

std::string absent_rule_text(const Compilation& compilation, const Global& global, std::string_view name) {
    const auto& rules = compilation.ruleset.rules;
    auto found = std::find_if(rules.begin(), rules.end(),
                              [&](const RuleDefinition& rule) { return rule.item.name.text() == name; });
    if (found != rules.end()) return "is " + state(*found, compilation, global);
    std::string near = nearest(name, rules, [](const RuleDefinition& rule) { return rule.item.name.text(); });
    return "is not loaded" + (near.empty() ? "" : fmt::format("; did you mean '{}'?", excerpt(near)));
}

}  // namespace stoop::cli
