// SPDX-License-Identifier: Apache-2.0
// stoop bench: throughput and latency of a rule set on events; with --gate, against an older rule set.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/measured_rules.h"
#include "cli/message.h"
#include "cli/numbers.h"
#include "cli/terminal.h"
#include "runtime/base/counted.h"

namespace stoop::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
    RuleOptions rules;
    MeasureOptions measured;
    std::string matching;
    std::string format = "human";
    bool gate = false;
    std::vector<std::string> baseline;
    std::string max_regression = "10%";
    std::optional<double> min_events_per_second;
};

std::map<std::string, std::vector<Event>> by_type(const PreparedProgram& program, std::vector<Event> events) {
    std::map<std::string, std::vector<Event>> out;
    for (Event& event : events) {
        std::string name = "unknown";
        if (program.type_slot && event.values[*program.type_slot].present())
            name = event.values[*program.type_slot].text();
        out[name].push_back(std::move(event));
    }
    return out;
}

ordered_json as_json(const Ratio& ratio) {
    return {{"ratio", ratio.median}, {"low", ratio.low}, {"high", ratio.high}};
}

// Measured are all rules unless something else is asked for.
Matching bench_matching(const Options& options) {
    return options.matching == "first" ? Matching::First : Matching::All;
}

std::string judged(const Ratio& ratio, double allowed) {
    if (regressed(ratio, allowed)) return "too slow";
    if (ratio.high <= 1 + allowed) return "ok";
    return "ok, though the machine is too noisy to exclude a regression";
}

// What was measured.
struct Measured {
    MeasuredRules now, before;
    SpeedComparison speed;
    SlowerRules slower;
    double allowed = 0;
    bool too_slow_by_itself = false;  // --min-events-per-second
    bool regression = false;

    bool failed() const { return regression || too_slow_by_itself; }
    double events_per_second() const { return speed.after.median > 0 ? 1e9 / speed.after.median : 0; }
};

int measure_all(const Options& options, const Global& global, Measured& out) {
    Matching matching = bench_matching(options);
    say_which_source(options.rules, global);
    if (int exit = load_measured(options.rules, options.measured, global, out.now); exit != kOk) return exit;
    if (!options.baseline.empty()) {
        RuleOptions old = options.rules;
        old.paths = options.baseline;
        if (int exit = load_measured(old, options.measured, global, out.before); exit != kOk) return exit;
        out.speed = compare_speed(out.before.workload(matching), out.now.workload(matching),
                                  options.measured.repetitions);
        out.regression =
            regressed(out.speed.throughput, out.allowed) || regressed(out.speed.p99, out.allowed);
        out.slower = slower_rules({old, global, out.before}, {options.rules, global, out.now},
                                  options.measured, matching, out.allowed);
    } else {
        out.speed.after = measure(out.now.workload(matching), options.measured.repetitions);
    }
    out.too_slow_by_itself =
        options.min_events_per_second && out.events_per_second() < *options.min_events_per_second;
    return kOk;
}

ordered_json by_event_type(const Options& options, Measured& measured) {
    constexpr uint32_t kRoundsPerType = 7;
    ordered_json out = ordered_json::object();
    MeasuredRules& now = measured.now;
    for (const auto& [type, events] : by_type(now.program(), std::move(now.events)))
        out[type] = {
            {"events", events.size()},
            {"ns_per_event", measure(now.workload(bench_matching(options), events), kRoundsPerType).median}};
    return out;
}

void print_json(const Options& options, Measured& m) {
    ordered_json out = {
        {"engine", m.now.engine},
        {"events", m.now.events.size()},
        {"rules", m.now.program().rules.size()},
        {"repetitions", options.measured.repetitions},
        {"ns_per_event",
         {{"min", m.speed.after.min}, {"median", m.speed.after.median}, {"p99", m.speed.after.p99}}}};
    out["by_event_type"] = by_event_type(options, m);
    out["load_ms"] = m.now.load_ms;
    out["compile_ms"] = m.now.compile_ms;
    if (options.gate) {
        ordered_json& gate = out["gate"] = {{"passed", !m.failed()}};
        if (options.min_events_per_second) {
            gate["min_events_per_second"] = *options.min_events_per_second;
            gate["events_per_second"] = m.events_per_second();
        }
        if (!options.baseline.empty()) {
            gate["max_regression"] = m.allowed;
            gate["baseline_ns_per_event"] = m.speed.before.median;
            gate["throughput"] = as_json(m.speed.throughput);
            gate["p99"] = as_json(m.speed.p99);
            gate["slower"] = m.slower.names;
        }
    }
    write_output(out.dump() + "\n");
}

