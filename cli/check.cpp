// SPDX-License-Identifier: Apache-2.0
// stoop check: load, resolve, type-check; print every diagnostic.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "cli/command.h"
#include "cli/diagnostic_formats.h"
#include "cli/falco_document.h"
#include "cli/message.h"
#include "cli/project.h"
#include "cli/rule_state.h"
#include "compiler/describe.h"
#include "compiler/print.h"
#include "runtime/base/counted.h"
#include "runtime/program/print.h"

namespace stoop::cli {
namespace {

struct Options {
    RuleOptions rules;
    std::string format = "human";
    std::string emit;
    bool changed = false;
};

// `3 rules`, `93 rules (12 disabled)`, `0 of 32 rules checked (32 for the unknown source 'okta')`
std::string rules_text(const RuleCounts& rules) {
    std::vector<std::string> notes;
    for (const auto& [source, number] : rules.unknown_sources)
        notes.push_back(fmt::format("{} for the unknown source '{}'", number, source));
    if (rules.skipped > 0) notes.push_back(fmt::format("{} skipped, as they ask to be", rules.skipped));
    bool all = notes.empty();
    if (rules.disabled > 0) notes.push_back(fmt::format("{} disabled", rules.disabled));
    std::string out = all ? counted(rules.all, "rule")
                          : fmt::format("{} of {} checked", rules.checked(), counted(rules.all, "rule"));
    return notes.empty() ? out : fmt::format("{} ({})", out, fmt::join(notes, ", "));
}

size_t written_rules(const Compilation& c) {
    size_t out = 0;
    for (const RuleFile& file : c.files) out += file.rules_written;
    return out;
}

std::string summary(const LoadedRules& loaded, const RuleCounts& rules) {
    const Compilation& c = *loaded.compilation;
    size_t errors = c.diagnostics.errors() + loaded.unreadable.errors(), warnings = c.diagnostics.warnings();
    std::string found = rules.all > 0 && rules.checked() == 0 ? "nothing checked" : "ok";
    if (errors > 0) {
        // Items with errors are not among the rules that were loaded: those that were written are counted.
        found = counted(errors, "error");
        if (warnings > 0) found += ", " + counted(warnings, "warning");
        return fmt::format("{} in {}: {}", counted(written_rules(c), "rule"), counted(c.files.size(), "file"),
                           found);
    }
    if (warnings > 0) found += ", with " + counted(warnings, "warning");
    return fmt::format("{}, {}, {}: {}", rules_text(rules), counted(c.ruleset.macros.size(), "macro"),
                       counted(c.ruleset.lists.size(), "list"), found);
}

// Nothing, after a message, if there is no native code.
std::string emitted(const std::string& stage, const Compilation& c) {
    if (stage == "ast") return print_ast(c.ruleset);
    if (stage == "typed") return print_typed(*c.program);
    if (stage == "program") return to_text(*c.program);
    std::string error;
    std::string out = stage == "ir" ? emit_ir(*c.program, error) : emit_asm(*c.program, error);
    if (out.empty()) message("error: no native code on this machine ({})\n", error);
    return out;
}

// The document of `falco -V` does not tell of warnings that make the rules invalid: none of Stoop's own are
// in it, and Falco's are not errors there.
void print_own_reasons(const LoadedRules& rules, bool warnings_are_errors) {
    const Compilation& c = *rules.compilation;
    for (const Diagnostic& d : c.diagnostics.by_place()) {
        const ProblemInfo& info = problem_info(d.problem);
        Severity severity = severity_of(d);
        bool raised = severity == Severity::Error && info.severity != Severity::Error;
        bool own = severity == Severity::Warning && warnings_are_errors && info.falco_code.empty();
        if (!raised && !own) continue;
        Place place = c.sources.place(d.span);
        std::string where =
            d.has_place ? fmt::format("{}:{}:{}: ", place.file, place.line, place.column) : "";
        message("{}[{}]: {}{}\n", severity_name(severity), info.code, where, d.message);
    }
}

// The rule sets that were loaded, in the order of the project.
struct Checked {
    Global global;
    LoadedRules rules;
    RuleCounts counts;

