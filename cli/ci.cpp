// SPDX-License-Identifier: Apache-2.0
// stoop ci: everything that a change of rules must pass, against the rules before it.
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <tuple>

#include "cli/base.h"
#include "cli/ci_report.h"
#include "cli/command.h"
#include "cli/measured_rules.h"
#include "cli/message.h"
#include "cli/numbers.h"
#include "cli/project.h"
#include "cli/stop.h"
#include "cli/suites.h"
#include "cli/tested_set.h"
#include "compiler/project/file_patterns.h"
#include "runtime/base/counted.h"
#include "runtime/base/excerpt.h"
#include "testing/coverage_report.h"
#include "testing/report_lines.h"

namespace stoop::cli {
namespace {

struct Options {
    std::optional<std::string> base;
    std::string format = "human";
    bool fail_on_change = false;
    bool coverage_no_decrease = false;
    unsigned threads = all_cores();
};

// Goes through one rule set and collects what there is to say of it.
class RuleSetCheck {
  public:
    RuleSetCheck(const Options& options, const Global& global, const Base* base, CiReport& report)
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

    void run() {
        check();
        if (was_) load_base();
        test();
        if (valid_ && comparable_) compare();
        judge_coverage();
        add_diagnostics();
        report_.rule_sets.push_back(std::move(out_));
    }

  private:
    void note(const std::string& text) {
        std::string line = fmt::format("rule set '{}': {}", set_.name(), text);
        std::vector<std::string>& notes = report_.notes;
        if (std::find(notes.begin(), notes.end(), line) == notes.end()) notes.push_back(std::move(line));
    }
    void worst(int exit) { report_.exit = std::max(report_.exit, exit); }

    Place place_of_set() const { return global_.project->sources.place(set_.definition->name.span); }
    void fail_gate(const std::string& gate, const std::string& text) {
        report_.problems.push_back(
            {Severity::Error, gate, fmt::format("rule set '{}': {}", set_.name(), text), place_of_set()});
        worst(kFound);
    }

    void check() {
        rules_ = load_rules({}, global_, false);
        add_problems(rules_.unreadable, rules_.compilation->sources, out_.diagnostics);
        add_problems(rules_.compilation->diagnostics, rules_.compilation->sources, out_.diagnostics);
        valid_ = rules_.exit == kOk;
        worst(rules_.exit);
    }

    void load_base() {
        std::string problem;
        before_ = base_->global_of(*was_, global_, problem);
        if (!before_) return note(fmt::format("not compared with {}: {}", *options_.base, problem));
        old_ = load_rules({}, *before_, false);
        comparable_ = old_.exit == kOk;
        if (comparable_ || !valid_) return;
        std::vector<ReportedProblem> found;
        add_problems(old_.unreadable, old_.compilation->sources, found);
        add_problems(old_.compilation->diagnostics, old_.compilation->sources, found);
        auto error = std::find_if(found.begin(), found.end(), [](const ReportedProblem& p) {
            return severity_of(p.diagnostic) == Severity::Error;
        });
        note(fmt::format("not compared with {}, whose rules do not load: {}", *options_.base,
                         error == found.end() ? "" : base_->shown(placed_text(*error))));
    }

    // Files and rules that were own at the base stay own: else a change could leave out what it does not
    // test.
    std::set<std::string> own_at_base() const {
        std::set<std::string> out = global_.also_own;
        if (!comparable_) return out;
        out.merge(files_of_own_rules(*old_.compilation, *was_, *rules_.compilation));
        return out;
    }

