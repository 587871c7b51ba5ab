// SPDX-License-Identifier: Apache-2.0
#include "cli/measured_rules.h"

#include <fmt/format.h>

#include <chrono>
#include <map>

#include "cli/events.h"
#include "cli/message.h"
#include "compiler/describe.h"

namespace stoop::cli {
namespace {

constexpr size_t kMostEvents = 250'000;  // of which each holds some kilobytes

double ms_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

// One that does not change while it is measured: `auto` is native code if there is any. `engine` is set to
// what it came to.
std::unique_ptr<Matcher> settled_matcher(const EngineOptions& options, const PreparedProgram& program,
                                         std::string& engine, bool quiet) {
    engine = options.name;
    if (options.name != "auto") return make_matcher(options, program);
    auto out = std::make_unique<Matcher>(program, EngineChoice::Native, std::nullopt, false, options.module);
    if (out->problem().empty()) {
        engine = "native";
        return out;
    }
    engine = "tables";
    if (!quiet) say_no_native_code(*out);
    return std::make_unique<Matcher>(program, EngineChoice::Tables, std::nullopt);
}

// The conditions of rules with macros, lists and exceptions filled in, by name.
std::map<std::string, std::string> conditions(const RulesOf& rules) {
    std::map<std::string, std::string> out;
    const Compilation& all = *rules.rules.rules.compilation;
    for (const RuleDefinition& rule : all.ruleset.rules) {
        const Schema* schema = rules.global.schemas.find(rule.source());
        if (all.outcome(rule).loaded && all.is_enabled(rule) && schema)
            out[rule.item.name.text()] = describe(rule, all, *schema).compiled;
    }
    return out;
}

RuleOptions only(const std::string& rule, RuleOptions options) {
    options.selection = {};
    options.selection.disabled_rules = {"*"};
    options.selection.enabled_rules = {rule};
    return options;
}

}  // namespace

Workload MeasuredRules::workload(Matching matching, const std::vector<Event>& which) const {
    auto all = static_cast<uint32_t>(program().rules.size());
    return {matcher->engine(1), matching == Matching::First ? 1 : all, all, &which};
}

int load_measured(const RuleOptions& rules, const MeasureOptions& options, const Global& global,
                  MeasuredRules& out) {
    auto start = std::chrono::steady_clock::now();
    out.rules = load_rules(rules, global, !options.quiet);
    out.load_ms = ms_since(start);
    if (out.rules.exit != kOk) return out.rules.exit;
    start = std::chrono::steady_clock::now();
    out.matcher = settled_matcher(options.engine, out.program(), out.engine, options.quiet);
    out.compile_ms = ms_since(start);
    if (!out.matcher) return kUsage;
    BadEvents::Told told;
    if (options.quiet)
        told = [&](uint64_t number, std::string problem) {
            out.problems.emplace(number, std::move(problem));
        };
    EventInput input(global.schema(), out.program(), global, !options.others, told);
    bool too_many = false;
    // What an event's values point to moves with it: its arena is given up to the copy.
    int exit = input.read(options.events, [&](Event& event, const std::string&) {
        bool other = event.source != out.program().source;
        if (other && options.others) out.problems.emplace(event.number, "");
        too_many = out.events.size() + out.problems.size() >= kMostEvents;
        if (!too_many && !other) out.events.push_back(std::move(event));
        return !too_many;
    });
    std::string problem;
    if (too_many) problem = fmt::format("more than {} events; take a part of them", kMostEvents);
    if (exit == kOk && out.events.empty() && !options.others)
        problem = fmt::format("no events of source '{}'", out.program().source);
    if (options.others && exit == kInvalid) exit = kOk;
    if (problem.empty()) return exit;
    if (options.quiet)
        out.problems.emplace(0, problem);
    else
        message("error: {}\n", problem);
    return too_many ? kUsage : kInvalid;
}

bool regressed(const Ratio& ratio, double allowed) { return ratio.low > 1 + allowed; }

SlowerRules slower_rules(const RulesOf& before, const RulesOf& after, const MeasureOptions& options,
                         Matching matching, double allowed) {
    constexpr size_t kMostMeasured = 20;
    constexpr uint32_t kRounds = 15;
    SlowerRules out;
    MeasureOptions quiet = options;
    quiet.quiet = true;
    size_t measured = 0;
    auto old = conditions(before);
    for (const auto& [name, condition] : conditions(after)) {
        auto was = old.find(name);
        if (was == old.end() || was->second == condition) continue;
        if (measured++ >= kMostMeasured) {
            ++out.passed_over;
            continue;
        }
        MeasuredRules one_before, one_after;
        if (load_measured(only(name, before.options), quiet, before.global, one_before) != kOk) continue;
        if (load_measured(only(name, after.options), quiet, after.global, one_after) != kOk) continue;
        SpeedComparison speed =
            compare_speed(one_before.workload(matching), one_after.workload(matching), kRounds);
        if (regressed(speed.throughput, allowed)) out.names.push_back(name);
    }
    return out;
}

}  // namespace stoop::cli
