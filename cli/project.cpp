// SPDX-License-Identifier: Apache-2.0
#include "cli/project.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "cli/message.h"
#include "compiler/project/rule_text.h"
#include "runtime/base/nearest.h"
#include "testing/suite.h"

namespace stoop::cli {
namespace {

// The sources of the rules of the set that are known; the usual one, if it is among them, comes first.
std::vector<std::string> known_sources(const Global& global, const RuleSet& set) {
    std::set<std::string> sources;
    if (global.schemas.all().size() == 1) return {};
    for (const std::string& path : set.rules) {
        TextFile file = read_below_root(*global.root, path, global.limits);
        sources.merge(read_rule_text(path, file.text, global.limits).sources);
    }
    std::vector<std::string> out;
    for (const Schema* schema : global.schemas.all())
        if (sources.contains(schema->source())) out.push_back(schema->source());
    return out;
}

std::vector<std::string> names(const Project& project) {
    std::vector<std::string> out;
    for (const RuleSet& set : project.rule_sets) out.push_back(set.name());
    return out;
}

// What is wrong with the project, to people or to the report.
void tell(const Global& global, const Diagnostics& found) {
    if (global.project_problems)
        add_problems(found, global.project->sources, *global.project_problems);
    else
        print_diagnostics(found, global.project->sources, global);
}

void tell(const Global& global, std::string problem) {
    if (global.project_problems)
        global.project_problems->push_back({{Problem::ProjectFile, std::move(problem), false}, nullptr});
    else
        message("error: {}\n", problem);
}

// False after a message.
bool add_schema(Global& global, const std::string& path) {
    TextFile file = read_below_root(*global.root, path, global.limits);
    std::string problem = file.problem;
    if (problem.empty()) problem = try_add(global.schemas, std::move(file.text), kSchemaNotQuoted);
    if (problem.empty()) return true;
    tell(global, fmt::format("{} is not a schema: {}", path, problem));
    return false;
}

}  // namespace

WarningLevels Global::levels(const WarningLevels& given) const {
    WarningLevels out = given;
    if (gate_levels)
        out.insert(gate_levels->begin(), gate_levels->end());
    else if (project)
        out.insert(project->file.levels.begin(), project->file.levels.end());
    return out;
}

Matching Global::matching(const std::string& given) const {
    if (given.empty()) return rule_set ? rule_set->definition->matching : Matching::First;
    return given == "all" ? Matching::All : Matching::First;
}

bool looks_at_project(const std::string& command) {
    constexpr const char* kWithout[] = {"init", "explain-code", "generate"};
    return std::find(std::begin(kWithout), std::end(kWithout), command) == std::end(kWithout);
}

void choose_source(Global& global, const RuleSetDefinition& definition) {
    if (global.source_given) return;
    global.sources = {};
    if (definition.source) {
        global.source = definition.source->text;
    } else {
        global.sources = known_sources(global, *global.rule_set);
        global.source = global.sources.empty() ? std::string(kDefaultSource) : global.sources[0];
    }
}

bool choose_rule_set(Global& global, const RuleSet& set) {
    global.rule_set = &set;
    for (const std::string& path : set.schemas)
        if (!add_schema(global, path)) return false;
    choose_source(global, *set.definition);
    if (!set.definition->source || global.schemas.find(global.source)) return true;
    Diagnostics found;
    found.report({Problem::ProjectFile,
                  fmt::format("no source '{}'", global.source),
                  true,
                  set.definition->source->span,
                  "",
                  {},
                  "'schemas: [FILE]' describes one (docs/schemas.md)"});
    tell(global, found);
    return false;
}

int use_project(Global& global, const std::optional<std::string>& folder) {
    if (!folder) {
        if (global.rule_set_name.empty()) return kOk;
        tell(global, fmt::format("--ruleset: there is no {}; 'stoop init' writes one", kProjectFileName));
        return kUsage;
    }
    global.project = load_project(*folder, *global.root, global.limits);
    const Project& project = *global.project;
    tell(global, project.diagnostics);
    if (project.diagnostics.errors() > 0) return kInvalid;
    global.schemas_given = std::make_shared<Schemas>(global.schemas);
    if (!global.rule_set_name.empty()) {
        for (const RuleSet& set : project.rule_sets)
            if (set.name() == global.rule_set_name) return choose_rule_set(global, set) ? kOk : kInvalid;
        std::vector<std::string> known = names(project);
        std::string near = nearest(global.rule_set_name, {known.begin(), known.end()});
        tell(global, fmt::format("no rule set '{}' in {}; {}", global.rule_set_name, project.path,
                                 near.empty() ? fmt::format("known are: {}", fmt::join(known, ", "))
                                              : fmt::format("did you mean '{}'?", near)));
        return kUsage;
    }
    if (project.rule_sets.size() == 1) return choose_rule_set(global, project.rule_sets[0]) ? kOk : kInvalid;
    std::set<std::string> added;
    for (const RuleSet& set : project.rule_sets)
        for (const std::string& path : set.schemas)
            if (added.insert(path).second && !add_schema(global, path)) return kInvalid;
    return kOk;
}

std::optional<std::vector<Global>> each_rule_set(const Global& global, bool rules_given) {
    if (rules_given || global.rule_set || !global.project) return std::vector<Global>{global};
    std::vector<Global> out;
    for (const RuleSet& set : global.project->rule_sets) {
        Global& one = out.emplace_back(global);
        one.schemas = *global.schemas_given;
        if (!choose_rule_set(one, set)) return std::nullopt;
    }
    return out;
}

bool holds_any(const Global& global, const std::vector<std::string>& files, std::set<std::string>& known) {
    std::error_code error;
    auto real = [&](const std::string& path) { return std::filesystem::weakly_canonical(path, error); };
    std::set<std::filesystem::path> held{real(global.project->path)};
    const RuleSet& set = *global.rule_set;
    for (const auto* paths : {&set.rules, &set.tests, &set.schemas})
        for (const std::string& path : *paths) held.insert(real(path));
    bool any = false;
    for (const std::string& file : files)
        if (held.contains(real(file))) {
            known.insert(file);
            any = true;
        }
    return any;
}

bool holds_rules(const std::string& path, const Global& global) {
    if (!is_yaml_name(path) || is_test_name(path)) return false;
    TextFile file = read_text_file(path, global.limits);
    return file.problem.empty() && is_rule_text(file.text, global.limits);
}

std::string no_rule_set_text(const Global& global) {
    if (!global.project)
        return fmt::format("no rules are given: name them with -r, or in a {} ('stoop init' writes one)",
                           kProjectFileName);
    return fmt::format("{} has several rule sets; choose one with --ruleset: {}", global.project->path,
                       fmt::join(names(*global.project), ", "));
}

TextFile read_below_root(const Root& root, const std::string& path, const Limits& limits) {
    Root::File file = root.open(path);
    return file.descriptor ? read_text(file.descriptor, limits) : TextFile{"", file.problem};
}

}  // namespace stoop::cli
