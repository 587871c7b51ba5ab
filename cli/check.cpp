// stoop check: load, resolve, type-check; print every diagnostic.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "compiler/print.h"

namespace stoop::cli {
namespace {

struct Options {
    std::vector<std::string> rules;
    std::string format = "human";
    std::string emit;
};

nlohmann::json as_json(const Diagnostic& d, const Sources& sources) {
    const ProblemInfo& info = problem_info(d.problem);
    nlohmann::json out = {{"code", info.code},
                          {"severity", info.severity == Severity::Error ? "error" : "warning"},
                          {"message", d.message}};
    if (!info.falco_code.empty()) out["falco_code"] = info.falco_code;
    if (!d.label.empty()) out["label"] = d.label;
    if (!d.notes.empty()) out["notes"] = d.notes;
    if (!d.help.empty()) out["help"] = d.help;
    if (d.has_place) {
        Place place = sources.place(d.span);
        out["file"] = place.file;
        out["line"] = place.line;
        out["column"] = place.column;
    }
    return out;
}

std::string summary(const Compilation& c) {
    auto count = [](size_t n, const char* what) {
        return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
    };
    return fmt::format("{}, {}, {}: {}", count(c.ruleset.rules.size(), "rule"),
                       count(c.ruleset.macros.size(), "macro"), count(c.ruleset.lists.size(), "list"),
                       c.diagnostics.errors()     ? count(c.diagnostics.errors(), "error")
                       : c.diagnostics.warnings() ? "ok, with " + count(c.diagnostics.warnings(), "warning")
                                                  : "ok");
}

std::string emitted(const std::string& stage, const Compilation& c) {
    if (stage == "ast") return print_ast(c.ruleset);
    if (stage == "typed") return print_typed(*c.plan);
    if (stage == "plan") return print_plan(*c.plan);
    if (stage == "ir") return emit_ir(*c.plan);
    return emit_asm(*c.plan);
}

int check(const Options& options, const Global& global) {
    bool json = options.format == "json";
    LoadedRules rules = load_rules(options.rules, global, !json);
    const Compilation& c = *rules.compilation;
    if (json) {
        nlohmann::json list = nlohmann::json::array();
        for (const Diagnostic& d : rules.unreadable.all()) list.push_back(as_json(d, c.sources));
        for (const Diagnostic& d : c.diagnostics.by_place()) list.push_back(as_json(d, c.sources));
        nlohmann::json out = {{"errors", c.diagnostics.errors() + rules.unreadable.errors()},
                              {"warnings", c.diagnostics.warnings()},
                              {"diagnostics", std::move(list)}};
        fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
        return rules.exit;
    }
    // The tree of what was written can be shown whatever else is wrong; later stages need valid rules.
    if (!options.emit.empty() && (rules.exit == kOk || options.emit == "ast"))
        fmt::print("{}", emitted(options.emit, c));
    else if (!global.quiet && rules.exit != kUsage)
        fmt::print("{}\n", summary(c));
    return rules.exit;
}

}  // namespace

void add_check(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("check", "Load and type-check rules; print every problem");
    command->footer("Example:\n  stoop check rules/");
    command
        ->add_option("RULES,-r,--rules", options->rules,
                     "Rule files and folders, in the order in which they load")
        ->required();
    command->add_option("-o,--output-format", options->format, "Form of the diagnostics")
        ->check(CLI::IsMember({"human", "json"}))
        ->capture_default_str();
    command->add_option("--emit", options->emit, "Print a stage of the compilation")
        ->check(CLI::IsMember({"ast", "typed", "plan", "ir", "asm"}));
    command->callback([=, &global, &chosen] { chosen = [=, &global] { return check(*options, global); }; });
}

}  // namespace stoop::cli
