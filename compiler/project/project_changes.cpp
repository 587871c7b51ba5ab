// SPDX-License-Identifier: Apache-2.0
#include "compiler/project/project_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace stoop {
namespace {

using Keys = std::map<std::string, std::string>;

std::string joined(const std::vector<WrittenText>& texts) {
    std::string out;
    for (const WrittenText& text : texts) out += (out.empty() ? "" : ", ") + text.text;
    return out;
}

std::string percent(std::optional<double> value, double factor) {
    return value ? fmt::format("{} %", *value * factor) : "";
}

Keys keys_of(const RuleSetDefinition& set) {
    return {{"rules", joined(set.rules)},
            {"schemas", joined(set.schemas)},
            {"source", set.source ? set.source->text : ""},
            {"ruleMatching", set.matching == Matching::All ? "all" : "first"},
            {"tests", joined(set.tests)},
            {"own", joined(set.own)},
            {"coverage.min", percent(set.coverage_min, 1)},
            {"bench.events", joined(set.bench_events)},
            {"bench.maxRegression", percent(set.max_regression, 100)}};
}

Keys keys_of(const WarningLevels& levels) {
    Keys out;
    for (const auto& [problem, level] : levels)
        out[problem_name(problem)] = level ? std::string(severity_name(*level)) : "off";
    return out;
}

void compare(const std::string& rule_set, const Keys& before, const Keys& after,
             std::vector<ProjectChange>& out) {
    Keys all = before;
    all.insert(after.begin(), after.end());
    auto value = [](const Keys& keys, const std::string& key) {
        auto at = keys.find(key);
        return at == keys.end() ? "" : at->second;
    };
    for (const auto& [key, ignored] : all)
        if (std::string was = value(before, key), is = value(after, key); was != is)
            out.push_back({rule_set, key, was, is, false});
}

}  // namespace

std::vector<ProjectChange> project_changes(const ProjectFile& before, const ProjectFile& after) {
    std::vector<ProjectChange> out;
    for (const RuleSetDefinition& was : before.rule_sets) {
        const RuleSetDefinition* is = find_rule_set(after, was.name.text);
        if (is)
            compare(was.name.text, keys_of(was), keys_of(*is), out);
        else
            out.push_back({was.name.text, "", "there", "gone", was.coverage_min || was.max_regression});
    }
    for (const RuleSetDefinition& is : after.rule_sets)
        if (!find_rule_set(before, is.name.text)) out.push_back({is.name.text, "", "", "new", false});
    compare("", keys_of(before.levels), keys_of(after.levels), out);
    return out;
}

}  // namespace stoop
