// SPDX-License-Identifier: Apache-2.0
// stoop mutate: change rules in small ways and list the changes that no test notices.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/suites.h"
#include "cli/terminal.h"
#include "runtime/base/counted.h"
#include "runtime/base/excerpt.h"
#include "runtime/base/wrap.h"
#include "testing/mutate.h"

namespace stoop::cli {
namespace {

struct Options {
    std::vector<std::string> paths;
    std::string format = "human";
    TestChoice choice;
};

// Reports the rules of which some changes were not tried. False if there is such a rule.
bool print_untried(const std::vector<MutatedRule>& rules, const Global& global) {
    for (const MutatedRule& rule : rules) {
        if (!rule.exceeded) continue;
        Diagnostics found({}, global.limits);
        uint64_t most = global.limits[*rule.exceeded];
        found.report({Problem::LimitExceeded,
                      fmt::format("rule '{}': {}; {}: {}", excerpt(rule.rule->name), untried_text(rule),
                                  limit_info(*rule.exceeded).name, limit_text(*rule.exceeded, most)),
                      true,
                      rule.name,
                      "",
                      {},
                      limit_help(*rule.exceeded, most)});
        print_diagnostics(found, rule.rules->sources, global);
    }
    return std::none_of(rules.begin(), rules.end(), [](const MutatedRule& rule) { return rule.exceeded; });
}

// The mutants of one rule set, with what they refer to.
struct MutatedSet {
    std::unique_ptr<Suite> suite;
    std::vector<TestResult> results;
};

int mutate_command(const Options& options, const Global& global) {
    int exit = kOk;
    auto sets = find_test_sets(options.paths, options.choice, global, exit);
    if (!sets) return exit;
    std::vector<MutatedSet> done;
    std::vector<MutatedRule> rules;
    std::vector<TestResult> all;
    size_t tests = 0;
    for (const TestSet& set : *sets) {
        int exit = kOk;
        MutatedSet& one = done.emplace_back();
        one.suite = load_tests(set, options.choice, exit);
        if (exit != kOk) return exit;
        tests += one.suite->tests.size();
        RunOptions run;
        run.threads = all_cores();
        one.results = run_tests(*one.suite, run);
        if (!print_bad_events(*one.suite, one.results, set.global)) return kInvalid;
        all.insert(all.end(), one.results.begin(), one.results.end());
    }
    for (const std::string& wrong :
         {no_tests_text(tests, options.choice), none_ran_text(all, options.choice)})
        if (!wrong.empty()) {
            message("error: {}\n", wrong);
            return kUsage;
        }
    auto failed = std::count_if(all.begin(), all.end(),
                                [](const TestResult& r) { return r.outcome == TestResult::Outcome::Failed; });
    if (failed > 0)
        message("warning: {} fail{} as the rules are; only those that pass are used\n",
                counted(static_cast<uint64_t>(failed), "test"), failed == 1 ? "s" : "");
    for (size_t i = 0; i < done.size(); ++i) {
        if (done[i].suite->tests.empty()) continue;
        for (MutatedRule& rule : mutate(*done[i].suite, done[i].results)) rules.push_back(std::move(rule));
    }
    if (options.format == "json")
        json_mutants(rules, global.limits, write_output);
    else if (options.format == "github")
        github_mutants(rules, global.limits, write_output);
    else
        human_mutants(rules, global.verbose, global.limits, [](std::string_view text) {
            write_output(wrapped(text, terminal_width(STDOUT_FILENO), "    "));
        });
    if (!print_untried(rules, global)) return kInvalid;
    bool survivors = std::any_of(rules.begin(), rules.end(), [](const MutatedRule& rule) {
        return rule.count(MutatedRule::Fate::Survived) > 0;
    });
    return survivors ? kFound : kOk;
}

}  // namespace

void add_mutate(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("mutate", "Find changes of rules that no test notices");
    command->footer("Example:\n  stoop mutate rules/");
    add_test_paths(*command, options->paths);
    command->add_option("-o,--output-format", options->format, "How mutants are reported")
        ->check(CLI::IsMember({"human", "json", "github"}))
        ->capture_default_str();
    add_test_choice(*command, options->choice);
    command->callback(
        [=, &global, &chosen] { chosen = [=, &global] { return mutate_command(*options, global); }; });
}

}  // namespace stoop::cli
