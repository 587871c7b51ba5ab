// stoop test: find test files, run them, report.
#include <fmt/format.h>
#include <unistd.h>

#include <re2/re2.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>

#include "cli/command.h"
#include "cli/paths.h"
#include "testing/reports.h"

namespace stoop::cli {
namespace {

struct Options {
    std::vector<std::string> paths;
    std::string format = "human";
    std::string filter;
    unsigned threads = 0;
    bool strict = false;
    bool fail_fast = false;
    bool coverage = false;
    std::optional<double> coverage_min;  // percent
    std::string coverage_html;
};

// Every problem with test files, rules and events. kOk if there is none.
int print_problems(const Suite& suite, const Global& global) {
    bool missing = false;
    for (const Diagnostic& d : suite.diagnostics.all()) missing = missing || d.problem == Problem::CannotRead;
    print_diagnostics(suite.diagnostics, suite.sources, global);
    for (const auto& [paths, rules] : suite.rule_sets)
        if (rules && rules->diagnostics.errors() > 0)
            print_diagnostics(rules->diagnostics, rules->sources, global);
    return missing ? kUsage : suite.valid() ? kOk : kInvalid;
}

bool write_file(const std::string& path, const std::string& text) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    bool ok = file && std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (file) ok = std::fclose(file) == 0 && ok;
    if (!ok) fmt::print(stderr, "error: cannot write {}: {}\n", path, std::strerror(errno));
    return ok;
}

int test(const Options& options, const Global& global) {
    std::vector<std::string> paths;
    for (const FoundPath& found : find_files(options.paths, FolderOf::Tests)) {
        if (!found.error.empty()) {
            fmt::print(stderr, "error: {}: {}\n", found.path, found.error);
            return kUsage;
        }
        paths.push_back(found.path);
    }
    SuiteOptions load;
    load.compile.source = global.source;
    if (!global.engine_version.empty()) load.compile.engine = *parse_version(global.engine_version);
    load.filter = options.filter;
    std::unique_ptr<Suite> suite = load_suite(paths, global.schemas, load);
    if (int exit = print_problems(*suite, global); exit != kOk) return exit;
    RunOptions run;
    run.threads = options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
    run.strict = options.strict;
    run.fail_fast = options.fail_fast;
    Coverage coverage;
    bool covers = options.coverage || options.coverage_min || !options.coverage_html.empty();
    if (covers) run.coverage = &coverage;
    std::vector<TestResult> results = run_tests(*suite, global.schema(), run);
    Diagnostics bad_events;
    for (const TestResult& result : results)
        for (const Diagnostic& d : result.problems) bad_events.report(d);
    print_diagnostics(bad_events, suite->sources, global);
    CoverageReport coverage_report(*suite, coverage);
    Report report{*suite, results, global.color_on(STDOUT_FILENO), global.verbose,
                  covers ? &coverage_report : nullptr};
    fmt::print("{}", options.format == "json"     ? json_report(report)
                     : options.format == "junit"  ? junit_report(report)
                     : options.format == "tap"    ? tap_report(report)
                     : options.format == "github" ? github_report(report)
                                                  : human_report(report));
    if (bad_events.errors() > 0) return kInvalid;
    if (!options.coverage_html.empty() && !write_file(options.coverage_html, coverage_report.html()))
        return kUsage;
    bool too_little = options.coverage_min && coverage_report.percent() < *options.coverage_min;
    if (too_little)
        fmt::print(stderr, "error: coverage is {:.1f} %, less than the {:.1f} % demanded\n",
                   coverage_report.percent(), *options.coverage_min);
    return too_little || totals(report).failed > 0 ? kFound : kOk;
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
    command->add_option("--filter", options->filter, "Only tests whose name matches this regular expression")
        ->check([](const std::string& text) {
            re2::RE2 regex(text, re2::RE2::Quiet);
            return regex.ok() ? std::string() : regex.error();
        });
    command->add_option("-j", options->threads, "Threads (default: all cores)")->check(CLI::Range(1, 1024));
    command->add_flag("--fail-fast", options->fail_fast, "Stop at the first failure");
    command->add_flag("--strict", options->strict,
                      "A verdict that depends on a field which was not recorded is a failure");
    command
        ->add_flag("--coverage", options->coverage,
                   "Report which comparisons of the rules the tests have seen decide, both ways")
        ->group("Coverage");
    command
        ->add_option("--coverage-min", options->coverage_min,
                     "Fail if less than this percentage of them is covered")
        ->check(CLI::Range(0.0, 100.0))
        ->group("Coverage");
    command
        ->add_option(
            "--coverage-html", options->coverage_html,
            "Write the rules with every comparison coloured to this file, one page that opens offline")
        ->group("Coverage");
    command->callback([=, &global, &chosen] {
        chosen = [=, &global] {
            if (options->paths.empty()) options->paths = {"."};
            return test(*options, global);
        };
    });
}

}  // namespace stoop::cli
