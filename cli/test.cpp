// stoop test: find test files, run them, report.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/numbers.h"
#include "cli/output_file.h"
#include "cli/paths.h"
#include "cli/suites.h"
#include "cli/terminal.h"
#include "cli/watch.h"
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

int run_once(const Options& options, const Global& global, const std::vector<std::string>& files,
             std::unique_ptr<Suite>& suite) {
    int exit = kOk;
    suite = load_tests(files, options.choice, global, exit);
    if (exit != kOk) return exit;
    RunOptions run;
    run.threads = options.threads;
    run.strict = options.strict;
    run.fail_fast = options.fail_fast;
    Coverage coverage;
    bool covers = options.coverage || options.coverage_min || !options.coverage_html.empty();
    if (covers) run.coverage = &coverage;
    std::vector<TestResult> results = run_tests(*suite, global.schema(), run);
    bool bad_events = !print_bad_events(*suite, results, global);
    if (options.update && !bad_events) return update(*suite, results, global);
    CoverageReport coverage_report(*suite, coverage);
    bool human = options.format == "human";
    size_t width = human ? terminal_width(STDOUT_FILENO) : 0;
    bool color = human && global.color_on(STDOUT_FILENO);
    FailureDetails details(*suite, global.schema(), global.verbose || options.format == "json",
                           {color, width > Report::kIndent ? width - Report::kIndent : width, global.quiet});
    Report report{*suite,         results,      details, color,
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

// What the tests of a file read: the file itself, its rules, its events.
std::set<std::string> read_by(const Suite& suite, size_t file) {
    std::set<std::string> out = suite.files[file].reads;
    out.insert(suite.files[file].file.path);
    return out;
}

// Files and folders that are waited for, by name if they are few.
void say_what_is_watched(const Watched& watched) {
    constexpr size_t kFew = 6;
    const auto& [files, folders] = watched;
    std::string line = files.size() <= kFew ? fmt::format("waiting for changes of {}", fmt::join(files, ", "))
                                            : fmt::format("waiting for changes of {} files", files.size());
    if (!folders.empty()) line += fmt::format(", and for new files in {}", fmt::join(folders, ", "));
    write_output("\n");
    print_wrapped(line + " (Ctrl-C ends)", 4);
}

// Runs tests when what they read changes, until it is interrupted.
class Watch {
  public:
    Watch(Options options, const Global& global, const std::vector<std::string>& files)
        : options_(std::move(options)), global_(global) {
        for (const std::string& file : files) reads_[file] = {file};
        if (options_.paths.empty()) options_.paths = {"."};
        std::error_code error;
        for (const std::string& path : options_.paths)
            (fs::is_directory(path, error) ? test_folders_ : named_).insert(path);
        for (const std::string& path : options_.choice.rules)
            if (fs::is_directory(path, error)) rule_folders_.insert(path);
        new_rules();
    }

    int run() {
        std::vector<std::string> files = known_files();
        for (;;) {
            timespec start = next_file_time();
            if (!files.empty()) run_tests(files);
            if (int exit = finish_output(kOk); exit != kOk) return exit;
            for (files.clear(); files.empty();) {
                std::string error;
                std::set<std::string> changed = wait_for_change(watched(), start, error);
                if (changed.empty()) {
                    message("error: cannot watch the files: {}\n", error);
                    return kUsage;
                }
                start = next_file_time();
                files = concerned(changed);
            }
        }
    }

  private:
    std::vector<std::string> known_files() const {
        std::vector<std::string> out;
        for (const auto& [file, read] : reads_) out.push_back(file);
        return out;
    }

    Watched watched() const {
        Watched out{{}, test_folders_};
        out.folders.insert(rule_folders_.begin(), rule_folders_.end());
        for (const auto& [file, read] : reads_) out.files.insert(read.begin(), read.end());
        return out;
    }

    void run_tests(const std::vector<std::string>& files) {
        std::unique_ptr<Suite> suite;
        run_once(options_, global_, files, suite);
        options_.choice.events.of_other_tests = true;  // from now on only those of files that change
        for (size_t i = 0; i < suite->files.size(); ++i)
            reads_[suite->files[i].file.path].merge(read_by(*suite, i));
        if (!global_.quiet) say_what_is_watched(watched());
    }

    // The test files that must run again. Takes up new ones, and drops those that are gone from a folder.
    std::vector<std::string> concerned(const std::set<std::string>& changed) {
        std::set<std::string> files, new_files, gone, known, watched_files = watched().files;
        std::set_intersection(changed.begin(), changed.end(), watched_files.begin(), watched_files.end(),
                              std::inserter(known, known.end()));
        for (const auto& [file, read] : reads_)
            if (std::any_of(changed.begin(), changed.end(), [&](const auto& c) { return read.contains(c); }))
                files.insert(file);
        // Files that appear are not told apart from others in the folder, so this looks again.
        for (const FoundPath& found :
             find_files({test_folders_.begin(), test_folders_.end()}, FolderOf::Tests))
            if (found.error.empty() && !reads_.contains(found.path)) new_files.insert(found.path);
        if (new_rules())
            for (const auto& [file, read] : reads_) files.insert(file);
        std::error_code error;
        for (const std::string& file : files)
            if (!named_.contains(file) && !fs::exists(file, error)) gone.insert(file);
        for (const std::string& file : gone) {
            files.erase(file);
            known.erase(file);
            reads_.erase(file);
        }
        if (files.empty() && new_files.empty() && gone.empty()) return {};
        print("{}", Ready{isatty(STDOUT_FILENO) ? "\033[H\033[2J\033[3J" : "\n"});
        auto say = [](const char* what, const std::set<std::string>& which) {
            if (!which.empty()) print("{}: {}\n", what, fmt::format("{}", fmt::join(which, ", ")));
        };
        say("changed", known);
        say("new", new_files);
        say("gone", gone);
        for (const std::string& file : new_files) reads_[file] = {file};
        files.merge(new_files);
        if (files.empty() && !global_.quiet) say_what_is_watched(watched());
        return {files.begin(), files.end()};
    }

    // Whether folders of rules hold any that they did not hold before.
    bool new_rules() {
        size_t were = rules_.size();
        for (const FoundPath& found :
             find_files({rule_folders_.begin(), rule_folders_.end()}, FolderOf::Rules))
            if (found.error.empty()) rules_.insert(found.path);
        return rules_.size() > were;
    }

    Options options_;
    const Global& global_;
    std::map<std::string, std::set<std::string>> reads_;  // by test file
    std::set<std::string> named_;                         // test files on the command line
    std::set<std::string> test_folders_, rule_folders_, rules_;
};

int test(const Options& options, const Global& global) {
    auto files = find_tests(options.paths, options.choice.allow_none, global);
    if (!files) return kUsage;
    if (options.watch) return Watch(options, global, *files).run();
    std::unique_ptr<Suite> suite;
    return run_once(options, global, *files, suite);
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
