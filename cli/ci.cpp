// SPDX-License-Identifier: Apache-2.0
// stoop ci: everything that a change of rules must pass, against the rules before it.
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <tuple>

#include "cli/ci_rule_set.h"
#include "cli/message.h"
#include "cli/numbers.h"
#include "cli/project.h"
#include "cli/stop.h"
#include "compiler/project/file_patterns.h"
#include "compiler/project/rule_text.h"
#include "runtime/base/counted.h"

namespace stoop::cli {
namespace {

// Gone rule sets cannot take their gates along.
void judge_project(const CiOptions& options, const Base& base, const Global& global, CiReport& report) {
    if (!base.project())
        report.notes.push_back(fmt::format("not compared with {}: {}{}", report.base, base.why_no_project(),
                                           base.file() ? "" : "; the gates are those of this change"));
    if (!base.file()) return;
    report.project_changes = project_changes(*base.file(), global.project->file);
    bool gates = options.fail_on_change || options.coverage_no_decrease;
    for (const ProjectChange& change : report.project_changes)
        if (change.drops_gates || (change.after == "gone" && gates)) {
            std::string text = change.drops_gates
                                   ? fmt::format(
                                         "rule set '{}' is gone, and with it the gates that {} has; drop its "
                                         "gates in a change of their own first",
                                         change.rule_set, report.base)
                                   : fmt::format("rule set '{}' is gone, and nothing of it can be compared",
                                                 change.rule_set);
            report.problems.push_back(
                {Severity::Error, "gates", std::move(text), Place{global.project->path, 1, 1}});
            report.exit = std::max<int>(report.exit, kFound);
        }
}

// The same problem of two rule sets is one.
void order_problems(std::vector<CiProblem>& problems) {
    std::stable_sort(problems.begin(), problems.end(),
                     [](const CiProblem& a, const CiProblem& b) { return a.severity < b.severity; });
    std::vector<CiProblem> out;
    std::set<std::tuple<std::string, std::string, std::string, uint32_t, uint32_t>> seen;
    for (CiProblem& problem : problems) {
        Place place = problem.place.value_or(Place{});
        if (seen.emplace(problem.title, problem.text, place.file, place.line, place.column).second)
            out.push_back(std::move(problem));
    }
    problems = std::move(out);
}

// The summary of a step of GitHub's, if this is one. False after a message if it cannot be written.
bool append_step_summary(const CiReport& report) {
    const char* path = getenv("GITHUB_STEP_SUMMARY");
    if (!path || !*path) return true;
    std::string text;
    ci_markdown(report, [&](std::string_view part) { text += part; });
    Descriptor file(::open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
    if (file && write_all(file.get(), text) == text.size()) return true;
    message("error: cannot write the step summary: {}\n", std::string(std::strerror(errno)));
    return false;
}

// Rule files that are in no rule set: nobody looks at them.
void note_files_without_set(const std::vector<Global>& sets, const Global& global, CiReport& report) {
    const Project& project = *global.project;
    std::set<std::string> named;
    for (const Global& set : sets) named.insert(set.rule_set->rules.begin(), set.rule_set->rules.end());
    std::string folder = project.folder.empty() ? "." : project.folder;
    std::vector<std::string> others;
    MatchedFiles all = FilePatterns(folder, global.limits).match("**");
    if (!all.problem.empty())
        report.notes.push_back(
            fmt::format("rule files that no rule set names were not looked for: {}", all.problem));
    for (const std::string& path : all.paths) {
        std::string shown = project.folder.empty() ? path : project.folder + "/" + path;
        if (named.contains(shown) || !is_yaml_name(shown) || is_test_name(shown)) continue;
        TextFile file = read_below_root(*global.root, shown, global.limits);
        if (file.problem.empty() && is_rule_text(file.text, global.limits))
            others.push_back(std::move(shown));
    }
    constexpr size_t kMost = 10;
    for (size_t i = 0; i < std::min(others.size(), kMost); ++i)
        report.notes.push_back(
            fmt::format("{} is in no rule set of {}, and was not checked", others[i], project.path));
    if (others.size() > kMost)
        report.notes.push_back(
            fmt::format("nor were {} of rules", counted(others.size() - kMost, "more file")));
}

// A change cannot lower its own bar: the levels of warnings, the own files and the source are the base's.
void keep_bar(const Base& base, Global& of_set) {
    if (base.file()) of_set.gate_levels = base.file()->levels;
    const std::string& name = of_set.rule_set->name();
    const RuleSet* was = base.find(name);
    if (was) of_set.also_own = base.own_files(*was, *of_set.project);
    const RuleSetDefinition* definition = base.definition(name);
    auto source_of = [](const RuleSetDefinition& set) { return set.source ? set.source->text : ""; };
    if (!definition || source_of(*definition) == source_of(*of_set.rule_set->definition)) return;
    Global as_before = of_set;
    choose_source(as_before, *definition);
    if (as_before.schemas.find(as_before.source)) {
        of_set.source = as_before.source;
        of_set.sources = as_before.sources;
    }
}

auto printer(const std::string& format) {
    return format == "markdown"      ? ci_markdown
           : format == "json"        ? ci_json
           : format == "github"      ? ci_github
           : format == "codequality" ? ci_codequality
                                     : ci_human;
}

// What is wrong with the project, which then cannot be used.
int invalid_project(const CiOptions& options, const Global& global) {
    if (!global.project_problems) return kInvalid;
    CiReport report;
    for (const ReportedProblem& problem : *global.project_problems)
        report.problems.push_back(ci_problem(problem));
    report.exit = global.project_exit == kOk ? kInvalid : global.project_exit;
    printer(options.format)(report, write_output);
    return report.exit;
}

int ci(const CiOptions& options, const Global& global) {
    if (global.project_exit != kOk) return invalid_project(options, global);
    if (!global.project) {
        message("error: there is no {} here or above; 'stoop init' writes one\n", kProjectFileName);
        return kUsage;
    }
    if (options.base && options.base->empty()) {
        message("error: --base: the name of the commit is empty\n");
        return kUsage;
    }
    Stop stop;  // a signal must not leave the files of the base behind
    std::unique_ptr<Base> base;
    CiReport report;
    report.base = options.base.value_or("");
    if (options.base) {
        int exit = kOk;
        base = Base::of(*options.base, global, exit);
        if (!base) return exit;
        judge_project(options, *base, global, report);
    }
    auto globals = each_rule_set(global, false);
    if (!globals) return invalid_project(options, global);
    std::vector<std::unique_ptr<RuleSetCheck>> checks;  // the report refers to their sources
    for (Global& of_set : *globals) {
        if (stop.signal() != 0) return kSignal + stop.signal();
        if (base) keep_bar(*base, of_set);
        checks.push_back(std::make_unique<RuleSetCheck>(options, of_set, base.get(), report));
        checks.back()->run();
    }
    if (global.rule_set_name.empty()) note_files_without_set(*globals, global, report);
    order_problems(report.problems);
    bool summarised = append_step_summary(report);
    if (!summarised) report.exit = kUsage;
    printer(options.format)(report, write_output);
    return report.exit;
}

}  // namespace

void add_ci(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<CiOptions>();
    auto* command = app.add_subcommand("ci", "Everything that a change of rules must pass, in one go");
    command->footer("Example:\n  stoop ci --base origin/main");
    auto* base = command->add_option(
        "--base", options->base,
        "Compare with the rules at the merge base of this commit and HEAD, whose gates count");
    command->add_flag("--fail-on-change", options->fail_on_change, "Fail if a verdict changes")->needs(base);
    command->add_flag("--coverage-no-decrease", options->coverage_no_decrease, "Fail if coverage decreases")
        ->needs(base);
    command
        ->add_option("-o,--output-format", options->format,
                     "For people, as Markdown, for programs, as annotations of GitHub, or as GitLab's report")
        ->check(CLI::IsMember({"human", "markdown", "json", "github", "codequality"}))
        ->capture_default_str();
    command->add_option("-j", options->threads, "Threads (default: all cores)")->check(whole_number(1, 1024));
    command->callback([=, &global, &chosen] { chosen = [=, &global] { return ci(*options, global); }; });
}

}  // namespace stoop::cli
