// SPDX-License-Identifier: Apache-2.0
// stoop init: a first project file for a repository of rules, and a test to fill in for each own rule.
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/project.h"
#include "compiler/describe.h"
#include "compiler/project/file_patterns.h"
#include "compiler/project/rule_text.h"
#include "compiler/source/yaml_node.h"
#include "runtime/base/counted.h"
#include "testing/yaml_text.h"

namespace stoop::cli {
namespace {

namespace fs = std::filesystem;

// Returns why there is no new file, or an empty text. What is there stays as it is.
std::string write_new_file(const std::string& path, std::string_view text) {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file || write_all(file.get(), text) < text.size()) return std::strerror(errno);
    return "";
}

// The rules and tests of the working directory.
struct Found {
    std::vector<RuleText> rules;  // in load order
    std::vector<std::string> tests;
    std::set<std::string> tested;  // every text in the test files: names of rules among them
    std::string problem;
};

void add_texts(const YamlNode& node, std::set<std::string>& out) {
    if (node.IsScalar()) out.insert(node.Scalar());
    if (node.IsSequence())
        for (const YamlNode& item : node) add_texts(item, out);
    if (node.IsMap())
        for (const auto& entry : node) add_texts(entry.second, out);
}

void add_tested(std::string_view text, const Limits& limits, std::set<std::string>& out) {
    try {
        YamlDocuments documents(text, limits);
        for (const YamlNode& root : documents.roots()) add_texts(root, out);
    } catch (const YAML::Exception&) {  // what is wrong with it is for 'test' to say
    }
}

Found find(const Global& global) {
    Found out;
    FilePatterns patterns(".", global.limits);
    MatchedFiles all = patterns.match("**");
    out.problem = all.problem;
    for (const std::string& path : all.paths) {
        if (!is_yaml_name(path)) continue;
        TextFile file = read_below_root(*global.root, path, global.limits);
        if (!file.problem.empty()) continue;
        if (is_test_name(path)) {
            out.tests.push_back(path);
            add_tested(file.text, global.limits, out.tested);
        } else if (is_rule_text(file.text, global.limits))
            out.rules.push_back(read_rule_text(path, file.text, global.limits));
    }
    out.rules = in_load_order(std::move(out.rules));
    return out;
}

// Where the tests are, if some are not beside the rules, where tests are looked for by themselves.
std::set<std::string> folders_of_tests(const Found& found, const std::set<std::string>& new_tests) {
    auto folder = [](const std::string& path) { return fs::path(path).parent_path().string(); };
    std::set<std::string> of_rules, of_tests;
    for (const RuleText& file : found.rules) of_rules.insert(folder(file.path));
    for (const std::string& path : found.tests) of_tests.insert(folder(path));
    if (std::includes(of_rules.begin(), of_rules.end(), of_tests.begin(), of_tests.end())) return {};
    for (const std::string& path : new_tests) of_tests.insert(folder(path));
    return of_tests;
}

std::string project_text(const std::vector<RuleText>& rules, const std::set<std::string>& tests) {
    std::string out =
        "# What 'stoop check', 'stoop test' and 'stoop ci' work on: docs/project.md says what else can stand "
        "here.\n"
        "rulesets:\n  default:\n    rules: # in load order\n";
    size_t published = 0;
    for (const RuleText& file : rules) {
        out += fmt::format("      - {}\n", yaml_scalar(file.path));
        published += file.published;
    }
    if (!tests.empty()) out += "    tests:\n";
    for (const std::string& folder : tests)
        out += fmt::format("      - {}\n", folder.empty() ? "'*test.yaml'" : yaml_scalar(folder + "/"));
    if (published == 0 || published == rules.size()) return out;
    out += "    own: # the others are Falco's: coverage, mutants and warnings are not about them\n";
    for (const RuleText& file : rules)
        if (!file.published) out += fmt::format("      - {}\n", yaml_scalar(file.path));
    return out;
}

std::unique_ptr<Compilation> compile(const std::vector<RuleText>& rules, const Global& global) {
    std::vector<RuleSource> sources;
    for (const RuleText& file : rules)
        sources.push_back({file.path, read_below_root(*global.root, file.path, global.limits).text});
    CompileOptions options;
    options.limits = global.limits;
    return compile_rules(std::move(sources), global.schemas, options);
}

// One event with the fields that the rule asks for, none of which is there yet.
std::string test_text(const RuleDefinition& rule, const Compilation& all, const Schema& schema) {
    ConditionDescription condition = describe(rule, all, schema);
    std::string out = fmt::format("  - name: {}\n    events:\n",
                                  yaml_scalar(fmt::format("{} fires", rule.item.name.text())));
    std::erase(condition.events, "asyncevent");
    std::string type = condition.events.empty() ? "null" : condition.events[0];
    out += fmt::format("      - evt.type: {}\n", yaml_scalar(type));
    for (const std::string& field : condition.fields)
        if (field != "evt.type") out += fmt::format("        {}: null\n", yaml_scalar(field));
    return out + fmt::format("    expect:\n      - {}\n", yaml_scalar(rule.item.name.text()));
}

struct NewTests {
    std::string text;
    std::vector<std::string> rules;
};

// By rule file, for the own rules that no test names.
std::map<std::string, NewTests> new_tests(const Found& found, const Global& global) {
    std::map<std::string, NewTests> out;
    std::set<std::string> own;
    for (const RuleText& file : found.rules)
        if (!file.published) own.insert(file.path);
    std::unique_ptr<Compilation> all = compile(found.rules, global);
    if (all->diagnostics.errors() > 0) {
        message("warning: the rules do not load, so no tests are written: 'stoop check' says why\n");
        return out;
    }
    for (const RuleDefinition& rule : all->ruleset.rules) {
        const Schema* schema = global.schemas.find(rule.source());
        std::string file = all->sources.place(rule.item.name.span()).file;
        if (!schema || schema->source() != kDefaultSource || !all->outcome(rule).loaded ||
            !all->is_enabled(rule))
            continue;
        if (!own.contains(file) || found.tested.contains(rule.item.name.text())) continue;
        NewTests& tests = out[file];
        tests.text += test_text(rule, *all, *schema);
        tests.rules.push_back(rule.item.name.text());
    }
    return out;
}

// False after a message if a file could not be written.
bool write_tests(const std::map<std::string, NewTests>& tests) {
    for (const auto& [rules, added] : tests) {
        std::string path = fs::path(rules).replace_extension().string() + "_test.yaml";
        std::error_code error;
        if (fs::exists(fs::symlink_status(path, error))) {
            message("note: {} stays as it is; it has no test of {}\n", path,
                    counted(added.rules.size(), "rule"));
            continue;
        }
        std::string problem = write_new_file(path,
                                             "# To fill in: the values of an event on which each rule fires, "
                                             "and what else must hold.\ntests:\n" +
                                                 added.text);
        if (!problem.empty()) {
            message("error: cannot write {}: {}\n", path, problem);
            return false;
        }
        print("wrote {}: {} to fill in\n", path, counted(added.rules.size(), "test"));
    }
    return true;
}

int init(const Global& global) {
    std::error_code error;
    if (fs::exists(fs::symlink_status(kProjectFileName, error))) {
        message("error: {} is there already and stays as it is\n", kProjectFileName);
        return kUsage;
    }
    Found found = find(global);
    if (!found.problem.empty() || found.rules.empty()) {
        message("error: {}\n",
                found.problem.empty() ? "there are no rule files in this folder or below it" : found.problem);
        return kUsage;
    }
    std::map<std::string, NewTests> tests = new_tests(found, global);
    std::set<std::string> new_files;
    for (const auto& [rules, added] : tests) new_files.insert(rules);
    std::string text = project_text(found.rules, folders_of_tests(found, new_files));
    if (std::string problem = write_new_file(kProjectFileName, text); !problem.empty()) {
        message("error: cannot write {}: {}\n", kProjectFileName, problem);
        return kUsage;
    }
    size_t own = 0;
    for (const RuleText& file : found.rules) own += !file.published;
    print("wrote {}: {}, {} of them Falco's\n", kProjectFileName,
          counted(found.rules.size(), "file") + " of rules", found.rules.size() - own);
    if (!write_tests(tests)) return kUsage;
    print("next: 'stoop check', then 'stoop test'\n");
    return kOk;
}

}  // namespace

void add_init(CLI::App& app, const Global& global, Chosen& chosen) {
    auto* command = app.add_subcommand(
        "init", "Write a stoop.yaml for the rules in this folder, and a test to fill in for each own rule");
    command->footer("Example:\n  stoop init");
    command->callback([&] { chosen = [&] { return init(global); }; });
}

}  // namespace stoop::cli
