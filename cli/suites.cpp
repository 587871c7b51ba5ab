// SPDX-License-Identifier: Apache-2.0
#include "cli/suites.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <filesystem>

#include "cli/message.h"
#include "cli/paths.h"

namespace stoop::cli {
namespace {

// Every problem with test files, rules and events. kOk if there is none.
int print_problems(const Suite& suite, const Global& global) {
    const auto& all = suite.diagnostics.all();
    bool unreadable = std::any_of(all.begin(), all.end(),
                                  [](const Diagnostic& d) { return d.problem == Problem::CannotRead; });
    print_diagnostics(suite.diagnostics, suite.sources, global);
    for (const auto& [paths, rules] : suite.rule_sets)
        if (rules && rules->diagnostics.errors() > 0)
            print_diagnostics(rules->diagnostics, rules->sources, global);
    return unreadable ? kUsage : suite.valid() ? kOk : kInvalid;
}

}  // namespace

void add_test_paths(CLI::App& command, std::vector<std::string>& paths) {
    command.add_option(
        "PATHS", paths,
        "Test files, or folders that are searched for *_test.yaml and *.test.yaml (default: .)");
}

void add_test_choice(CLI::App& command, TestChoice& choice) {
    command
        .add_option("-r,--rules", choice.rules,
                    "Rules, or a folder of them, for test files that name none (repeatable)")
        ->allow_extra_args(false);
    command
        .add_option("--events", choice.events.given,
                    "NAME=FILE: recorded events for the test NAME, or FOLDER with files NAME.jsonl "
                    "(repeatable)")
        ->allow_extra_args(false);
    command.add_flag(
        "--allow-none", choice.allow_none,
        "That there are no tests, or none that --filter matches, or that none can run is no error");
    command.add_option("--filter", choice.filter, "Only tests whose name matches this regular expression")
        ->check([](const std::string& text) {
            re2::RE2 regex(text, re2::RE2::Quiet);
            return regex.ok() ? std::string() : regex.error();
        });
}

std::optional<std::vector<std::string>> find_tests(const std::vector<std::string>& paths, bool allow_none,
                                                   const Global& global) {
    std::vector<std::string> files;
    for (FoundPath& found :
         find_files(paths.empty() ? std::vector<std::string>{"."} : paths, FolderOf::Tests)) {
        if (found.empty && allow_none) continue;
        std::error_code ignored;
        if (!found.folder.empty() && std::filesystem::is_symlink(found.path, ignored) &&
            !global.root->holds(found.path) && !global.root->for_tests(found.folder).holds(found.path))
            found.error = "it is a link that leads outside the root; name it on the command line to run it";
        if (!found.error.empty()) {
            message("error: {}: {}\n", found.path, found.error);
            return std::nullopt;
        }
        files.push_back(found.path);
    }
    return files;
}

std::unique_ptr<Suite> load_tests(const std::vector<std::string>& files, const TestChoice& choice,
                                  const Global& global, int& exit) {
    SuiteOptions options;
    exit = kUsage;
    for (FoundPath& found : find_files(choice.rules, FolderOf::Rules)) {
        if (found.error.empty()) {
            options.rules.push_back(found.path == "-" ? "/dev/stdin" : std::move(found.path));
        } else {
            message("error: {}: {}\n", found.path, found.error);
            return std::make_unique<Suite>();
        }
    }
    options.events = choice.events;
    options.compile.source = global.source;
    if (!global.engine_version.empty()) options.compile.engine = *parse_version(global.engine_version);
    options.compile.limits = global.limits;
    options.filter = choice.filter;
    options.root = global.root;
    std::unique_ptr<Suite> suite = load_suite(files, global.schemas, options);
    exit = print_problems(*suite, global);
    for (const std::string& wrong : suite->wrong_options) message("error: {}\n", wrong);
    if (!global.quiet)
        for (const std::string& note : suite->notes) message("note: {}\n", note);
    if (!suite->wrong_options.empty()) exit = kUsage;
    if (exit == kOk && suite->tests.empty() && !choice.allow_none) {
        message("error: there are no tests{}; with --allow-none this is no error\n",
                choice.filter.empty() ? "" : " whose name matches '" + choice.filter + "'");
        exit = kUsage;
    }
    return suite;
}

bool any_ran(const std::vector<TestResult>& results) {
    auto skipped = [](const TestResult& result) { return result.outcome == TestResult::Outcome::Skipped; };
    if (results.empty() || !std::all_of(results.begin(), results.end(), skipped)) return true;
    message("error: no test ran: all are skipped; with --allow-none this is no error\n");
    return false;
}

bool print_bad_events(const Suite& suite, const std::vector<TestResult>& results, const Global& global) {
    Diagnostics found({}, global.limits);
    TestRunners runners(suite, global.schema());
    uint64_t most = global.limits[Limit::TestAlerts];
    for (size_t i = 0; i < results.size(); ++i) {
        const LoadedTest& test = suite.tests[i];
        for (uint32_t event : results[i].bad_events)
            found.report(Problem::TestEvent, false, [&] { return *runners.of(test).decode(test, event); });
        if (results[i].too_many_alerts)
            found.report({Problem::LimitExceeded,
                          fmt::format("the alerts of a test that fails take {} of memory",
                                      limit_text(Limit::TestAlerts, most)),
                          true,
                          test.test->span,
                          "",
                          {},
                          limit_help(Limit::TestAlerts, most)});
    }
    print_diagnostics(found, suite.sources, global);
    return found.errors() == 0;
}

}  // namespace stoop::cli