    const Compilation& compilation() const { return *rules.compilation; }
};

RuleCounts& operator+=(RuleCounts& all, const RuleCounts& more) {
    all.all += more.all;
    all.disabled += more.disabled;
    all.skipped += more.skipped;
    for (const auto& [source, number] : more.unknown_sources) all.unknown_sources[source] += number;
    return all;
}

// As a document that is not JSON.
void print_problems(const std::string& format, const Problems& problems) {
    if (format == "sarif") print_sarif(problems);
    if (format == "github") print_github(problems);
    if (format == "codequality") print_codequality(problems);
}

// The project cannot be used; what is wrong with it was told, or stands in the document.
int invalid_project(const Options& options, const Global& global) {
    if (!global.project_problems) return kInvalid;
    const Problems& problems = *global.project_problems;
    if (options.format == "json")
        print_json(problems, problems.size(), 0, {});
    else
        print_problems(options.format, problems);
    return global.project_exit == kOk ? kInvalid : global.project_exit;
}

void print_document(const std::string& format, const std::vector<Checked>& sets) {
    Problems problems;
    RuleCounts counts;
    size_t errors = 0, warnings = 0, found = 0;
    for (const Checked& set : sets) {
        add_problems(set.rules.unreadable, set.compilation().sources, problems);
        add_problems(set.compilation().diagnostics, set.compilation().sources, problems);
        counts += set.counts;
        errors += set.compilation().diagnostics.errors() + set.rules.unreadable.errors();
        warnings += set.compilation().diagnostics.warnings();
        found += set.compilation().diagnostics.all().size() + set.rules.unreadable.all().size();
    }
    if (format != "json") return print_problems(format, problems);
    if (sets.size() > 1 && problems.size() < found) {  // rule sets share files, and so problems
        auto of = [&](Severity severity) {
            return static_cast<size_t>(std::count_if(
                problems.begin(), problems.end(),
                [&](const ReportedProblem& p) { return severity_of(p.diagnostic) == severity; }));
        };
        errors = of(Severity::Error);
        warnings = of(Severity::Warning);
    }
    print_json(problems, errors, warnings, counts);
}

int print_stage(const Options& options, const Checked& set) {
    // The tree of what was written can be shown whatever else is wrong; later stages need valid rules.
    if (set.rules.exit != kOk && options.emit != "ast") return set.rules.exit;
    if (options.emit != "ast" && set.compilation().program->rules.empty() && !set.global.quiet)
        message("warning: {}\n", no_rules_text(set.compilation(), set.global));
    std::string out = emitted(options.emit, set.compilation());
    write_output(out);
    return out.empty() && (options.emit == "ir" || options.emit == "asm") ? kUsage : set.rules.exit;
}

void print_falco(const Options& options, const Checked& set) {
    print_diagnostics(set.rules.unreadable, set.compilation().sources, set.global);
    print_own_reasons(set.rules, options.rules.warnings_are_errors);
    say_if_warnings_are_errors(options.rules, set.compilation().diagnostics);
    write_output(falco_document(set.compilation(), set.global.schemas) + "\n");
}

// A rule set of the project, or rules that are named.
struct ToCheck {
    Global global;
    std::vector<std::string> paths;
    std::string title;  // before its summary, where there are several
};

int check_all(const Options& options, std::vector<ToCheck> all) {
    if ((options.format == "falco" || !options.emit.empty()) && all.size() != 1) {
        message("error: this prints one set of rules; {}\n",
                all.empty() ? "there is none" : no_rule_set_text(all[0].global));
        return kUsage;
    }
    std::vector<Checked> sets;
    int exit = kOk;
    for (ToCheck& one : all) {
        Checked& set = sets.emplace_back(Checked{std::move(one.global), {}, {}});
        RuleOptions rules = options.rules;
        rules.paths = std::move(one.paths);
        set.rules = load_rules(rules, set.global, options.format == "human");
        set.counts = count_rules(set.compilation(), set.global.schemas);
        exit = std::max(exit, set.rules.exit);
        bool summarised = options.format == "human" && options.emit.empty() && set.rules.exit != kUsage;
        if (!summarised || set.global.quiet) continue;
        if (all.size() > 1) print("{}: ", one.title);
        print("{}\n", summary(set.rules, set.counts));
    }
    if (!options.emit.empty()) return print_stage(options, sets[0]);
    if (options.format == "falco") print_falco(options, sets[0]);
    if (options.format != "human" && options.format != "falco") print_document(options.format, sets);
    return exit;
}

std::vector<ToCheck> rule_sets(std::vector<Global> globals) {
    std::vector<ToCheck> out;
    for (Global& global : globals) {
        std::string name = global.rule_set ? global.rule_set->name() : "";
        out.push_back({std::move(global), {}, std::move(name)});
    }
    return out;
}

// --changed: only what the files are about, which a hook names. Without a project each file of rules is
// checked by itself.
int check_changed(const Options& options, const Global& global) {
    const std::vector<std::string>& files = options.rules.paths;
    std::vector<ToCheck> concerned;
    if (!global.project) {
        for (const std::string& file : files)
            if (holds_rules(file, global)) concerned.push_back({global, {file}, file});
    } else {
        auto all = each_rule_set(global, false);
        if (!all) return invalid_project(options, global);
        std::set<std::string> known;
        std::vector<Global> holding;
        // What is gone may have been of any.
        std::error_code error;
        bool gone = std::any_of(files.begin(), files.end(), [&](const std::string& file) {
            return !std::filesystem::exists(std::filesystem::symlink_status(file, error));
        });
        for (Global& of_set : *all)
            if (holds_any(of_set, files, known) || gone) holding.push_back(std::move(of_set));
        concerned = rule_sets(std::move(holding));
        for (const std::string& file : files)
            if (options.format == "human" && !known.contains(file) && !global.quiet &&
                holds_rules(file, global))
                message("note: {} is in no rule set of {}, and was not checked\n", file,
                        global.project->path);
    }
    bool nothing = concerned.empty() && options.format == "human" && options.emit.empty();
    return nothing ? kOk : check_all(options, std::move(concerned));
}

int check(const Options& options, const Global& global) {
    if (global.project_exit != kOk) return invalid_project(options, global);
    if (options.changed) return check_changed(options, global);
    if (!options.rules.paths.empty()) return check_all(options, {{global, options.rules.paths, ""}});
    auto globals = each_rule_set(global, false);
    return globals ? check_all(options, rule_sets(std::move(*globals))) : invalid_project(options, global);
}

}  // namespace

void add_check(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("check", "Load and type-check rules; print every problem");
    command->footer("Example:\n  stoop check rules/\n  stoop check --changed rules/web.yaml web_test.yaml");
    add_rule_options(*command, options->rules, true);
    command->add_flag("--extract", options->rules.extract,
                      "Check the rules within ConfigMaps, Helm values and Rulesfile resources");
    command
        ->add_option(
            "-o,--output-format", options->format,
            "For people, for programs, as `falco -V` prints it, or for code scanning and merge requests")
        ->check(CLI::IsMember({"human", "json", "falco", "sarif", "github", "codequality"}))
        ->capture_default_str();
    command->add_flag(
        "--changed", options->changed,
        "The files are those that changed: check the rule sets of stoop.yaml that hold them, and pass over "
        "files that are no rules");
    command->add_option("--emit", options->emit, "Print a stage of the compilation")
        ->check(CLI::IsMember({"ast", "typed", "program", "ir", "asm"}));
    command->callback([=, &global, &chosen] {
        if (!options->emit.empty() && options->format != "human")
            throw CLI::ValidationError("check", "--emit prints a stage instead of diagnostics; leave out -o");
        chosen = [=, &global] { return check(*options, global); };
    });
}

}  // namespace stoop::cli
