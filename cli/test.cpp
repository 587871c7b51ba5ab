// SPDX-License-Identifier: Apache-2.0
// stoop test: find test files, run them, report.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "cli/base.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/numbers.h"
#include "cli/output_file.h"
#include "cli/paths.h"
#include "cli/project.h"
#include "cli/stop.h"
#include "cli/suites.h"
#include "cli/terminal.h"
#include "cli/test_watch.h"
#include "cli/tested_set.h"
#include "runtime/base/counted.h"
#include "runtime/base/file.h"
#include "runtime/base/replace_file.h"
#include "testing/reports.h"
#include "testing/update.h"

namespace stoop::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::vector<std::string> paths;
    std::string format = "human";
    TestChoice choice;
    unsigned threads = all_cores();
    bool strict = false;
    bool fail_fast = false;
    bool update = false;
    bool watch = false;
    bool coverage = false;
    std::optional<double> coverage_min;  // percent
    std::string coverage_html;
    bool coverage_no_decrease = false;
    std::string base = "HEAD";  // whose coverage is the least then
};

// Why the test file cannot be replaced, or an empty text.
std::string replace_test_file(const UpdatedFile& file, const Global& global) {
    Root::File folder = global.root->open_folder_of(file.path);
    if (!folder.descriptor) return folder.problem;
    FileReplacement replacement(std::move(folder.descriptor), fs::path(file.path).filename().string(),
                                {.sync = true});
    if (!replacement.problem().empty()) return replacement.problem();
    auto [now, problem, too_large] = read_text_file(file.path, global.limits);
    if (!problem.empty()) return problem;
    if (SourceFile("", now).text() != file.before) return "it was changed while its tests ran";
    std::string_view mark = now.starts_with("\xEF\xBB\xBF") ? "\xEF\xBB\xBF" : "";  // of byte order
    if (now.substr(mark.size()) != file.before) return "it is UTF-16, or some of its lines end with CR alone";
    return replace_with(replacement, std::string(mark) + file.text);
}

// What --update does instead of a report. `updated`: files that were written before, for another rule set.
int update(const Suite& suite, const std::vector<TestResult>& results, const Global& global,
           std::set<std::string>& updated) {
    int exit = kOk;
    std::vector<UpdatedFile> files = update_expectations(suite, results);
    for (const UpdatedFile& file : files) {
        if (updated.contains(file.path)) {
            exit = kFound;
            message("note: {} is updated for one rule set; its tests in the others may still fail\n",
                    file.path);
            continue;
        }
        std::string problem = file.tests > 0 ? replace_test_file(file, global) : "";
        if (!problem.empty()) {
            message("error: cannot write {}: {}\n", file.path, problem);
            return kUsage;
        }
        if (file.tests > 0) {
            updated.insert(file.path);
            print("updated  {}  {}\n", file.path, counted(file.tests, "test"));
        }
        auto say = [&](const char* what, const UpdatedFile::Note& note) {
            Place place = suite.sources.place(note.span);
            message("{}{}:{}:{}: {}\n", what, place.file, place.line, place.column, note.text);
        };
        for (const UpdatedFile::Note& lost : file.lost) say("note: ", lost);
        for (const UpdatedFile::Note& refused : file.refused) say("error: cannot update ", refused);
        if (!file.refused.empty()) exit = kFound;
    }
    if (files.empty()) print("nothing to update\n");
    return exit;
}

// The tests of one rule set, and what they came to.
struct SetRun {
    explicit SetRun(TestSet tests) : set(std::move(tests)) {}

    TestSet set;
    std::unique_ptr<Suite> suite;
    std::vector<TestResult> results;
    Coverage coverage;
    std::unique_ptr<CoverageReport> coverage_report;
    std::unique_ptr<FailureDetails> details;
    bool bad_events = false;
};
using SetRuns = std::vector<std::unique_ptr<SetRun>>;

bool covers(const Options& options) {
    return options.coverage || options.coverage_min || !options.coverage_html.empty() ||
           options.coverage_no_decrease;
}

// kOk if the tests of all sets may be run.
int load_all(const Options& options, std::vector<TestSet> sets, SetRuns& runs,
             std::vector<ReportedProblem>* problems) {
    int exit = kOk;
    size_t tests = 0;
    for (TestSet& set : sets) {
        auto& run = *runs.emplace_back(std::make_unique<SetRun>(std::move(set)));
        int of_set = kOk;
        run.suite = load_tests(run.set, options.choice, of_set, problems);
        exit = std::max(exit, of_set);
        tests += run.suite->tests.size();
    }
    std::string wrong = exit == kOk ? no_tests_text(tests, options.choice) : "";
    if (wrong.empty()) return exit;
    if (problems)
        problems->push_back(gate_problem(wrong));
    else
        message("error: {}\n", wrong);
    return kUsage;
}

void run_set(const Options& options, SetRun& run) {
    RunOptions how;
    how.threads = options.threads;
    how.strict = options.strict;
    how.fail_fast = options.fail_fast;
    if (covers(options)) how.coverage = &run.coverage;
    run.results = run_tests(*run.suite, how);
    if (covers(options)) run.coverage_report = std::make_unique<CoverageReport>(*run.suite, run.coverage);
}

