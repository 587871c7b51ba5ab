// SPDX-License-Identifier: Apache-2.0
// stoop bench: throughput and latency of a rule set on events; with --gate, against an older rule set.
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/events.h"
#include "cli/message.h"
#include "cli/numbers.h"
#include "cli/terminal.h"
#include "runtime/base/counted.h"
#include "testing/measure.h"

namespace stoop::cli {
namespace {

using nlohmann::ordered_json;

constexpr size_t kMostEvents = 250'000;  // of which each holds some kilobytes

struct Options {
    RuleOptions rules;
    std::vector<std::string> events;
    EngineOptions engine{"native", false, false};  // compiling is measured
    std::string matching = "all";
    std::string format = "human";
    uint32_t repetitions = 51;
    bool gate = false;
    std::vector<std::string> baseline;
    std::string max_regression = "10%";
};

double ms_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

// A rule set that is ready to be measured.
struct Loaded {
    LoadedRules rules;
    std::unique_ptr<Matcher> matcher;
    std::vector<Event> events;
    std::string engine;
    double load_ms = 0, compile_ms = 0;

    const Plan& plan() const { return *rules.compilation->plan; }
    Workload workload(const std::string& matching, const std::vector<Event>& which) const {
        auto all = static_cast<uint32_t>(plan().rules.size());
        return {matcher->engine(1), matching == "first" ? 1 : all, all, &which};
    }
};

// One that does not change while it is measured: `auto` is native code if there is any. `engine` is set to
// what it came to.
std::unique_ptr<Matcher> settled_matcher(EngineOptions options, const Plan& plan, std::string& engine) {
    engine = options.name;
    if (options.name != "auto") return make_matcher(options, plan);
    auto out = std::make_unique<Matcher>(plan, EngineChoice::Native, std::nullopt);
    engine = out->problem().empty() ? "native" : "reference";
    if (!out->problem().empty()) say_no_native_code(*out);
    return out;
}

int load(const RuleOptions& rules, const Options& options, const Global& global, Loaded& out) {
    auto start = std::chrono::steady_clock::now();
    out.rules = load_rules(rules, global);
    out.load_ms = ms_since(start);
    if (out.rules.exit != kOk) return out.rules.exit;
    start = std::chrono::steady_clock::now();
    out.matcher = settled_matcher(options.engine, out.plan(), out.engine);
    out.compile_ms = ms_since(start);
    if (!out.matcher) return kUsage;
    EventInput input(global.schema(), out.plan(), global, true);
    bool too_many = false;
    // What an event's values point to moves with it: its arena is given up to the copy.
    int exit = input.read(options.events, [&](Event& event, const std::string&) {
        if (event.source != out.plan().source) return true;
        too_many = out.events.size() == kMostEvents;
        if (!too_many) out.events.push_back(std::move(event));
        return !too_many;
    });
    if (too_many) message("error: more than {} events; take a part of them\n", kMostEvents);
    if (exit == kOk && out.events.empty()) {
        message("error: no events of source '{}'\n", out.plan().source);
        return kInvalid;
    }
    return too_many ? kUsage : exit;
}

std::map<std::string, std::vector<Event>> by_type(const Plan& plan, std::vector<Event> events) {
    std::map<std::string, std::vector<Event>> out;
    for (Event& event : events) {
        std::string name = "unknown";
        if (plan.type_slot && event.values[*plan.type_slot].present())
            name = event.values[*plan.type_slot].text();
        out[name].push_back(std::move(event));
    }
    return out;
}

ordered_json as_json(const Ratio& ratio) {
    return {{"ratio", ratio.median}, {"low", ratio.low}, {"high", ratio.high}};
}

// `10%` as 0.1; nothing if it is none.
std::optional<double> percentage(std::string_view text) {
    if (text.ends_with('%')) text.remove_suffix(1);
    auto value = decimal(text);
    return value && *value <= 1000 ? std::optional(*value / 100) : std::nullopt;
}

// Slower beyond what was allowed, and beyond doubt.
bool regressed(const Ratio& ratio, double allowed) { return ratio.low > 1 + allowed; }

std::string judged(const Ratio& ratio, double allowed) {
    if (regressed(ratio, allowed)) return "too slow";
    if (ratio.high <= 1 + allowed) return "ok";
    return "ok, though the machine is too noisy to exclude a regression";
}

int bench(const Options& options, const Global& global) {
    auto allowed = percentage(options.max_regression);
    if (!allowed) {
        message("error: --max-regression must be a percentage such as 10%\n");
        return kUsage;
    }
    if (options.gate != !options.baseline.empty()) {
        message(
            "error: --gate and --baseline go together: 'stoop bench -r new/ --gate --baseline "
            "old/ EVENTS'\n");
        return kUsage;
    }
    Loaded now, before;
    if (int exit = load(options.rules, options, global, now); exit != kOk) return exit;
    SpeedComparison speed;
    if (options.gate) {
        RuleOptions old = options.rules;
        old.paths = options.baseline;
        if (int exit = load(old, options, global, before); exit != kOk) return exit;
        speed = compare_speed(before.workload(options.matching, before.events),
                              now.workload(options.matching, now.events), options.repetitions);
    } else {
        speed.after = measure(now.workload(options.matching, now.events), options.repetitions);
    }
    bool failed = options.gate && (regressed(speed.throughput, *allowed) || regressed(speed.p99, *allowed));
    ordered_json out = {
        {"engine", now.engine},
        {"events", now.events.size()},
        {"rules", now.plan().rules.size()},
        {"repetitions", options.repetitions},
        {"ns_per_event",
         {{"min", speed.after.min}, {"median", speed.after.median}, {"p99", speed.after.p99}}},
        {"by_event_type", ordered_json::object()},
        {"load_ms", now.load_ms},
        {"compile_ms", now.compile_ms}};
    constexpr uint32_t kRoundsPerType = 7;
    for (const auto& [type, events] : by_type(now.plan(), std::move(now.events)))
        out["by_event_type"][type] = {
            {"events", events.size()},
            {"ns_per_event", measure(now.workload(options.matching, events), kRoundsPerType).median}};
    if (options.gate)
        out["gate"] = {{"passed", !failed},
                       {"max_regression", *allowed},
                       {"baseline_ns_per_event", speed.before.median},
                       {"throughput", as_json(speed.throughput)},
                       {"p99", as_json(speed.p99)}};
    if (options.format == "json") {
        write_output(out.dump() + "\n");
        return failed ? kFound : kOk;
    }
    print_wrapped(
        fmt::format("{}, {}, {} engine: {:.1f} ns an event (median of {} rounds), p99 {:.0f} ns",
                    counted(now.plan().rules.size(), "rule"), counted(out["events"].get<size_t>(), "event"),
                    now.engine, speed.after.median, options.repetitions, speed.after.p99),
        4);
    for (const auto& [type, figures] : out["by_event_type"].items())
        print("  {:<20} {:>15} {:>10.1f} ns\n", type, counted(figures["events"].get<size_t>(), "event"),
              figures["ns_per_event"].get<double>());
    print("rules loaded in {:.0f} ms, compiled in {:.0f} ms\n", now.load_ms, now.compile_ms);
    if (!options.gate) return kOk;
    auto line = [&](const char* what, const Ratio& r) {
        print_wrapped(fmt::format("{}: {:.3f} × the baseline's time (99 % interval {:.3f} to {:.3f}): {}",
                                  what, r.median, r.low, r.high, judged(r, *allowed)),
                      4);
    };
    line("throughput", speed.throughput);
    line("p99", speed.p99);
    return failed ? kFound : kOk;
}

}  // namespace

void add_bench(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("bench", "Measure how fast a rule set is on events");
    command->footer(
        "Example:\n  stoop bench -r rules/ fixtures/memfd_create\n"
        "  stoop bench -r rules/ --gate --baseline old-rules/ --max-regression 10% events.jsonl");
    add_rule_options(*command, options->rules);
    command->add_option("EVENTS", options->events, "Files of events or folders of them")->required();
    command->add_option("-o,--output-format", options->format, "For people or for programs")
        ->check(CLI::IsMember({"human", "json"}))
        ->capture_default_str();
    add_engine_option(*command, options->engine);
    command
        ->add_option("--rule-matching", options->matching,
                     "Stop at the first rule that fires, or go through all")
        ->check(CLI::IsMember({"first", "all"}))
        ->capture_default_str();
    command->add_option("--repetitions", options->repetitions, "Rounds over the events")
        ->check(whole_number(3, 100'000))
        ->capture_default_str();
    command->add_flag("--gate", options->gate, "Exit with 1 if the rules are slower than the baseline")
        ->group("Gate");
    command
        ->add_option("--baseline", options->baseline,
                     "The rules to compare with, measured in turn with the others in the same run")
        ->allow_extra_args(false)
        ->group("Gate");
    command
        ->add_option("--max-regression", options->max_regression, "How much slower is allowed, beyond noise")
        ->capture_default_str()
        ->group("Gate");
    command->callback([=, &global, &chosen] { chosen = [=, &global] { return bench(*options, global); }; });
}

}  // namespace stoop::cli