    void test() {
        tested_ = run_tests_of(global_, options_.threads, own_at_base(), out_.diagnostics);
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

    void note_what_was_not_tested() {
        constexpr size_t kMost = 10;
        if (tested_.results.empty()) note("there are no tests");
        if (tested_.comparisons == 0)
            note("there is nothing to cover: own files have no conditions of rules");
        size_t skipped = 0;
        for (size_t i = 0; i < tested_.results.size(); ++i) {
            if (tested_.results[i].outcome != TestResult::Outcome::Skipped || skipped++ >= kMost) continue;
            const LoadedTest& test = tested_.suite->tests[i];
            note(fmt::format("test '{}' is skipped: {}", excerpt(test.name()), test.test->skipped));
        }
        if (skipped > kMost) note(fmt::format("{} more are skipped", counted(skipped - kMost, "test")));
    }

    void compare() {
        std::vector<ReportedProblem> found;
        TestedSet old_tests = run_tests_of(*before_, options_.threads, {}, found);
        if (old_tests.valid)
            out_.coverage_before = old_tests.percent;
        else
            note(fmt::format("the tests at {} are invalid, so its coverage is not known", *options_.base));
        compare_verdicts(old_tests);
        compare_speed(*before_);
    }

    void note_source_without_schema(const std::string& source, bool now) {
        std::string text = fmt::format("rules of the source '{}' are not compared: {} has no schema for it",
                                       source, now ? *options_.base : "this change");
        note(text);
        if (options_.fail_on_change && !now && missing_schemas_.insert(source).second)
            fail_gate("verdicts", text);
    }

    // Calls visit(before, now) for each source that has rules before or now.
    template <typename Visit>
    void for_each_source(const Global& before, const Visit& visit) {
        std::set<std::string> sources{before.source, global_.source};
        for (const Global* one : {&before, &global_})
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

    void compare_verdicts(const TestedSet& old_tests) {
        EventTexts events(global_.limits);
        for (const TestedSet* tests : {static_cast<const TestedSet*>(&tested_), &old_tests})
            if (tests->valid) events.add(*tests->suite);
        for (const std::string& path : set_.bench_events) {
            Root::File file = global_.root->open(path);
            std::string problem = file.descriptor ? events.add(std::move(file.descriptor)) : file.problem;
            if (!problem.empty()) note(fmt::format("cannot read {}: {}", path, problem));
        }
        if (events.is_full())
            note("not all events were compared: " +
                 limit_help(Limit::TestEvents, global_.limits[Limit::TestEvents]));
        out_.compared = true;
        out_.compared_events = events.all().size();
        for_each_source(*before_, [&](const Global& then, const Global& now) {
            LoadedRules of_source[2];
            auto plan = [&](const Global& global, const Global& known, const LoadedRules& rules, size_t at) {
                if (global.source == known.source) return rules.compilation->plan.get();
                of_source[at] = load_rules({}, global, false);
                return of_source[at].compilation->plan.get();
            };
            auto changes = verdict_changes(
                events, {*plan(then, *before_, old_, 0), then.schema(), then.matching("")},
                {*plan(now, global_, rules_, 1), now.schema(), now.matching("")}, global_.limits);
            out_.changes.insert(out_.changes.end(), changes.begin(), changes.end());
        });
        if (!options_.fail_on_change || out_.changes.empty()) return;
        std::vector<std::string> names;
        for (const RuleChange& change : out_.changes) names.push_back(change.rule);
        fail_gate("verdicts", fmt::format("verdicts change: {}", fmt::join(names, ", ")));
    }

    using Problems = std::map<uint64_t, std::string>;  // as of MeasuredRules

    // An event is a bad one only if no source can read it.
    static Problems in_both(const Problems& some, const Problems& others) {
        Problems out;
        for (const auto& [event, problem] : some)
            if (auto other = others.find(event); other != others.end())
                out.emplace(event, problem.empty() ? other->second : problem);
        return out;
    }

    // On the base's own events where it names some: a change cannot choose easier ones.
    void compare_speed(const Global& before) {
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
        if (problems && problems->empty() && !slowest)
            problems->emplace(0, "none is of the source of its rules");
        if (problems && !problems->empty()) {
            worst(kInvalid);
            return fail_gate("bench", fmt::format("the events of 'bench' cannot be measured: {}",
                                                  base_->shown(problems->begin()->second)));
        }
        if (!slowest) return;
        CiBench& bench = *slowest;
        if (bench.failed)
            fail_gate(
                "bench",
                fmt::format(
                    "rules take {:.2f} times as long as at {}, at most {:.2f} allowed{}", bench.ratio.median,
                    *options_.base, 1 + *bench.limit,
                    bench.slower.empty() ? "" : fmt::format("; slower: {}", fmt::join(bench.slower, ", "))));
        out_.bench = std::move(bench);
    }

    // The rules of one source; nothing if there are no events for them.
    std::optional<CiBench> measure(const Global& before, const Global& global, const MeasureOptions& options,
                                   Problems& problems) {
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
            stoop::compare_speed(old.workload(matching), now.workload(matching), options.repetitions)
                .throughput;
        bench.limit = gates_.max_regression;
        constexpr double kNoticed = 0.1;
        double allowed = bench.limit.value_or(kNoticed);
        SlowerRules slower = slower_rules({{}, before, old}, {{}, global, now}, options, matching, allowed);
        bench.slower = std::move(slower.names);
        bench.passed_over = slower.passed_over;
        bench.failed = bench.limit && regressed(bench.ratio, *bench.limit);
        return bench;
    }

    void judge_coverage() {
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
            fail_gate("coverage",
                      fmt::format("coverage decreased from {} % to {} %", rounded_down(*out_.coverage_before),
                                  rounded_down(*out_.coverage)));
    }

    void add_diagnostics() {
        for (const ReportedProblem& problem : out_.diagnostics) {
            Severity severity = severity_of(problem.diagnostic);
            if (severity == Severity::Note) continue;
            ++(severity == Severity::Error ? out_.errors : out_.warnings);
            report_.problems.push_back(
                {severity, std::string(problem.code()), full_text(problem.diagnostic),
                 problem.diagnostic.has_place ? std::optional(problem.place()) : std::nullopt});
        }
    }

    const Options& options_;
    const Global& global_;
    const RuleSet& set_;
    const Base* base_;
    const RuleSet* was_;
    const RuleSetDefinition& gates_;
    const bool has_base_gates_;
    CiReport& report_;
    CiRuleSet out_;
    LoadedRules rules_, old_;
    std::optional<Global> before_;
    std::set<std::string> missing_schemas_;  // sources
    TestedSet tested_;
    bool valid_ = false;       // the rules
    bool comparable_ = false;  // those of the base are valid, too
};

// Gone rule sets cannot take their gates along.
void judge_project(const Options& options, const Base& base, const Global& global, CiReport& report) {
    if (!base.project())
        report.notes.push_back(fmt::format("not compared with {}: {}{}", report.base, base.why_no_project(),
                                           base.file() ? "" : "; the gates are those of this change"));
    if (!base.file()) return;
    report.project_changes = project_changes(*base.file(), global.project->file);
    bool gates = options.fail_on_change || options.coverage_no_decrease;
    for (const ProjectChange& change : report.project_changes)
        if (change.drops_gates || (change.after == "gone" && gates)) {
            std::string text = change.drops_gates
                                   ? fmt::format(
                                         "rule set '{}' is gone, and with it the gates that {} has; drop its "
                                         "gates in a change of their own first",
                                         change.rule_set, report.base)
                                   : fmt::format("rule set '{}' is gone, and nothing of it can be compared",
                                                 change.rule_set);
            report.problems.push_back(
                {Severity::Error, "gates", std::move(text), Place{global.project->path, 1, 1}});
            report.exit = std::max<int>(report.exit, kFound);
        }
}

// The same problem of two rule sets is one.
void order_problems(std::vector<CiProblem>& problems) {
    std::stable_sort(problems.begin(), problems.end(),
                     [](const CiProblem& a, const CiProblem& b) { return a.severity < b.severity; });
    std::vector<CiProblem> out;
    std::set<std::tuple<std::string, std::string, std::string, uint32_t, uint32_t>> seen;
    for (CiProblem& problem : problems) {
        Place place = problem.place.value_or(Place{});
        if (seen.emplace(problem.title, problem.text, place.file, place.line, place.column).second)
            out.push_back(std::move(problem));
    }
    problems = std::move(out);
}

// The summary of a step of GitHub's, if this is one. False after a message if it cannot be written.
bool append_step_summary(const CiReport& report) {
    const char* path = getenv("GITHUB_STEP_SUMMARY");
    if (!path || !*path) return true;
    std::string text;
    ci_markdown(report, [&](std::string_view part) { text += part; });
    Descriptor file(::open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
    if (file && write_all(file.get(), text) == text.size()) return true;
    message("error: cannot write the step summary: {}\n", std::string(std::strerror(errno)));
    return false;
}

// Rule files that are in no rule set: nobody looks at them.
void note_files_without_set(const std::vector<Global>& sets, const Global& global, CiReport& report) {
    const Project& project = *global.project;
    std::set<std::string> named;
    for (const Global& set : sets) named.insert(set.rule_set->rules.begin(), set.rule_set->rules.end());
    std::string folder = project.folder.empty() ? "." : project.folder;
    std::vector<std::string> others;
    for (const std::string& path : FilePatterns(folder, global.limits).match("**").paths) {
        std::string shown = project.folder.empty() ? path : project.folder + "/" + path;
        if (!named.contains(shown) && holds_rules(shown, global)) others.push_back(std::move(shown));
    }
    constexpr size_t kMost = 10;
    for (size_t i = 0; i < std::min(others.size(), kMost); ++i)
        report.notes.push_back(
            fmt::format("{} is in no rule set of {}, and was not checked", others[i], project.path));
    if (others.size() > kMost)
        report.notes.push_back(
            fmt::format("nor were {} of rules", counted(others.size() - kMost, "more file")));
}

// A change cannot lower what it is held against: levels of warnings, whose rules count, of which source.
void keep_bar(const Base& base, Global& of_set) {
    if (base.file()) of_set.gate_levels = base.file()->levels;
    const std::string& name = of_set.rule_set->name();
    const RuleSet* was = base.find(name);
    if (was) of_set.also_own = base.own_files(*was, *of_set.project);
    const RuleSetDefinition* definition = base.definition(name);
    if (!definition) return;
    Global as_before = of_set;
    choose_source(as_before, *definition);
    if (as_before.schemas.find(as_before.source)) {
        of_set.source = as_before.source;
        of_set.sources = as_before.sources;
    }
}

auto printer(const std::string& format) {
    return format == "markdown"      ? ci_markdown
           : format == "json"        ? ci_json
           : format == "github"      ? ci_github
           : format == "codequality" ? ci_codequality
                                     : ci_human;
}

// What is wrong with the project, which then cannot be used.
int invalid_project(const Options& options, const Global& global) {
    if (!global.project_problems) return kInvalid;
    CiReport report;
    for (const ReportedProblem& problem : *global.project_problems)
        report.problems.push_back(
            {severity_of(problem.diagnostic), std::string(problem.code()), full_text(problem.diagnostic),
             problem.diagnostic.has_place ? std::optional(problem.place()) : std::nullopt});
    report.exit = global.project_exit == kOk ? kInvalid : global.project_exit;
    printer(options.format)(report, write_output);
    return report.exit;
}

int ci(const Options& options, const Global& global) {
    if (global.project_exit != kOk) return invalid_project(options, global);
    if (!global.project) {
        message("error: there is no {} here or above; 'stoop init' writes one\n", kProjectFileName);
        return kUsage;
    }
    if (options.base && options.base->empty()) {
        message("error: --base: the name of the commit is empty\n");
        return kUsage;
    }
    Stop stop;  // a signal must not leave the files of the base behind
    std::unique_ptr<Base> base;
    CiReport report;
    report.base = options.base.value_or("");
    if (options.base) {
        int exit = kOk;
        base = Base::of(*options.base, global, exit);
        if (!base) return exit;
        judge_project(options, *base, global, report);
    }
    auto globals = each_rule_set(global, false);
    if (!globals) return invalid_project(options, global);
    std::vector<std::unique_ptr<RuleSetCheck>> checks;  // the report refers to their sources
    for (Global& of_set : *globals) {
        if (stop.signal() != 0) return kSignal + stop.signal();
        if (base) keep_bar(*base, of_set);
        checks.push_back(std::make_unique<RuleSetCheck>(options, of_set, base.get(), report));
        checks.back()->run();
    }
    if (global.rule_set_name.empty()) note_files_without_set(*globals, global, report);
    order_problems(report.problems);
    bool summarised = append_step_summary(report);
    if (!summarised) report.exit = kUsage;
    printer(options.format)(report, write_output);
    return report.exit;
}

}  // namespace

void add_ci(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("ci", "Everything that a change of rules must pass, in one go");
    command->footer("Example:\n  stoop ci --base origin/main");
    auto* base = command->add_option(
        "--base", options->base,
        "Compare with the rules at the merge base of this commit and HEAD, whose gates count");
    command->add_flag("--fail-on-change", options->fail_on_change, "Fail if a verdict changes")->needs(base);
    command->add_flag("--coverage-no-decrease", options->coverage_no_decrease, "Fail if coverage decreases")
        ->needs(base);
    command
        ->add_option("-o,--output-format", options->format,
                     "For people, as Markdown, for programs, as annotations of GitHub, or as GitLab's report")
        ->check(CLI::IsMember({"human", "markdown", "json", "github", "codequality"}))
        ->capture_default_str();
    command->add_option("-j", options->threads, "Threads (default: all cores)")->check(whole_number(1, 1024));
    command->callback([=, &global, &chosen] { chosen = [=, &global] { return ci(*options, global); }; });
}

}  // namespace stoop::cli