bool is_document(const std::string& format) { return format != "human"; }

Report report_of(const Options& options, SetRun& run) {
    const Global& global = run.set.global;
    bool human = !is_document(options.format);
    size_t width = human ? terminal_width(STDOUT_FILENO) : 0;
    bool color = human && global.color_on(STDOUT_FILENO);
    run.details = std::make_unique<FailureDetails>(
        *run.suite, global.verbose || options.format == "json",
        Look{color, width > Report::kIndent ? width - Report::kIndent : width, global.quiet});
    Report out{global.rule_set ? global.rule_set->name() : "",
               *run.suite,
               run.results,
               *run.details,
               color,
               global.verbose,
               global.quiet,
               width,
               run.coverage_report.get()};
    if (human) {
        run.bad_events = !print_bad_events(*run.suite, run.results, global);
        return out;
    }
    for (auto& [test, diagnostic] : bad_events(*run.suite, run.results, global))
        out.invalid.emplace(test, placed_text({std::move(diagnostic), &run.suite->sources}));
    run.bad_events = !out.invalid.empty();
    return out;
}

auto printer(const std::string& format) {
    return format == "json"     ? json_report
           : format == "junit"  ? junit_report
           : format == "tap"    ? tap_report
           : format == "github" ? github_report
                                : human_report;
}

// What the run as a whole came to, besides its tests.
struct Gates {
    int exit = kOk;
    std::vector<std::string> failed, notes;

    void fail(int with, std::string text) {
        exit = std::max(exit, with);
        failed.push_back(std::move(text));
    }
};

void check_coverage(const Options& options, const SetRun& run, Gates& gates) {
    if (!run.coverage_report) return;
    const RuleSet* set = run.set.global.rule_set;
    std::optional<double> min = options.coverage_min;
    if (!min && set) min = set->definition->coverage_min;
    if (!min || run.coverage_report->percent() >= *min) return;
    gates.fail(kFound, fmt::format("{}coverage is {} %, less than the {} % demanded",
                                   set ? fmt::format("rule set '{}': ", set->name()) : "",
                                   run.coverage_report->percent_text(), *min));
}

// Against what was covered at the base.
void compare_coverage(const Options& options, const Base& base, SetRun& run, Gates& gates) {
    const RuleSet* set = run.set.global.rule_set;
    const RuleSet* was = set ? base.find(set->name()) : nullptr;
    std::string why = base.why_no_project();
    auto before = was ? base.global_of(*was, run.set.global, why) : std::nullopt;
    std::vector<ReportedProblem> problems;
    TestedSet old;
    if (before) old = run_tests_of(*before, options.threads, problems);
    if (was && old.valid && !run.suite->own.empty()) {
        run.suite->own.merge(base.own_files(*was, *run.set.global.project));
        for (const auto& [key, before_then] : old.suite->rule_sets)
            for (const auto& [other, now] : run.suite->rule_sets)
                if (before_then && now) run.suite->own.merge(files_of_own_rules(*before_then, *was, *now));
    }
    CoverageReport now(*run.suite, run.coverage);
    if (!old.percent)
        gates.notes.push_back(
            fmt::format("the coverage at {} is not known{}", options.base, why.empty() ? "" : ": " + why));
    else if (now.percent() < *old.percent)
        gates.fail(kFound, fmt::format("rule set '{}': coverage decreased from {} % to {} %", set->name(),
                                       rounded_down(*old.percent), now.percent_text()));
}

Gates check_gates(const Options& options, const Global& global, const SetRuns& runs) {
    Gates out;
    std::vector<TestResult> all;
    std::optional<Stop> stop;  // a signal must not leave the files of the base behind
    std::unique_ptr<Base> base;
    if (options.coverage_no_decrease) stop.emplace();
    if (options.coverage_no_decrease && !global.project)
        out.fail(kUsage,
                 fmt::format("--coverage-no-decrease: there is no {} here or above", kProjectFileName));
    else if (options.coverage_no_decrease)
        base = Base::of(options.base, global, out.exit);
    for (const auto& run : runs) {
        check_coverage(options, *run, out);
        if (stop && stop->signal() != 0) break;
        if (base) compare_coverage(options, *base, *run, out);
        all.insert(all.end(), run->results.begin(), run->results.end());
    }
    if (stop && stop->signal() != 0) out.exit = kSignal + stop->signal();
    if (std::string wrong = none_ran_text(all, options.choice); !wrong.empty()) out.fail(kUsage, wrong);
    return out;
}

int write_coverage_page(const Options& options, const SetRuns& runs) {
    if (options.coverage_html.empty()) return kOk;
    if (runs.size() > 1) {
        message("error: --coverage-html: {}\n", no_rule_set_text(runs[0]->set.global));
        return kUsage;
    }
    std::string page;
    runs[0]->coverage_report->html([&](std::string_view text) { page += text; });
    std::string problem = write_output_file(options.coverage_html, page);
    if (problem.empty()) return kOk;
    message("error: cannot write {}: {}\n", options.coverage_html, problem);
    return kUsage;
}

