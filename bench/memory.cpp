// SPDX-License-Identifier: Apache-2.0
// Whether the memory of a run depends on how many events there are, or how many alerts: `stoop run` reads
// events that are made while it runs, and says at the end what it has held.
//
//     bench_memory STOOP [events|alerts] [NUMBER]...
//
// `events`: ordinary ones, and one in a thousand that is made to leave something behind: huge values, deep
// JSON, many or long names, lines that are no events. By default a million of them, 3 and 10 million.
// `alerts`: 10,000 rules that fire on every event. By default 20,000 events, 60,000 and 200,000.
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace stoop::bench {
namespace {

std::string rule(const std::string& name, const std::string& condition, const std::string& output) {
    return fmt::format("- rule: {}\n  desc: d\n  condition: {}\n  output: \"{}\"\n  priority: INFO\n", name,
                       condition, output);
}

// Rules whose fields, searches, expressions and transformers meet the events below.
std::string rules_for_events() {
    return rule("Needle", "evt.type = open and fd.name contains needle", "%fd.name") +
           rule("Shell", "evt.type = execve and proc.name in (sh, bash)", "%proc.cmdline") +
           rule("Regex", "evt.type = execve and proc.cmdline regex '.*(a|bc)+.{3}([0-9]+x)*z'",
                "%proc.cmdline") +
           rule("Lower", "evt.type = execve and tolower(proc.cmdline) endswith '--secret'", "%proc.name") +
           rule("List", "evt.type = open and proc.aname intersects (sshd, nginx)", "%proc.name");
}
std::string rules_for_alerts() {
    std::string out;
    for (int i = 0; i < 10'000; ++i)
        out += rule(fmt::format("Rule {}", i), "evt.type = open", fmt::format("{} %fd.name", i));
    return out;
}

std::string ordinary_event(size_t number) {
    return number % 5 == 0
               ? fmt::format(
                     R"({{"evt.type":"execve","proc.name":"sh{0}","proc.cmdline":"sh -c {0}","user.name":"u"}})",
                     number % 1000)
               : fmt::format(R"({{"evt.type":"open","proc.name":"p","fd.name":"/var/log/{}","fd.num":3}})",
                             number);
}

std::string hostile_event(size_t number) {
    size_t size = (size_t{1} << 10) << number % 13;  // to 4 MB
    size += number % 1000;
    auto of = [&](char byte) { return std::string(size, byte); };
    switch (number % 11) {
        case 0: return R"({"evt.type":"open","fd.name":")" + of('n') + "\"}";
        case 1: return R"({"evt.type":"execve","proc.cmdline":"\u0041)" + of('b') + "\"}";
        case 2: return R"({"evt.type":"open","x":)" + of('[') + of(']') + "}";
        case 3: return of('{');
        case 4: return "{\"" + of('k') + "\":1}";
        case 5:
            return fmt::format(R"({{"evt.type":"open","proc":{{"key{}":{{}}}},"fd":{{"key{}":[]}}}})", number,
                               number);
        case 6: return R"({"evt.type":"open","proc.aname":[")" + of('a') + R"("]})";
        case 7: return R"({"evt.type":"open","fd.num":")" + of('1') + "\"}";
        case 8: {
            std::string out = R"({"evt.type":"open")";
            for (size_t i = 0; i < size / 16; ++i) out += fmt::format(",\"n{}.{}\":0", number, i);
            return out + "}";
        }
        case 9: {
            std::string out = R"({"evt.type":"execve","proc.cmdline":")";
            for (size_t i = 0; i < size; ++i) out += "abc0123xz"[(i * i + number) % 9];
            return out + "\"}";
        }
        default: return "\xff\xfe" + of('\x01');
    }
}

using MakeEvent = std::function<std::string(size_t number)>;

void measure(const std::string& stoop, const std::string& rules, size_t events, const MakeEvent& make) {
    int ends[2];
    if (pipe(ends) != 0) std::exit(3);
    std::vector<std::string> command{stoop, "run", "-q", "-r", rules, "--rule-matching", "all", "-"};
    std::vector<char*> arguments;
    for (std::string& argument : command) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    for (int output : {STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0);
    auto start = std::chrono::steady_clock::now();
    pid_t child = 0;
    if (posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ) != 0) {
        fmt::print(stderr, "error: cannot run {}\n", stoop);
        std::exit(3);
    }
    close(ends[0]);
    FILE* input = fdopen(ends[1], "w");
    for (size_t i = 0; i < events; ++i) {
        std::string line = make(i) + "\n";
        if (fwrite(line.data(), 1, line.size(), input) != line.size()) break;
    }
    fclose(input);
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    fmt::print("{:>10} {:>9.1f} {:>9.1f} {:>8} {:>6}\n", events, wall.count(),
               seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss / 1024,
               WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    std::fflush(stdout);
}

}  // namespace
}  // namespace stoop::bench

int main(int argc, char** argv) {
    using namespace stoop::bench;
    std::vector<std::string> kinds;
    std::vector<size_t> numbers;
    bool wrong = argc < 2;
    for (int i = 2; i < argc; ++i) {
        std::string argument = argv[i];
        bool kind = argument == "events" || argument == "alerts";
        bool number = argument.find_first_not_of("0123456789") == argument.npos;
        if (kind) kinds.push_back(argument);
        if (number) numbers.push_back(std::stoul(argument));
        wrong = wrong || !(kind || number);
    }
    if (wrong) {
        fmt::print(stderr, "usage: bench_memory STOOP [events|alerts] [NUMBER]...\n");
        return 3;
    }
    if (kinds.empty()) kinds = {"events", "alerts"};
    std::signal(SIGPIPE, SIG_IGN);
    std::string folder = (std::filesystem::temp_directory_path() / "stoop-bench-XXXXXX").string();
    if (!mkdtemp(folder.data())) return 3;
    for (const std::string& kind : kinds) {
        bool alerts = kind == "alerts";
        std::string rules = folder + "/rules.yaml";
        std::ofstream(rules) << (alerts ? rules_for_alerts() : rules_for_events());
        fmt::print("{:>10} {:>9} {:>9} {:>8} {:>6}\n", alerts ? "all fire" : "events", "seconds", "cpu", "MB",
                   "exit");
        std::vector<size_t> counts = numbers;
        if (counts.empty())
            counts = alerts ? std::vector<size_t>{20'000, 60'000, 200'000}
                            : std::vector<size_t>{1'000'000, 3'000'000, 10'000'000};
        for (size_t count : counts)
            measure(argv[1], rules, count, [&](size_t number) {
                if (alerts) return fmt::format(R"({{"evt.type":"open","fd.name":"/{}"}})", number);
                return number % 1000 == 999 ? hostile_event(number / 1000) : ordinary_event(number);
            });
    }
    std::filesystem::remove_all(folder);
    return 0;
}
