// SPDX-License-Identifier: Apache-2.0
// stoop check: load, resolve, type-check; print every diagnostic.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command.h"
#include "cli/diagnostic_formats.h"
#include "cli/falco_document.h"
#include "cli/message.h"
#include "compiler/describe.h"
#include "compiler/print.h"
#include "runtime/base/counted.h"

namespace stoop::cli {
namespace {

struct Options {
    RuleOptions rules;
    std::string format = "human";
    std::string emit;
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
    if (stage == "typed") return print_typed(*c.plan);
    if (stage == "plan") return print_plan(*c.plan);
    std::string error;
    std::string out = stage == "ir" ? emit_ir(*c.plan, error) : emit_asm(*c.plan, error);
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

int check(const Options& options, const Global& global) {
    LoadedRules rules = load_rules(options.rules, global, options.format == "human");
    const Compilation& c = *rules.compilation;
    if (options.format == "json") {
        print_json(rules, count_rules(c.ruleset, global.schemas));
    } else if (options.format == "sarif") {
        print_sarif(rules);
    } else if (options.format == "github") {
        print_github(rules);
    } else if (options.format == "falco") {
        print_diagnostics(rules.unreadable, c.sources, global);
        print_own_reasons(rules, options.rules.warnings_are_errors);
        say_if_warnings_are_errors(options.rules, c.diagnostics);
        write_output(falco_document(c, global.schemas) + "\n");
    } else if (!options.emit.empty() && (rules.exit == kOk || options.emit == "ast")) {
        // The tree of what was written can be shown whatever else is wrong; later stages need valid rules.
        std::string out = emitted(options.emit, c);
        write_output(out);
        if (out.empty() && (options.emit == "ir" || options.emit == "asm")) return kUsage;
    } else if (!global.quiet && rules.exit != kUsage) {
        print("{}\n", summary(rules, count_rules(c.ruleset, global.schemas)));
    }
    return rules.exit;
}

}  // namespace

void add_check(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("check", "Load and type-check rules; print every problem");
    command->footer("Example:\n  stoop check rules/");
    add_rule_options(*command, options->rules, true);
    command->add_flag("--extract", options->rules.extract,
                      "Check the rules within ConfigMaps, Helm values and Rulesfile resources");
    command
        ->add_option("-o,--output-format", options->format,
                     "For people, for programs, as `falco -V` prints it, or for code scanning")
        ->check(CLI::IsMember({"human", "json", "falco", "sarif", "github"}))
        ->capture_default_str();
    command->add_option("--emit", options->emit, "Print a stage of the compilation")
        ->check(CLI::IsMember({"ast", "typed", "plan", "ir", "asm"}));
    command->callback([=, &global, &chosen] {
        if (!options->emit.empty() && options->format != "human")
            throw CLI::ValidationError("check", "--emit prints a stage instead of diagnostics; leave out -o");
        chosen = [=, &global] { return check(*options, global); };
    });
}

}  // namespace stoop::cli