int run_once(const Options& options, const Global& global, std::vector<TestSet> sets, SetRuns& runs) {
    TestReport report;
    bool document = is_document(options.format);
    int exit = load_all(options, std::move(sets), runs, document ? &report.problems : nullptr);
    if (exit != kOk) {
        if (document) printer(options.format)(report, write_output);
        return exit;
    }
    std::set<std::string> updated;
    for (auto& run : runs) {
        run_set(options, *run);
        report.sets.push_back(report_of(options, *run));
        if (run->bad_events) exit = kInvalid;
        if (options.update && !run->bad_events)
            exit = std::max(exit, update(*run->suite, run->results, run->set.global, updated));
    }
    if (options.update && exit != kInvalid) return exit;
    Gates gates = exit == kOk ? check_gates(options, global, runs) : Gates{exit, {}, {}};
    if (document)
        for (const std::string& text : gates.failed) report.problems.push_back(gate_problem(text));
    printer(options.format)(report, write_output);
    if (exit != kOk) return exit;
    if (!document) {
        for (const std::string& text : gates.failed) message("error: {}\n", text);
        for (const std::string& text : gates.notes) message("note: {}\n", text);
    }
    if (exit = write_coverage_page(options, runs); exit != kOk) return exit;
    return totals(report).failed > 0 ? std::max<int>(gates.exit, kFound) : gates.exit;
}

int test(const Options& options, const Global& global) {
    if (options.coverage_no_decrease && !(options.paths.empty() && options.choice.filter.empty())) {
        message("error: --coverage-no-decrease compares all tests; leave out paths and --filter\n");
        return kUsage;
    }
    TestReport none;
    if (global.project_exit != kOk) {
        none.problems = *global.project_problems;
        printer(options.format)(none, write_output);
        return global.project_exit;
    }
    int exit = kOk;
    auto sets = find_test_sets(options.paths, options.choice, global, exit,
                               is_document(options.format) ? &none.problems : nullptr);
    if (!sets && global.project_problems)
        none.problems.insert(none.problems.end(), global.project_problems->begin(),
                             global.project_problems->end());
    if (!sets && is_document(options.format)) printer(options.format)(none, write_output);
    if (!sets) return exit;
    SetRuns runs;
    if (!options.watch) return run_once(options, global, std::move(*sets), runs);
    std::vector<std::string> files;
    for (const TestSet& set : *sets) files.insert(files.end(), set.files.begin(), set.files.end());
    return watch_tests(files, options.paths, options.choice, global,
                       [&](const std::vector<std::string>& chosen, const TestChoice& choice) {
                           Options again = options;
                           again.choice = choice;
                           SetRuns done;
                           TestRun out;
                           auto of_sets = find_test_sets(chosen, choice, global, out.exit);
                           if (of_sets) out.exit = run_once(again, global, std::move(*of_sets), done);
                           for (auto& run : done) out.suites.push_back(std::move(run->suite));
                           return out;
                       });
}

}  // namespace

void add_test(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("test", "Run the tests of rules");
    command->footer("Example:\n  stoop test rules/");
    add_test_paths(*command, options->paths);
    command->add_option("-o,--output-format", options->format, "How results are reported")
        ->check(CLI::IsMember({"human", "json", "junit", "tap", "github"}))
        ->capture_default_str();
    add_test_choice(*command, options->choice);
    command->add_option("-j", options->threads, "Threads (default: all cores)")->check(whole_number(1, 1024));
    command->add_flag("--fail-fast", options->fail_fast, "Stop at the first failure");
    command->add_flag("--strict", options->strict,
                      "A verdict that depends on a field which was not recorded is a failure");
    command->add_flag("--update", options->update,
                      "Write the alerts that came into the expectations of tests that fail");
    command->add_flag("--watch", options->watch,
                      "Go on: run the tests again whose file, rules or events change (until Ctrl-C)");
    command
        ->add_flag("--coverage", options->coverage,
                   "Report which comparisons of the rules the tests have seen decide, both ways")
        ->group("Coverage");
    command
        ->add_option("--coverage-min", options->coverage_min,
                     "Fail if less than this percentage of them is covered")
        ->check(percent())
        ->group("Coverage");
    auto* no_decrease = command
                            ->add_flag("--coverage-no-decrease", options->coverage_no_decrease,
                                       "Fail if less is covered than at the commit of --base")
                            ->group("Coverage");
    command
        ->add_option("--base", options->base,
                     "The commit that coverage is compared with, at its merge base with HEAD")
        ->capture_default_str()
        ->needs(no_decrease)
        ->group("Coverage");
    command
        ->add_option(
            "--coverage-html", options->coverage_html,
            "Write the rules with every comparison coloured to this file, one page that opens offline")
        ->group("Coverage");
    command->callback([=, &global, &chosen] { chosen = [=, &global] { return test(*options, global); }; });
}

}  // namespace stoop::cli
