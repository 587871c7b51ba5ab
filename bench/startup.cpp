// SPDX-License-Identifier: Apache-2.0
// How long a command takes in a process of its own, from its start to its end, by the wall clock: checking
// Falco's rules (our own where they are missing), the first verdict, and the first verdict of native code,
// made anew and taken from the cache. The first argument is the stoop to run.
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "bench/workload.h"

namespace stoop::bench {
namespace {

double milliseconds(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    auto start = std::chrono::steady_clock::now();
    pid_t child = 0;
    int status = posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    if (status == 0) waitpid(child, &status, 0);
    posix_spawn_file_actions_destroy(&actions);
    if (status != 0) {
        fmt::print(stderr, "error: {} failed\n", fmt::join(command, " "));
        std::exit(3);
    }
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void report(const char* name, const std::vector<std::string>& command) {
    constexpr size_t kRuns = 41;
    std::vector<double> times;
    milliseconds(command);  // files and libraries are in memory, and native code in the cache
    for (size_t i = 0; i < kRuns; ++i) times.push_back(milliseconds(command));
    std::sort(times.begin(), times.end());
    fmt::print("{:>8.1f} {:>8.1f} {:>8.1f}   {}\n", times.front(), times[kRuns / 2], times[kRuns * 9 / 10],
               name);
}

}  // namespace
}  // namespace stoop::bench

int main(int argc, char** argv) {
    using namespace stoop::bench;
    namespace fs = std::filesystem;
    if (argc != 2) {
        fmt::print(stderr, "usage: bench_startup STOOP\n");
        return 3;
    }
    std::string folder = (fs::temp_directory_path() / "stoop-bench-XXXXXX").string();
    if (!mkdtemp(folder.data())) return 3;
    setenv("XDG_CACHE_HOME", folder.c_str(), 1);
    setenv("XDG_STATE_HOME", folder.c_str(), 1);
    unsetenv("CI");  // with which nothing is kept
    std::string event = folder + "/event.jsonl";
    std::ofstream(event) << recorded_events().at(0) << "\n";

    std::string stoop = argv[1];
    std::vector<std::string> check{stoop, "check", "-q"}, run{stoop, "run", "-q"};
    for (const std::string& file : have_recordings() ? upstream_rules() : own_rules()) {
        check.insert(check.end(), {"-r", file});
        run.insert(run.end(), {"-r", file});
    }
    auto with = [&](std::vector<std::string> more) {
        std::vector<std::string> out = run;
        out.insert(out.end(), more.begin(), more.end());
        out.push_back(event);
        return out;
    };
    fmt::print("{:>8} {:>8} {:>8}   ms from the start of the process to its end\n", "best", "median", "90 %");
    report("stoop --version", {stoop, "--version"});
    report("check", check);
    report("run, one event", with({}));
    report("run --engine native, one event, from the cache", with({"--engine", "native"}));
    report("run --engine native --no-cache, one event", with({"--engine", "native", "--no-cache"}));
    fs::remove_all(folder);
}
