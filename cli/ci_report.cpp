// SPDX-License-Identifier: Apache-2.0
#include "cli/ci_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/diagnostic_formats.h"
#include "compiler/project/project.h"
#include "runtime/alert/markdown.h"
#include "runtime/base/counted.h"
#include "runtime/base/printable.h"
#include "testing/coverage_report.h"
#include "testing/workflow_command.h"

namespace stoop::cli {
namespace {

using nlohmann::ordered_json;

constexpr size_t kMostAnnotations = 10, kMostShown = 50, kLongest = 300;

std::string counted_problems(const CiReport& report) {
    size_t errors = 0, others = 0;
    for (const CiProblem& problem : report.problems)
        ++(problem.severity == Severity::Error ? errors : others);
    if (errors == 0 && others == 0) return "all well";
    std::string out = errors > 0 ? counted(errors, "problem") : "all well";
    return others == 0 ? out : out + ", " + counted(others, "warning");
}

std::string check_text(const CiRuleSet& set) {
    std::string out = set.errors > 0 ? counted(set.errors, "error") : "ok";
    return set.warnings == 0 ? out : out + ", " + counted(set.warnings, "warning");
}

std::string tests_text(const CiRuleSet& set) {
    if (!set.tested) return "not run";
    if (set.tests.all() == 0) return "none";
    std::string out =
        fmt::format("{} passed, {} failed", set.tests.passed, set.tests.failed + set.tests.invalid);
    return set.tests.skipped == 0 ? out : out + fmt::format(", {} skipped", set.tests.skipped);
}

std::string percent(double value) { return rounded_down(value) + " %"; }

std::string coverage_text(const CiRuleSet& set) {
    if (!set.coverage) return "unknown";
    std::string out = percent(*set.coverage);
    if (set.coverage_before) out += ", before " + percent(*set.coverage_before);
    if (set.coverage_min) out += ", at least " + percent(*set.coverage_min);
    return out;
}

std::string changes_text(const CiRuleSet& set) {
    if (!set.compared) return "not compared";
    if (set.changes.empty()) return fmt::format("none on {}", counted(set.compared_events, "event"));
    return fmt::format("of {} on {}", counted(set.changes.size(), "rule"),
                       counted(set.compared_events, "event"));
}

std::string speed_text(const CiRuleSet& set) {
    if (!set.bench) return "not measured";
    std::string out = fmt::format("{:.2f} × the time before", set.bench->ratio.median);
    return set.bench->limit ? out + fmt::format(", at most {:.2f}", 1 + *set.bench->limit) : out;
}

std::string placed(const CiProblem& problem) {
    return problem.place
               ? fmt::format("{}:{}:{}: ", problem.place->file, problem.place->line, problem.place->column)
               : "";
}

std::string change_text(const ProjectChange& change) {
    std::string set = change.rule_set.empty() ? "warnings" : fmt::format("rule set '{}'", change.rule_set);
    if (change.key.empty()) return fmt::format("{} is {}", set, change.after);
    return fmt::format("{}: {}: {} → {}", set, change.key,
                       change.before.empty() ? "(nothing)" : change.before,
                       change.after.empty() ? "(nothing)" : change.after);
}

// Of Markdown. What comes from outside stands in code spans only; in a table a bar would end the cell.
std::string code(std::string_view text) {
    std::string span, out;
    append_code_span(text, kLongest, span);
    for (char c : span) out += c == '|' ? "\\|" : std::string(1, c);
    return out;
}

void markdown_changes(const CiRuleSet& set, const Write& write) {
    if (set.changes.empty()) return;
    write(fmt::format(
        "\n### Changed verdicts of {}\n\n| rule | gained | lost | for instance on |\n|---|---|---|---|\n",
        code(set.name)));
    for (size_t i = 0; i < std::min(set.changes.size(), kMostShown); ++i) {
        const RuleChange& change = set.changes[i];
        write(fmt::format("| {} | {} | {} | {} |\n", code(change.rule), counted(change.gained, "event"),
                          counted(change.lost, "event"), code(change.example)));
    }
    if (set.changes.size() > kMostShown)
        write(fmt::format("\nand {}\n", counted(set.changes.size() - kMostShown, "more rule")));
}

std::string slower_text(const CiBench& bench) {
    std::string out = fmt::format("{}", fmt::join(bench.slower, ", "));
    if (bench.passed_over > 0)
        out += fmt::format("{}{} not measured by itself", out.empty() ? "" : "; ",
                           counted(bench.passed_over, "rule"));
    return out;
}

ordered_json optional_json(std::optional<double> value) {
    return value ? ordered_json(*value) : ordered_json();
}

ordered_json rule_set_json(const CiRuleSet& set) {
    ordered_json diagnostics = ordered_json::array(), changes = ordered_json::array();
    for (const ReportedProblem& problem : set.diagnostics)
        diagnostics.push_back(ordered_json(as_json(problem)));
    for (const RuleChange& change : set.changes)
        changes.push_back({{"rule", change.rule},
                           {"events_gained", change.gained},
                           {"events_lost", change.lost},
                           {"example", change.example}});
    ordered_json out = {
        {"name", set.name},
        {"check",
         {{"errors", set.errors}, {"warnings", set.warnings}, {"diagnostics", std::move(diagnostics)}}}};
    out["test"] = set.tested ? ordered_json{{"passed", set.tests.passed},
                                            {"failed", set.tests.failed + set.tests.invalid},
                                            {"skipped", set.tests.skipped}}
                             : ordered_json();
    out["coverage"] = {{"percent", optional_json(set.coverage)},
                       {"min", optional_json(set.coverage_min)},
                       {"before", optional_json(set.coverage_before)}};
    out["changes"] = set.compared ? std::move(changes) : ordered_json();
    out["bench"] =
        !set.bench
            ? ordered_json()
            : ordered_json{{"ratio", set.bench->ratio.median},
                           {"limit", set.bench->limit ? ordered_json(1 + *set.bench->limit) : ordered_json()},
                           {"slower", set.bench->slower}};
    return out;
}

}  // namespace

CiProblem ci_problem(const ReportedProblem& problem) {
    const Diagnostic& d = problem.diagnostic;
    return {severity_of(d), std::string(problem.code()), full_text(d),
            d.has_place ? std::optional(problem.place()) : std::nullopt};
}

void ci_human(const CiReport& report, const Write& write) {
    for (const ProjectChange& change : report.project_changes)
        write(format_printable("changed  {}: {}\n", kProjectFileName, change_text(change)));
    for (const CiRuleSet& set : report.rule_sets) {
        write(format_printable("rule set '{}'\n", set.name));
        write(fmt::format("  check     {}\n  tests     {}\n  coverage  {}\n", check_text(set),
                          tests_text(set), coverage_text(set)));
        if (report.base.empty()) continue;
        write(fmt::format("  verdicts  {}\n", changes_text(set)));
        for (const RuleChange& change : set.changes)
            write(format_printable("            '{}' gained {}, lost {}: {}\n", change.rule,
                                   counted(change.gained, "event"), counted(change.lost, "event"),
                                   change.example.substr(0, kLongest)));
        write(fmt::format("  speed     {}\n", speed_text(set)));
        if (set.bench && !slower_text(*set.bench).empty())
            write(format_printable("            slower: {}\n", slower_text(*set.bench)));
    }
    for (const std::string& note : report.notes) write(format_printable("note: {}\n", note));
    for (const CiProblem& problem : report.problems)
        write(format_printable("{}{}: {}: {}\n", placed(problem), severity_name(problem.severity),
                               problem.title, problem.text));
    write(counted_problems(report) + "\n");
}

void ci_markdown(const CiReport& report, const Write& write) {
    write(fmt::format("## Stoop: {}\n\n", counted_problems(report)));
    if (!report.project_changes.empty()) {
        write(fmt::format("**This changes {}**, by which later changes are judged:\n\n",
                          code(kProjectFileName)));
        for (const ProjectChange& change : report.project_changes)
            write(fmt::format("- {}\n", code(change_text(change))));
        write("\n");
    }
    write("| rule set | check | tests | coverage | changed verdicts | speed |\n|---|---|---|---|---|---|\n");
    for (const CiRuleSet& set : report.rule_sets)
        write(fmt::format("| {} | {} | {} | {} | {} | {} |\n", code(set.name), check_text(set),
                          tests_text(set), coverage_text(set), report.base.empty() ? "" : changes_text(set),
                          report.base.empty() ? "" : speed_text(set)));
    if (!report.problems.empty()) write("\n### Problems\n\n");
    for (size_t i = 0; i < std::min(report.problems.size(), kMostShown); ++i) {
        const CiProblem& problem = report.problems[i];
        write(fmt::format(
            "- {} {}: {}{}\n", severity_name(problem.severity), code(problem.title),
            problem.place ? code(fmt::format("{}:{}", problem.place->file, problem.place->line)) + " " : "",
            code(problem.text)));
    }
    if (report.problems.size() > kMostShown)
        write(fmt::format("- and {}\n", counted(report.problems.size() - kMostShown, "more problem")));
    for (const CiRuleSet& set : report.rule_sets) markdown_changes(set, write);
    for (const CiRuleSet& set : report.rule_sets)
        if (set.bench && !slower_text(*set.bench).empty())
            write(fmt::format("\n### Slower rules of {}\n\n{}\n", code(set.name),
                              code(slower_text(*set.bench))));
    if (!report.notes.empty()) write("\n### Notes\n\n");
    for (const std::string& note : report.notes) write(fmt::format("- {}\n", code(note)));
}

void ci_json(const CiReport& report, const Write& write) {
    JsonStream out(write);
    out.open_object();
    out.open_array("rulesets");
    for (const CiRuleSet& set : report.rule_sets) out.put(rule_set_json(set));
    out.close();
    if (!report.project_changes.empty()) {
        out.open_array("project");
        for (const ProjectChange& change : report.project_changes) out.put(change_text(change));
        out.close();
    }
    out.open_array("problems");
    for (const CiProblem& problem : report.problems) {
        ordered_json one = {{"severity", severity_name(problem.severity)},
                            {"title", problem.title},
                            {"message", problem.text}};
        if (problem.place) {
            one["file"] = problem.place->file;
            one["line"] = problem.place->line;
        }
        out.put(one);
    }
    out.close();
    out.open_array("notes");
    for (const std::string& note : report.notes) out.put(note);
    out.close();
    out.put("exit", report.exit);
    out.close();
}

void ci_github(const CiReport& report, const Write& write) {
    for (size_t i = 0; i < std::min(report.problems.size(), kMostAnnotations); ++i) {
        const CiProblem& problem = report.problems[i];
        std::string_view level =
            problem.severity == Severity::Note ? "notice" : severity_name(problem.severity);
        write(problem.place ? workflow_command(level, *problem.place, problem.title, problem.text)
                            : workflow_command(level, problem.title + ": " + problem.text));
    }
    if (report.problems.size() > kMostAnnotations)
        write(fmt::format("{} without an annotation; the summary has them\n",
                          counted(report.problems.size() - kMostAnnotations, "more problem")));
    write(counted_problems(report) + "\n");
}

void ci_codequality(const CiReport& report, const Write& write) {
    std::vector<QualityIssue> issues;
    for (const CiProblem& problem : report.problems)
        issues.push_back({problem.title, problem.text, problem.severity, problem.place});
    write(codequality_document(issues));
}

}  // namespace stoop::cli
