// SPDX-License-Identifier: Apache-2.0
// stoop test: find test files, run them, report.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/numbers.h"
#include "cli/output_file.h"
#include "cli/paths.h"
#include "cli/suites.h"
#include "cli/terminal.h"
#include "cli/test_watch.h"
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

// What --update does instead of a report.
int update(const Suite& suite, const std::vector<TestResult>& results, const Global& global) {
    int exit = kOk;
    std::vector<UpdatedFile> files = update_expectations(suite, global.schema(), results);
    for (const UpdatedFile& file : files) {
        std::string problem = file.tests > 0 ? replace_test_file(file, global) : "";
        if (!problem.empty()) {
            message("error: cannot write {}: {}\n", file.path, problem);
            return kUsage;
        }
        if (file.tests > 0) print("updated  {}  {}\n", file.path, counted(file.tests, "test"));
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

// The exit code.
int report_tests(const Suite& suite, const Options& options, const Global& global) {
    RunOptions run;
    run.threads = options.threads;
    run.strict = options.strict;
    run.fail_fast = options.fail_fast;
    Coverage coverage;
    bool covers = options.coverage || options.coverage_min || !options.coverage_html.empty();
    if (covers) run.coverage = &coverage;
    std::vector<TestResult> results = run_tests(suite, global.schema(), run);
    bool bad_events = !print_bad_events(suite, results, global);
    if (options.update && !bad_events) return update(suite, results, global);
    CoverageReport coverage_report(suite, coverage);
    bool human = options.format == "human";
    size_t width = human ? terminal_width(STDOUT_FILENO) : 0;
    bool color = human && global.color_on(STDOUT_FILENO);
    FailureDetails details(suite, global.schema(), global.verbose || options.format == "json",
                           {color, width > Report::kIndent ? width - Report::kIndent : width, global.quiet});
    Report report{suite,          results,      details, color,
                  global.verbose, global.quiet, width,   covers ? &coverage_report : nullptr};
    auto print_report = options.format == "json"     ? json_report
                        : options.format == "junit"  ? junit_report
                        : options.format == "tap"    ? tap_report
                        : options.format == "github" ? github_report
                                                     : human_report;
    print_report(report, write_output);
    if (bad_events) return kInvalid;
    if (!options.coverage_html.empty()) {
        std::string page;
        coverage_report.html([&](std::string_view text) { page += text; });
        if (std::string problem = write_output_file(options.coverage_html, page); !problem.empty()) {
            message("error: cannot write {}: {}\n", options.coverage_html, problem);
            return kUsage;
        }
    }
    bool too_little = options.coverage_min && coverage_report.percent() < *options.coverage_min;
    if (too_little)
        message("error: coverage is {} %, less than the {} % demanded\n", coverage_report.percent_text(),
                *options.coverage_min);
    if (too_little || totals(report).failed > 0) return kFound;
    return options.choice.allow_none || any_ran(results) ? kOk : kUsage;
}

TestRun run_once(const Options& options, const TestChoice& choice, const Global& global,
                 const std::vector<std::string>& files) {
    TestRun out;
    out.suite = load_tests(files, choice, global, out.exit);
    if (out.exit == kOk) out.exit = report_tests(*out.suite, options, global);
    return out;
}

int test(const Options& options, const Global& global) {
    auto files = find_tests(options.paths, options.choice.allow_none, global);
    if (!files) return kUsage;
    auto run = [&](const std::vector<std::string>& chosen, const TestChoice& choice) {
        return run_once(options, choice, global, chosen);
    };
    if (options.watch) return watch_tests(*files, options.paths, options.choice, global, run);
    return run(*files, options.choice).exit;
}

}  // namespace

void add_test(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("test", "Run the tests of rules");
    command->footer("Example:\n  stoop test rules/");
    command->add_option(
        "PATHS", options->paths,
        "Test files, or folders that are searched for *_test.yaml and *.test.yaml (default: .)");
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
    command
        ->add_option(
            "--coverage-html", options->coverage_html,
            "Write the rules with every comparison coloured to this file, one page that opens offline")
        ->group("Coverage");
    command->callback([=, &global, &chosen] { chosen = [=, &global] { return test(*options, global); }; });
}

}  // namespace stoop::cli
