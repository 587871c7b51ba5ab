// SPDX-License-Identifier: Apache-2.0
#include "testing/suite_loader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "runtime/base/file.h"
#include "runtime/base/nearest.h"

namespace stoop {

namespace fs = std::filesystem;

const Schema* SuiteLoader::choose_schema(LoadedTestFile& loaded, const TestFile& file) {
    for (const WrittenText& path : file.schemas) loaded.schema_paths.push_back(beside(file.path, path.text));
    loaded.schemas = file.schemas.empty() ? &schemas_ : extended_schemas(loaded, file);
    if (!loaded.schemas) return nullptr;
    if (file.event_source)
        loaded.source = file.event_source->text;
    else if (file.rules.empty() && !find_source_of_rules(file, loaded.source))
        loaded.schemas = nullptr;
    if (!loaded.schemas) return nullptr;
    const Schema* schema = loaded.schemas->find(loaded.source);
    if (!schema) {
        loaded.schemas = nullptr;
        report(Problem::TestSource,
               file.event_source ? file.event_source->span : Span{loaded.file.source, 0, 1},
               fmt::format("no source '{}'", loaded.source),
               "'schemas: [FILE]' describes one (docs/schemas.md)");
    }
    return schema;
}

const Schemas* SuiteLoader::extended_schemas(LoadedTestFile& loaded, const TestFile& file) {
    const std::vector<std::string>& paths = loaded.schema_paths;
    std::unique_ptr<Schemas>& known = out_->schemas[{loaded.root->path(), paths}];
    if (known) return known.get();
    auto extended = std::make_unique<Schemas>(schemas_);
    for (size_t i = 0; i < paths.size(); ++i) {
        Span where = file.schemas[i].span;
        Root::File opened = open(loaded, paths[i]);
        if (!opened.descriptor) {
            cannot_open(loaded, paths[i], where, opened);
            return nullptr;
        }
        TextFile read = read_text(opened.descriptor, options_.compile.limits);
        std::string problem =
            !read.problem.empty() ? read.problem : try_add(*extended, std::move(read.text), kSchemaNotQuoted);
        if (problem.empty()) continue;
        report(Problem::TestSource, where, fmt::format("{} is not a schema: {}", paths[i], problem));
        return nullptr;
    }
    known = std::move(extended);
    return known.get();
}

bool SuiteLoader::find_source_of_rules(const TestFile& file, std::string& source) {
    std::set<std::string> sources;
    for (const std::string& rule : file.about)
        if (auto found = rule_sources_.find(rule); found != rule_sources_.end())
            sources.insert(found->second);
    if (sources.size() > 1)
        report(Problem::TestSource, {file.source, 0, 1},
               fmt::format("the tests of this file are about rules of several sources: {}",
                           fmt::join(sources, ", ")),
               "give each source a test file of its own");
    if (sources.size() == 1) source = *sources.begin();
    return sources.size() <= 1;
}

void SuiteLoader::load_project_rules() {
    std::vector<std::string> sources = options_.project_sources;
    if (sources.empty()) sources = {options_.compile.source};
    std::vector<RuleSource> files = read_project_rules();
    for (const std::string& source : sources) {
        auto& compiled = out_->rule_sets[{options_.root->path(), options_.project_rules, {}, source}];
        if (files.size() == options_.project_rules.size())
            compiled = compile_rules(files, schemas_, compile_options(source));
    }
    if (sources.size() == 1) return;
    for (const auto& [key, compiled] : out_->rule_sets) {
        if (!compiled) continue;
        for (const RuleDefinition& rule : compiled->ruleset.rules)
            rule_sources_.try_emplace(rule.item.name.text(), rule.source());
    }
}

std::vector<RuleSource> SuiteLoader::read_project_rules() {
    std::vector<RuleSource> out;
    for (const std::string& path : options_.project_rules) {
        Root::File file = options_.root->open(path);
        TextFile read = file.descriptor ? read_text(file.descriptor, options_.compile.limits)
                                        : TextFile{"", file.problem};
        if (!read.problem.empty())
            out_->diagnostics.report(unreadable_file(path, read, options_.compile.limits));
        else
            out.push_back(
                {path, std::move(read.text), options_.root->why_not_quoted(path), !out_->is_own(path)});
    }
    return out;
}

CompileOptions SuiteLoader::compile_options(const std::string& source) const {
    CompileOptions out = options_.compile;
    out.source = source;
    return out;
}

void SuiteLoader::load_rules(LoadedTestFile& loaded) {
    if (!loaded.schemas) return;
    find_rules(loaded);
    loaded.rules = compiled(loaded);
    if (loaded.rules && loaded.rules->program) mark_rules(loaded);
}

void SuiteLoader::find_rules(LoadedTestFile& loaded) {
    const TestFile& file = loaded.file;
    for (const WrittenText& rules : file.rules) loaded.rule_paths.push_back(beside(file.path, rules.text));
    if (!file.rules.empty()) return;
    if (loaded.rules_given = !options_.rules.empty(); loaded.rules_given) {
        loaded.rule_paths = options_.rules;
        return;
    }
    if (!options_.project_rules.empty()) {
        loaded.rule_paths = options_.project_rules;
        return;
    }
    // x_test.yaml and x.test.yaml are about x.yaml.
    std::string stem = fs::path(file.path).stem().string();
    for (std::string_view suffix : {"_test", ".test"})
        if (stem.ends_with(suffix)) stem.resize(stem.size() - suffix.size());
    for (const char* extension : {".yaml", ".yml"}) {
        std::string path = beside(file.path, stem + extension);
        if (path == file.path || loaded.root->open(path).missing) continue;
        loaded.rule_paths = {path};
        return;
    }
    auto needs_none = [](const TestCase& test) { return !test.skipped.empty(); };
    if (std::all_of(file.tests.begin(), file.tests.end(), needs_none)) return;
    bool other_name = stem != fs::path(file.path).stem().string();
    report(Problem::TestFileMissing, {file.source, 0, 1},
           other_name ? fmt::format("no 'rules' are given, and there is no {}.yaml beside this file", stem)
                      : "no 'rules' are given",
           "'rules: [FILE]' names them, relative to this file; or '-r FILE' on the command line");
}

bool SuiteLoader::read_rules(const LoadedTestFile& by, Span where, const Root::File& file,
                             RuleSource& rules) {
    if (!file.descriptor) {
        cannot_open(by, rules.name, where, file);
        return false;
    }
    if (!file.path.ends_with(".yaml") && !file.path.ends_with(".yml")) {
        report(Problem::TestFileMissing, where,
               fmt::format("cannot read {}: its name must end in .yaml or .yml", rules.name));
        return false;
    }
    TextFile read = read_text(file.descriptor, options_.compile.limits);
    if (!read.problem.empty()) {
        Diagnostic problem = unreadable_file(rules.name, read, options_.compile.limits);
        report(read.too_large ? problem.problem : Problem::TestFileMissing, where, std::move(problem.message),
               std::move(problem.help));
    }
    rules.text = std::move(read.text);
    return read.problem.empty() && spend_rules(rules, where);
}

bool SuiteLoader::spend_rules(const RuleSource& rules, Span where) {
    bool all = rules.text.size() <= rules_left_;
    uint64_t most = options_.compile.limits[Limit::TestedRules];
    if (!all)
        report(Problem::LimitExceeded, where,
               fmt::format("{}: the rules of all test files take {}", rules.name,
                           limit_text(Limit::TestedRules, most)),
               limit_help(Limit::TestedRules, most));
    rules_left_ -= std::min<uint64_t>(rules_left_, rules.text.size());
    return all;
}

const Compilation* SuiteLoader::compiled(LoadedTestFile& loaded) {
    if (loaded.rule_paths.empty()) return nullptr;
    std::string root = loaded.rules_given ? "" : loaded.root->path();
    auto [entry, fresh] =
        out_->rule_sets.try_emplace({root, loaded.rule_paths, loaded.schema_paths, loaded.source});
    std::vector<RuleSource> sources;
    for (size_t i = 0; i < loaded.rule_paths.size(); ++i) {
        const std::string& path = loaded.rule_paths[i];
        if (loaded.rules_given) {
            loaded.reads.insert(path);
            if (fresh) read_given_rules(path, {loaded.file.source, 0, 1}, sources);
            continue;
        }
        // Rules of the same name stand nowhere.
        Span where =
            i < loaded.file.rules.size() ? loaded.file.rules[i].span : Span{loaded.file.source, 0, 1};
        Root::File file = open(loaded, path);
        // What a test file names may be quoted no more than the test file.
        RuleSource source{path, "", out_->sources.file(loaded.file.source).why_not_quoted(),
                          !out_->is_own(path)};
        if (fresh && read_rules(loaded, where, file, source)) sources.push_back(std::move(source));
    }
    if (!fresh) return entry->second.get();
    if (sources.size() == loaded.rule_paths.size())
        entry->second = compile_rules(std::move(sources), *loaded.schemas, compile_options(loaded.source));
    return entry->second.get();
}

void SuiteLoader::read_given_rules(const std::string& path, Span where, std::vector<RuleSource>& sources) {
    TextFile read = read_text_file(path, options_.compile.limits);
    if (!read.problem.empty()) {
        out_->diagnostics.report(unreadable_file(path, read, options_.compile.limits));
        return;
    }
    RuleSource source{path, std::move(read.text), options_.root->why_not_quoted(path)};
    if (spend_rules(source, where)) sources.push_back(std::move(source));
}

void SuiteLoader::mark_rules(LoadedTestFile& loaded) {
    const std::vector<ProgramRule>& rules = loaded.rules->program->rules;
    loaded.under_test.resize(rules.size());
    auto [known, fresh] = rule_names_.try_emplace(loaded.rules);
    TextViewMap<size_t>& names = known->second;
    for (size_t i = 0; fresh && i < rules.size(); ++i) names.try_emplace(rules[i].name, i);
    bool any = false;
    std::set<std::pair<uint32_t, std::string_view>> unknown;  // the cases of a test share a place
    for (TestCase& test : loaded.file.tests) {
        if (lacks_rules(test, loaded, names)) continue;
        for (const ExpectedAlert& alert : test.expect) {
            auto at = names.find(alert.rule);
            if (at == names.end()) {
                if (loaded.rules->diagnostics.errors() == 0 &&
                    unknown.emplace(alert.span.begin, alert.rule).second)
                    unknown_rule(loaded, alert);
                continue;
            }
            loaded.under_test[at->second] = any = true;
        }
    }
    if (!any) loaded.under_test.assign(rules.size(), true);
}

bool SuiteLoader::lacks_rules(TestCase& test, const LoadedTestFile& loaded,
                              const TextViewMap<size_t>& names) const {
    for (const WrittenText& rule : test.needs) {
        if (names.contains(rule.text)) continue;
        const RuleDefinition* defined = defined_rule(rule.text, loaded);
        std::string near = defined ? "" : near_rule(rule.text, loaded);
        test.skipped = !defined ? fmt::format("there is no rule '{}', which it requires{}", rule.text,
                                              near.empty() ? "" : fmt::format("; did you mean '{}'?", near))
                       : defined->source() == loaded.source
                           ? fmt::format("rule '{}', which it requires, is not enabled", rule.text)
                           : fmt::format("rule '{}', which it requires, is for the source '{}'", rule.text,
                                         defined->source());
        return true;
    }
    return false;
}

const RuleDefinition* SuiteLoader::defined_rule(const std::string& name, const LoadedTestFile& loaded) {
    for (const RuleDefinition& rule : loaded.rules->ruleset.rules)
        if (rule.item.name.text() == name) return &rule;
    return nullptr;
}

std::string SuiteLoader::near_rule(const std::string& name, const LoadedTestFile& loaded) {
    return nearest(name, loaded.rules->program->rules,
                   [](const ProgramRule& rule) -> const std::string& { return rule.name; });
}

void SuiteLoader::unknown_rule(const LoadedTestFile& loaded, const ExpectedAlert& alert) {
    out_->diagnostics.report(Problem::TestRule, false, [&] {
        const RuleDefinition* rule = defined_rule(alert.rule, loaded);
        Diagnostic out{Problem::TestRule};
        out.span = alert.span;
        if (!rule) {
            out.message = fmt::format("no rule '{}' in {}", alert.rule, fmt::join(loaded.rule_paths, ", "));
            std::string near = near_rule(alert.rule, loaded);
            if (!near.empty()) out.help = fmt::format("did you mean '{}'?", near);
        } else if (rule->source() != loaded.source) {
            out.message = fmt::format("rule '{}' is for the source '{}', these tests are for '{}'",
                                      alert.rule, rule->source(), loaded.source);
            out.help = fmt::format("'source: {}' at the top of a test file", rule->source());
        } else {
            out.message = fmt::format("rule '{}' is not enabled", alert.rule);
        }
        return out;
    });
}

}  // namespace stoop
