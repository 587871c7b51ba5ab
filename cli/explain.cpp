// stoop explain: the condition of a rule as a tree, each node with its verdict and the value seen.
#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/events.h"
#include "testing/explainer.h"

namespace stoop::cli {
namespace {

struct Options {
    RuleOptions rules;
    std::vector<std::string> events;
    std::string rule;
    std::string format = "human";
};

int explain_command(const Options& options, const Global& global) {
    LoadedRules rules = load_rules(options.rules, global);
    if (rules.exit != kOk) return rules.exit;
    const Plan& plan = *rules.compilation->plan;
    std::vector<const PlanRule*> wanted;
    std::vector<std::string_view> names;
    for (const PlanRule& rule : plan.rules) {
        names.push_back(rule.name);
        if (options.rule.empty() || rule.name == options.rule) wanted.push_back(&rule);
    }
    if (wanted.empty()) {
        std::string near = nearest(options.rule, names);
        fmt::print(stderr, "error: no rule '{}' is loaded{}\n", options.rule,
                   near.empty() ? "" : "; did you mean '" + near + "'?");
        return kUsage;
    }
    EventInput input(global.schema(), plan, global, false);
    Explainer explainer(plan, input.decoder(), global.color_on(STDOUT_FILENO));
    bool first = true;
    return input.read(options.events, [&](const Event& event, const std::string& file) {
        if (event.source != plan.source) {
            fmt::print(stderr, "{}:{}: an event of source '{}'; these rules are for '{}'\n", file, event.line,
                       event.source, plan.source);
            return true;
        }
        for (const PlanRule* rule : wanted) {
            if (options.format == "json") {
                fmt::print("{}\n", explainer.json(*rule, event, file)
                                       .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
                continue;
            }
            fmt::print("{}{}", first ? "" : "\n", explainer.human(*rule, event, file));
            first = false;
        }
        return true;
    });
}

}  // namespace

void add_explain(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("explain", "Show why rules fire on events or do not");
    command->footer(
        "Example:\n  stoop explain -r rules/ fixtures/memfd_create/near_misses/runc_by_name.json");
    add_rule_options(*command, options->rules);
    command
        ->add_option("EVENTS", options->events, "Files of events, folders of them, or - for standard input")
        ->required();
    command->add_option("--rule", options->rule, "Only the rule of this name");
    command->add_option("-o,--output-format", options->format, "For people or for programs")
        ->check(CLI::IsMember({"human", "json"}))
        ->capture_default_str();
    command->callback(
        [=, &global, &chosen] { chosen = [=, &global] { return explain_command(*options, global); }; });
}

}  // namespace stoop::cli