// The verdict comes first, then what it rests on.
void print_gate(const Options& options, const Measured& m) {
    print("gate: {}\n", m.failed() ? "not met" : "met");
    if (options.min_events_per_second)
        print("{:.0f} events a second, at least {:.0f} demanded: {}\n", m.events_per_second(),
              *options.min_events_per_second, m.too_slow_by_itself ? "too slow" : "ok");
    if (options.baseline.empty()) return;
    auto line = [&](const char* what, const Ratio& r) {
        print_wrapped(fmt::format("{}: {:.3f} × the baseline's time (99 % interval {:.3f} to {:.3f}): {}",
                                  what, r.median, r.low, r.high, judged(r, m.allowed)),
                      4);
    };
    line("throughput", m.speed.throughput);
    line("p99", m.speed.p99);
    for (const std::string& rule : m.slower.names) print("slower: {}\n", rule);
    if (m.slower.passed_over > 0)
        print("{} that changed were not measured by themselves\n",
              counted(m.slower.passed_over, "more rule"));
}

int bench(const Options& options, const Global& global) {
    auto allowed = parse_percentage(options.max_regression);
    if (!allowed) {
        message("error: --max-regression must be a percentage such as 10%\n");
        return kUsage;
    }
    if (options.gate != (!options.baseline.empty() || options.min_events_per_second)) {
        message(
            "error: --gate goes together with --baseline or --min-events-per-second: 'stoop bench -r new/ "
            "--gate "
            "--baseline old/ EVENTS'\n");
        return kUsage;
    }
    Options chosen = options;
    if (chosen.measured.events.empty() && global.rule_set)
        chosen.measured.events = global.rule_set->bench_events;
    if (chosen.measured.events.empty()) {
        message("error: no events are given, and stoop.yaml names none under 'bench'\n");
        return kUsage;
    }
    if (chosen.matching.empty() && global.rule_set)
        chosen.matching = global.matching("") == Matching::First ? "first" : "all";
    Measured m;
    m.allowed = *allowed;
    if (int exit = measure_all(chosen, global, m); exit != kOk) return exit;
    int exit = m.failed() ? kFound : kOk;
    size_t events = m.now.events.size();
    if (options.format == "json") {
        print_json(chosen, m);
        return exit;
    }
    if (options.gate) print_gate(chosen, m);
    print_wrapped(
        fmt::format("{}, {}, {} engine: {:.1f} ns an event (median of {} rounds), p99 {:.0f} ns",
                    counted(m.now.program().rules.size(), "rule"), counted(events, "event"), m.now.engine,
                    m.speed.after.median, options.measured.repetitions, m.speed.after.p99),
        4);
    ordered_json types = !options.gate || global.verbose ? by_event_type(chosen, m) : ordered_json::object();
    for (const auto& [type, figures] : types.items())
        print("  {:<20} {:>15} {:>10.1f} ns\n", type, counted(figures["events"].get<size_t>(), "event"),
              figures["ns_per_event"].get<double>());
    print("rules loaded in {:.0f} ms, compiled in {:.0f} ms\n", m.now.load_ms, m.now.compile_ms);
    return exit;
}

}  // namespace

void add_bench(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("bench", "Measure how fast a rule set is on events");
    command->footer(
        "Example:\n  stoop bench -r rules/ fixtures/memfd_create\n"
        "  stoop bench -r rules/ --gate --baseline old-rules/ --max-regression 10% events.jsonl");
    add_rule_options(*command, options->rules);
    command->add_option("EVENTS", options->measured.events,
                        "Files of events or folders of them (default: those of stoop.yaml)");
    command->add_option("-o,--output-format", options->format, "For people or for programs")
        ->check(CLI::IsMember({"human", "json"}))
        ->capture_default_str();
    add_engine_option(*command, options->measured.engine);
    command
        ->add_option(
            "--rule-matching", options->matching,
            "Stop at the first rule that fires, or go through all (default: as stoop.yaml says, else all)")
        ->check(CLI::IsMember({"first", "all"}));
    command->add_option("--repetitions", options->measured.repetitions, "Rounds over the events")
        ->check(whole_number(3, 100'000))
        ->capture_default_str();
    command
        ->add_flag("--gate", options->gate,
                   "Exit with 1 if the rules are slower than they may be; -v adds the event types")
        ->group("Gate");
    command
        ->add_option("--baseline", options->baseline,
                     "The rules to compare with, measured in turn with the others in the same run")
        ->allow_extra_args(false)
        ->group("Gate");
    command
        ->add_option("--min-events-per-second", options->min_events_per_second,
                     "How many events the rules must take in a second")
        ->check(CLI::PositiveNumber)
        ->group("Gate");
    command
        ->add_option("--max-regression", options->max_regression, "How much slower is allowed, beyond noise")
        ->capture_default_str()
        ->group("Gate");
    command->callback([=, &global, &chosen] {
        if (options->min_events_per_second) options->gate = true;
        chosen = [=, &global] { return bench(*options, global); };
    });
}

}  // namespace stoop::cli
