// SPDX-License-Identifier: Apache-2.0
#include "cli/test_watch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>

#include "cli/message.h"
#include "cli/output_file.h"
#include "cli/paths.h"
#include "cli/terminal.h"
#include "cli/watch.h"

namespace stoop::cli {
namespace {

namespace fs = std::filesystem;

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

class Watch {
  public:
    Watch(const std::vector<std::string>& files, std::vector<std::string> paths, TestChoice choice,
          const Global& global, const RunTests& run_tests)
        : choice_(std::move(choice)), global_(global), run_tests_(run_tests) {
        for (const std::string& file : files) reads_[file] = {file};
        if (paths.empty())
            paths = {global.project && !global.project->folder.empty() ? global.project->folder : "."};
        std::error_code error;
        for (const std::string& path : paths)
            (fs::is_directory(path, error) ? test_folders_ : named_).insert(path);
        for (const std::string& path : choice_.rules)
            if (fs::is_directory(path, error)) rule_folders_.insert(path);
        new_rules();
    }

    int run() {
        std::vector<std::string> files = known_files();
        for (;;) {
            timespec start = next_file_time();
            run_tests(files);
            for (files.clear(); files.empty();) {
                if (int exit = finish_output(kOk); exit != kOk) return exit;
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
        TestRun run = run_tests_(files, choice_);
        choice_.events.of_other_tests = true;  // from now on only those of files that change
        for (const auto& suite : run.suites)
            for (size_t i = 0; suite && i < suite->files.size(); ++i)
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

    TestChoice choice_;
    const Global& global_;
    const RunTests& run_tests_;
    std::map<std::string, std::set<std::string>> reads_;  // by test file
    std::set<std::string> named_;                         // test files on the command line
    std::set<std::string> test_folders_, rule_folders_, rules_;
};

}  // namespace

int watch_tests(const std::vector<std::string>& files, const std::vector<std::string>& paths,
                const TestChoice& choice, const Global& global, const RunTests& run_tests) {
    return Watch(files, paths, choice, global, run_tests).run();
}

}  // namespace stoop::cli
