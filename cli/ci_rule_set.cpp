// SPDX-License-Identifier: Apache-2.0
#include "cli/ci_rule_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/suites.h"
#include "runtime/base/counted.h"
#include "runtime/base/excerpt.h"
#include "testing/coverage_report.h"
#include "testing/report_lines.h"

namespace stoop::cli {

RuleSetCheck::RuleSetCheck(const CiOptions& options, const Global& global, const Base* base, CiReport& report)
    : options_(options),
      global_(global),
      set_(*global.rule_set),
      base_(base),
      was_(base ? base->find(set_.name()) : nullptr),
      gates_(base && base->definition(set_.name()) ? *base->definition(set_.name()) : *set_.definition),
      has_base_gates_(&gates_ != set_.definition),
      report_(report) {
    out_.name = set_.name();
}

void RuleSetCheck::run() {
    if (was_) load_base();
    check();
    test();
    if (valid_ && comparable_) compare();
    judge_coverage();
    add_diagnostics();
    report_.rule_sets.push_back(std::move(out_));
}

void RuleSetCheck::note(const std::string& text) {
    std::string line = fmt::format("rule set '{}': {}", set_.name(), text);
    std::vector<std::string>& notes = report_.notes;
    if (std::find(notes.begin(), notes.end(), line) == notes.end()) notes.push_back(std::move(line));
}

void RuleSetCheck::fail_gate(const std::string& gate, const std::string& text) {
    report_.problems.push_back(
        {Severity::Error, gate, fmt::format("rule set '{}': {}", set_.name(), text), place_of_set()});
    worst(kFound);
}

void RuleSetCheck::check() {
    rules_ = load_rules({}, global_, false);
    if (std::set<std::string> own = own_at_base(); own.size() > global_.also_own.size()) {
        global_.also_own = std::move(own);
        rules_ = load_rules({}, global_, false);
    }
    add_problems(rules_.unreadable, rules_.compilation->sources, out_.diagnostics);
    add_problems(rules_.compilation->diagnostics, rules_.compilation->sources, out_.diagnostics);
    valid_ = rules_.exit == kOk;
    worst(rules_.exit);
}

void RuleSetCheck::load_base() {
    std::string problem;
    before_ = base_->global_of(*was_, global_, problem);
    if (!before_) return note(fmt::format("not compared with {}: {}", *options_.base, problem));
    old_ = load_rules({}, *before_, false);
    comparable_ = old_.exit == kOk;
    if (comparable_) return;
    std::vector<ReportedProblem> found;
    add_problems(old_.unreadable, old_.compilation->sources, found);
    add_problems(old_.compilation->diagnostics, old_.compilation->sources, found);
    auto error = std::find_if(found.begin(), found.end(), [](const ReportedProblem& p) {
        return severity_of(p.diagnostic) == Severity::Error;
    });
    note(fmt::format("not compared with {}, whose rules do not load: {}", *options_.base,
                     error == found.end() ? "" : base_->shown(placed_text(*error))));
}

std::set<std::string> RuleSetCheck::own_at_base() const {
    std::set<std::string> out = global_.also_own;
    if (!comparable_) return out;
    out.merge(files_of_own_rules(*old_.compilation, *was_, *rules_.compilation));
    return out;
}

void RuleSetCheck::test() {
    tested_ = run_tests_of(global_, options_.threads, out_.diagnostics);
    if (!tested_.valid) {
        worst(kInvalid);
        return;
    }
    out_.tested = true;
    FailureDetails details(*tested_.suite, false);
    Report report{set_.name(), *tested_.suite, tested_.results, details};
    out_.tests = totals(report);
    auto bad = bad_events(*tested_.suite, tested_.results, global_);
    for (size_t i = 0; i < tested_.results.size(); ++i) {
        const TestResult& result = tested_.results[i];
        std::string name = tested_.suite->tests[i].name();
        if (result.outcome == TestResult::Outcome::Failed)
            report_.problems.push_back({Severity::Error, "test: " + name,
                                        result.failures.empty() ? "" : headline(result.failures[0]),
                                        place_of(report, i)});
        else if (result.outcome == TestResult::Outcome::Invalid)
            report_.problems.push_back(
                {Severity::Error, "test: " + name,
                 bad.contains(i) ? full_text(bad.find(i)->second) : "an event is invalid",
                 place_of(report, i)});
    }
    if (out_.tests.failed > 0) worst(kFound);
    if (out_.tests.invalid > 0) worst(kInvalid);
    out_.coverage = tested_.percent;
    note_what_was_not_tested();
}

void RuleSetCheck::note_what_was_not_tested() {
    constexpr size_t kMost = 10;
    if (tested_.results.empty()) note("there are no tests");
    if (tested_.comparisons == 0) note("there is nothing to cover: own files have no conditions of rules");
    size_t skipped = 0;
    for (size_t i = 0; i < tested_.results.size(); ++i) {
        if (tested_.results[i].outcome != TestResult::Outcome::Skipped || skipped++ >= kMost) continue;
        const LoadedTest& test = tested_.suite->tests[i];
        note(fmt::format("test '{}' is skipped: {}", excerpt(test.name()), test.test->skipped));
    }
    if (skipped > kMost) note(fmt::format("{} more are skipped", counted(skipped - kMost, "test")));
}

void RuleSetCheck::compare() {
    std::vector<ReportedProblem> found;
    TestedSet old_tests = run_tests_of(*before_, options_.threads, found);
    if (old_tests.valid)
        out_.coverage_before = old_tests.percent;
    else
        note(fmt::format("the tests at {} are invalid, so its coverage is not known", *options_.base));
    compare_verdicts(old_tests);
    compare_speed(*before_);
}

void RuleSetCheck::note_source_without_schema(const std::string& source, bool now) {
    std::string text = fmt::format("rules of the source '{}' are not compared: {} has no schema for it",
                                   source, now ? *options_.base : "this change");
    note(text);
    bool gated = options_.fail_on_change || options_.coverage_no_decrease || gates_.coverage_min;
    if (gated && !now) fail_gate("verdicts", text);
}

template <typename Visit>
void RuleSetCheck::for_each_source(const Global& before, const Visit& visit) {
    std::set<std::string> sources{before.source, global_.source};
    for (const Global* one : std::initializer_list<const Global*>{&before, &global_})
        sources.insert(one->sources.begin(), one->sources.end());
    for (const std::string& source : sources) {
        Global then = before, now = global_;
        then.source = now.source = source;
        if (then.schemas.find(source) && now.schemas.find(source))
            visit(then, now);
        else
            note_source_without_schema(source, now.schemas.find(source) != nullptr);
    }
}

void RuleSetCheck::compare_verdicts(const TestedSet& old_tests) {
    EventTexts events(global_.limits);
    for (const TestedSet* tests : {static_cast<const TestedSet*>(&tested_), &old_tests})
        if (tests->valid) events.add(*tests->suite);
    // Those of the base, too: a change cannot take away what shows it.
    std::string missing;
    auto add = [&](const Root& root, const std::string& path) {
        Root::File file = root.open(path);
        std::string problem = file.descriptor ? events.add(std::move(file.descriptor)) : file.problem;
        if (!problem.empty()) missing = fmt::format("cannot read {}: {}", base_->shown(path), problem);
    };
    for (const std::string& path : set_.bench_events) add(*global_.root, path);
    for (const std::string& path : was_->bench_events) add(*before_->root, path);
    if (events.is_full())
        missing = "not all events were compared: " +
                  limit_help(Limit::TestEvents, global_.limits[Limit::TestEvents]);
    if (!missing.empty()) note(missing);
    if (!missing.empty() && options_.fail_on_change) fail_gate("verdicts", missing);
    out_.compared = true;
    out_.compared_events = events.all().size();
    for_each_source(*before_, [&](const Global& then, const Global& now) {
        LoadedRules of_source[2];
        auto program = [&](const Global& global, const Global& known, const LoadedRules& rules, size_t at) {
            if (global.source == known.source) return rules.compilation->program.get();
            of_source[at] = load_rules({}, global, false);
            return of_source[at].compilation->program.get();
        };
        auto changes = verdict_changes(
            events, {*program(then, *before_, old_, 0), then.schema(), then.matching("")},
            {*program(now, global_, rules_, 1), now.schema(), now.matching("")}, global_.limits);
        out_.changes.insert(out_.changes.end(), changes.begin(), changes.end());
    });
    if (!options_.fail_on_change || out_.changes.empty()) return;
    std::vector<std::string> names;
    for (const RuleChange& change : out_.changes) names.push_back(change.rule);
    fail_gate("verdicts", fmt::format("verdicts change: {}", fmt::join(names, ", ")));
}

RuleSetCheck::Problems RuleSetCheck::in_both(const Problems& some, const Problems& others) {
    Problems out;
    for (const auto& [event, problem] : some)
        if (auto other = others.find(event); other != others.end())
            out.emplace(event, problem.empty() ? other->second : problem);
    return out;
}

void RuleSetCheck::compare_speed(const Global& before) {
    bool of_base = !was_->bench_events.empty();
    MeasureOptions options;
    options.events = of_base ? was_->bench_events : set_.bench_events;
    options.engine.name = "auto";
    options.quiet = true;
    if (options.events.empty()) return;
    std::optional<CiBench> slowest;
    std::optional<Problems> problems;  // of all sources
    options.others = before.sources.size() + global_.sources.size() > 2;
    for_each_source(before, [&](const Global& then, const Global& now) {
        Problems of_source;
        std::optional<CiBench> bench = measure(then, now, options, of_source);
        if (bench && (!slowest || bench->ratio.low > slowest->ratio.low)) slowest = std::move(bench);
        problems = problems ? in_both(*problems, of_source) : std::move(of_source);
    });
    // Events of sources without rules are passed over.
    if (problems) std::erase_if(*problems, [](const auto& problem) { return problem.second.empty(); });
    if (problems && problems->empty() && !slowest) problems->emplace(0, "none is of the source of its rules");
    if (problems && !problems->empty()) {
        worst(kInvalid);
        return fail_gate("bench", fmt::format("the events of 'bench' cannot be measured: {}",
                                              base_->shown(problems->begin()->second)));
    }
    if (!slowest) return;
    CiBench& bench = *slowest;
    if (bench.failed)
        fail_gate("bench", fmt::format("rules take {:.2f} times as long as at {}, at most {:.2f} allowed{}",
                                       bench.ratio.median, *options_.base, 1 + *bench.limit,
                                       bench.slower.empty()
                                           ? ""
                                           : fmt::format("; slower: {}", fmt::join(bench.slower, ", "))));
    out_.bench = std::move(bench);
}

std::optional<CiBench> RuleSetCheck::measure(const Global& before, const Global& global,
                                             const MeasureOptions& options, Problems& problems) {
    Matching matching = before.matching("");
    MeasuredRules old, now;
    int exit = load_measured({}, options, before, old);
    if (exit == kOk) exit = load_measured({}, options, global, now);
    problems = std::move(old.problems);
    problems.merge(now.problems);
    if (exit != kOk && problems.empty()) problems.emplace(0, "rules do not load");
    if (exit != kOk || old.events.empty() || now.events.empty()) return std::nullopt;
    CiBench bench;
    bench.ratio =
        stoop::compare_speed(old.workload(matching), now.workload(matching), options.repetitions).throughput;
    bench.limit = gates_.max_regression;
    constexpr double kNoticed = 0.1;
    double allowed = bench.limit.value_or(kNoticed);
    SlowerRules slower = slower_rules({{}, before, old}, {{}, global, now}, options, matching, allowed);
    bench.slower = std::move(slower.names);
    bench.passed_over = slower.passed_over;
    bench.failed = bench.limit && regressed(bench.ratio, *bench.limit);
    return bench;
}

void RuleSetCheck::judge_coverage() {
    out_.coverage_min = gates_.coverage_min;
    if (!out_.coverage) return;
    if (out_.coverage_min && *out_.coverage < *out_.coverage_min)
        fail_gate("coverage", fmt::format("coverage is {} %, less than the {} % demanded{}",
                                          rounded_down(*out_.coverage), rounded_down(*out_.coverage_min),
                                          has_base_gates_ ? " at " + *options_.base : ""));
    if (!options_.coverage_no_decrease || !was_) return;
    if (!out_.coverage_before)
        note("whether coverage decreased is not known");
    else if (*out_.coverage < *out_.coverage_before)
        fail_gate("coverage", fmt::format("coverage decreased from {} % to {} %",
                                          rounded_down(*out_.coverage_before), rounded_down(*out_.coverage)));
}

void RuleSetCheck::add_diagnostics() {
    for (const ReportedProblem& problem : out_.diagnostics) {
        Severity severity = severity_of(problem.diagnostic);
        if (severity == Severity::Note) continue;
        ++(severity == Severity::Error ? out_.errors : out_.warnings);
        report_.problems.push_back(ci_problem(problem));
    }
}

}  // namespace stoop::cli
