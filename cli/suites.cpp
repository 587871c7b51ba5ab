// SPDX-License-Identifier: Apache-2.0
#include "cli/suites.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <filesystem>

#include "cli/message.h"
#include "cli/paths.h"
#include "cli/project.h"

namespace stoop::cli {
namespace {

// Every problem with test files, rules and events. kOk if there is none.
int report_problems(const Suite& suite, const Global& global, std::vector<ReportedProblem>* problems) {
    const auto& all = suite.diagnostics.all();
    bool unreadable = std::any_of(all.begin(), all.end(),
                                  [](const Diagnostic& d) { return d.problem == Problem::CannotRead; });
    auto report = [&](const Diagnostics& found, const Sources& sources) {
        problems ? add_problems(found, sources, *problems) : print_diagnostics(found, sources, global);
    };
    report(suite.diagnostics, suite.sources);
    const RuleSetKey* last = nullptr;  // of other sources or schemas the same problems are said once
    for (const auto& [key, rules] : suite.rule_sets) {
        if (!rules || rules->diagnostics.errors() == 0 ||
            (last && last->rules == key.rules && last->schemas == key.schemas))
            continue;
        report(rules->diagnostics, rules->sources);
        last = &key;
    }
    return unreadable ? kUsage : suite.valid() ? kOk : kInvalid;
}

std::string real_path(const std::string& path) {
    std::error_code error;
    return std::filesystem::weakly_canonical(path, error).string();
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
                                                   const Global& global,
                                                   std::vector<ReportedProblem>* problems) {
    std::vector<std::string> files;
    for (FoundPath& found :
         find_files(paths.empty() ? std::vector<std::string>{"."} : paths, FolderOf::Tests)) {
        if (found.empty && allow_none) continue;
        std::error_code ignored;
        if (!found.folder.empty() && std::filesystem::is_symlink(found.path, ignored) &&
            !global.root->holds(found.path) && !global.root->for_tests(found.folder).holds(found.path))
            found.error = "it is a link that leads outside the root; name it on the command line to run it";
        if (!found.error.empty()) {
            if (problems)
                problems->push_back(gate_problem(fmt::format("{}: {}", found.path, found.error)));
            else
                message("error: {}: {}\n", found.path, found.error);
            return std::nullopt;
        }
        files.push_back(found.path);
    }
    return files;
}

std::optional<std::vector<TestSet>> find_test_sets(const std::vector<std::string>& paths,
                                                   const TestChoice& choice, const Global& global, int& exit,
                                                   std::vector<ReportedProblem>* problems) {
    std::vector<TestSet> out;
    auto files = paths.empty() && global.project ? std::vector<std::string>()
                                                 : find_tests(paths, choice.allow_none, global, problems);
    auto sets = each_rule_set(global, false);
    exit = !files ? kUsage : !sets ? kInvalid : kOk;
    if (exit != kOk) return std::nullopt;
    std::set<std::string> left(files->begin(), files->end());
    for (Global& of_set : *sets) {
        if (!of_set.rule_set) continue;
        std::set<std::string> tests;
        for (const std::string& path : of_set.rule_set->tests) tests.insert(real_path(path));
        TestSet one{std::move(of_set), {}};
        if (paths.empty()) one.files = one.global.rule_set->tests;
        for (const std::string& path : *files)
            if (tests.contains(real_path(path))) {
                one.files.push_back(path);
                left.erase(path);
            }
        if (paths.empty() || !one.files.empty()) out.push_back(std::move(one));
    }
    if (!left.empty() || out.empty()) {
        TestSet rest{global, {}};
        rest.global.rule_set = nullptr;
        for (const std::string& path : *files)
            if (left.contains(path)) rest.files.push_back(path);
        out.push_back(std::move(rest));
    }
    return out;
}

std::unique_ptr<Suite> load_tests(const TestSet& set, const TestChoice& choice, int& exit,
                                  std::vector<ReportedProblem>* problems) {
    const Global& global = set.global;
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
    if (global.rule_set && choice.rules.empty()) {
        options.project_rules = global.rule_set->rules;
        options.own = global.rule_set->own;
        if (!options.own.empty()) options.own.insert(global.also_own.begin(), global.also_own.end());
        options.project_sources = global.sources;
    }
    options.events = choice.events;
    options.compile.source = global.source;
    options.compile.levels = global.levels();
    if (!global.engine_version.empty()) options.compile.engine = *parse_version(global.engine_version);
    options.compile.limits = global.limits;
    options.filter = choice.filter;
    options.root = global.root;
    std::unique_ptr<Suite> suite = load_suite(set.files, global.schemas, options);
    exit = report_problems(*suite, global, problems);
    for (const std::string& wrong : suite->wrong_options) message("error: {}\n", wrong);
    if (!global.quiet && !problems)
        for (const std::string& note : suite->notes) message("note: {}\n", note);
    if (!suite->wrong_options.empty()) exit = kUsage;
    return suite;
}

std::string no_tests_text(size_t tests, const TestChoice& choice) {
    if (tests > 0 || choice.allow_none) return "";
    return fmt::format("there are no tests{}; with --allow-none this is no error",
                       choice.filter.empty() ? "" : " whose name matches '" + choice.filter + "'");
}

ReportedProblem gate_problem(std::string text) {
    return {Diagnostic{Problem::GateNotMet, std::move(text), false}, nullptr};
}

std::string none_ran_text(const std::vector<TestResult>& results, const TestChoice& choice) {
    auto skipped = [](const TestResult& result) { return result.outcome == TestResult::Outcome::Skipped; };
    if (choice.allow_none || results.empty() || !std::all_of(results.begin(), results.end(), skipped))
        return "";
    return "no test ran: all are skipped; with --allow-none this is no error";
}

std::multimap<size_t, Diagnostic> bad_events(const Suite& suite, const std::vector<TestResult>& results,
                                             const Global& global) {
    std::multimap<size_t, Diagnostic> out;
    TestRunners runners(suite);
    uint64_t most = global.limits[Limit::TestAlerts];
    for (size_t i = 0; i < results.size(); ++i) {
        const LoadedTest& test = suite.tests[i];
        for (uint32_t event : results[i].bad_events)
            if (out.size() <= global.limits[Limit::Diagnostics])
                out.emplace(i, *runners.of(test).decode(test, event));
        if (results[i].too_many_alerts)
            out.emplace(i, Diagnostic{Problem::LimitExceeded,
                                      fmt::format("the alerts of a test that fails take {} of memory",
                                                  limit_text(Limit::TestAlerts, most)),
                                      true,
                                      test.test->span,
                                      "",
                                      {},
                                      limit_help(Limit::TestAlerts, most)});
    }
    return out;
}

bool print_bad_events(const Suite& suite, const std::vector<TestResult>& results, const Global& global) {
    Diagnostics found({}, global.limits);
    std::multimap<size_t, Diagnostic> bad = bad_events(suite, results, global);
    for (auto& [test, diagnostic] : bad) found.report(diagnostic);
    size_t all = 0;
    for (const TestResult& result : results) all += result.bad_events.size() + result.too_many_alerts;
    for (size_t i = bad.size(); i < all; ++i)  // those are counted only
        found.report(Problem::TestEvent, false, [&] { return bad.begin()->second; });
    print_diagnostics(found, suite.sources, global);
    return found.errors() == 0;
}

}  // namespace stoop::cli
