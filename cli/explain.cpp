// SPDX-License-Identifier: Apache-2.0
// stoop explain: the condition of a rule as a tree, each node with its verdict and the value seen; or the
// events that a rule only just misses.
#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <span>

#include "cli/command.h"
#include "cli/events.h"
#include "cli/message.h"
#include "cli/numbers.h"
#include "cli/rule_state.h"
#include "cli/terminal.h"
#include "runtime/base/counted.h"
#include "runtime/base/excerpt.h"
#include "runtime/base/text_map.h"
#include "testing/explainer.h"
#include "testing/near_misses.h"

namespace stoop::cli {
namespace {

struct Options {
    RuleOptions rules;
    std::vector<std::string> events;
    std::string rule;
    bool all_rules = false;
    std::string why_not;
    size_t nearest = 10;
    std::string matching;
    std::string format = "human";

    bool json() const { return format == "json"; }
};

std::string dumped(const nlohmann::ordered_json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Whether the rules are for the event at all; says so if not.
bool is_for(const PreparedProgram& program, const Event& event, const std::string& file) {
    if (event.source == program.source) return true;
    message("{}:{}: an event of source '{}'; these rules are for '{}'\n", file, event.line, event.source,
            program.source);
    return false;
}

// Which rules are explained on an event. An alert names its rule, so that one is, if it is in effect.
class RulesOfEvents {
  public:
    RulesOfEvents(const Compilation& compilation, const Global& global,
                  const std::vector<const ProgramRule*>& rules)
        : compilation_(compilation), global_(global), rules_(rules) {
        for (const ProgramRule& rule : compilation.program->rules) by_name_.try_emplace(rule.name, &rule);
    }

    std::span<const ProgramRule* const> of(const Event& event, const std::string& file) const {
        if (event.rule.empty()) return rules_;
        auto found = by_name_.find(event.rule);
        if (found != by_name_.end()) return {&found->second, 1};
        message("note: {}:{}: all rules are explained: the alert is of rule '{}', which {}\n", file,
                event.line, excerpt(event.rule), absent_rule_text(compilation_, global_, event.rule));
        return rules_;
    }

  private:
    const Compilation& compilation_;
    const Global& global_;
    const std::vector<const ProgramRule*>& rules_;
    TextViewMap<const ProgramRule*> by_name_;
};

int explain_events(const Options& options, const Compilation& compilation, const Global& global,
                   const std::vector<const ProgramRule*>& rules, EventInput& input, Explainer& explainer) {
    const PreparedProgram& program = *compilation.program;
    RulesOfEvents rules_of(compilation, global, rules);
    bool first = true, chosen = options.all_rules || !options.rule.empty();
    return input.read(options.events, [&](const Event& event, const std::string& file) {
        if (!is_for(program, event, file)) return true;
        explainer.set_event(event, file);
        for (const ProgramRule* rule : chosen ? rules : rules_of.of(event, file)) {
            if (options.json()) {
                write_output(dumped(explainer.json(*rule)) + "\n");
                continue;
            }
            write_output((first ? "" : "\n") + explainer.human(*rule, global.verbose));
            first = false;
        }
        return true;
    });
}

int why_not(const Options& options, const PreparedProgram& program, const ProgramRule& rule,
            Matching matching, const Limits& limits, EventInput& input, Explainer& explainer) {
    NearMisses misses(program, rule, matching, options.nearest, limits[Limit::ReportBytes]);
    int exit = input.read(options.events, [&](const Event& event, const std::string& file) {
        if (!is_for(program, event, file)) return true;
        misses.add(event, [&](const NearMisses::Miss& miss) {
            explainer.set_event(event, file);
            if (!options.json()) return explainer.brief(rule);
            nlohmann::ordered_json out = {{"distance", nullptr}};
            if (miss.distance) out["distance"] = *miss.distance;
            out.update(explainer.json(rule));
            return dumped(out) + "\n";
        });
        return true;
    });
    for (const NearMisses::Miss& miss : misses.nearest()) write_output(miss.text);
    if (misses.too_long())
        message("note: only the {} nearest are shown: their explanations take {}; {}\n",
                misses.nearest().size(), limit_text(Limit::ReportBytes, limits[Limit::ReportBytes]),
                limit_help(Limit::ReportBytes, limits[Limit::ReportBytes]));
    if (options.json()) return exit;
    size_t shown = misses.nearest().size(), all = misses.events() - misses.fired();
    print("{}: rule '{}' fires on {}, not on {}", counted(misses.events(), "event"), rule.name,
          misses.fired(), all);
    print("{}\n", shown < all ? fmt::format("; the {} nearest are shown", shown) : "");
    return exit;
}

int explain_command(const Options& options, const Global& global) {
    say_which_source(options.rules, global);
    LoadedRules loaded = load_rules(options.rules, global);
    if (loaded.exit != kOk) return loaded.exit;
    const PreparedProgram& program = *loaded.compilation->program;
    const std::string& name = options.why_not.empty() ? options.rule : options.why_not;
    std::vector<const ProgramRule*> wanted;
    for (const ProgramRule& rule : program.rules)
        if (name.empty() || rule.name == name) wanted.push_back(&rule);
    if (wanted.empty()) {
        message("error: {}\n", name.empty()
                                   ? no_rules_text(*loaded.compilation, global)
                                   : fmt::format("rule '{}' {}", excerpt(name),
                                                 absent_rule_text(*loaded.compilation, global, name)));
        return kUsage;
    }
    say_if_typed(options.events, "events", global.quiet);
    EventInput input(global.schema(), program, global, false);
    Matching matching = global.matching(options.matching);
    Explainer explainer(program, input.decoder(),
                        Look{global.color_on(STDOUT_FILENO), terminal_width(STDOUT_FILENO), global.quiet},
                        global.limits, matching);
    if (options.why_not.empty())
        return explain_events(options, *loaded.compilation, global, wanted, input, explainer);
    return why_not(options, program, *wanted[0], matching, global.limits, input, explainer);
}

}  // namespace

void add_explain(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("explain", "Show why rules fire on events or do not");
    command->footer(
        "Examples:\n"
        "  stoop explain -r rules/ fixtures/memfd_create/near_misses/runc_by_name.json\n"
        "  stoop explain -r rules/ --why-not 'Fileless execution via memfd_create' fixtures/memfd_create");
    add_rule_options(*command, options->rules);
    command
        ->add_option("EVENTS", options->events, "Files of events, folders of them, or - for standard input")
        ->required();
    auto* rule = command->add_option(
        "--rule", options->rule,
        "Only the rule of this name (default: of an alert the rule that it names, of other events all)");
    auto* all = command->add_flag("--all-rules", options->all_rules, "All rules, of alerts, too");
    all->excludes(rule);
    auto* why_not = command->add_option("--why-not", options->why_not,
                                        "Only the events on which the rule of this name does not fire, "
                                        "nearest misses first");
    why_not->excludes(rule);
    command->add_option("--nearest", options->nearest, "With --why-not, how many events to show")
        ->check(whole_number(1, 1'000'000))
        ->capture_default_str()
        ->needs(why_not);
    all->excludes(why_not);
    command
        ->add_option("--rule-matching", options->matching,
                     "Whether a rule that fires keeps later ones from firing (default: as stoop.yaml says, "
                     "else first)")
        ->check(CLI::IsMember({"first", "all"}));
    command->add_option("-o,--output-format", options->format, "For people or for programs")
        ->check(CLI::IsMember({"human", "json"}))
        ->capture_default_str();
    command->callback(
        [=, &global, &chosen] { chosen = [=, &global] { return explain_command(*options, global); }; });
}

}  // namespace stoop::cli
