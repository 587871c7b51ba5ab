// SPDX-License-Identifier: Apache-2.0
// How time and memory depend on the number of rules: what it takes to check them, to match a first event, to
// make native code, and then to match an event.
//
//     bench_scale [KIND]... [NUMBER]...
//
// By default 93 and 3100 copies of Falco's rules (of our own where they are missing), with other names and
// literals; bench/grow.h has the kinds. Events are the recorded ones, in `all` mode. Each rule set has a
// process of its own, so that the memory is its own.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "bench/grow.h"
#include "bench/workload.h"
#include "runtime/engine/prepare.h"
#include "runtime/engine/tables_engine.h"

namespace stoop::bench {
namespace {

using Clock = std::chrono::steady_clock;

const std::vector<std::string> kTypes = {"", "execve", "open", "connect", "read"};  // the first: all

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double nanoseconds(const Engine& engine, const std::vector<const Event*>& events, uint32_t limit) {
    Scratch scratch;
    std::vector<uint32_t> fired(limit + 1);
    EventColumns columns(events);
    auto pass = [&](size_t repeats) {
        auto start = Clock::now();
        for (size_t repeat = 0; repeat < repeats; ++repeat)
            for (size_t i = 0; i < events.size(); ++i)
                engine.match(columns.slots[i], columns.types[i], scratch, fired.data(), limit);
        return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
    };
    // A round takes as long as a clock can tell, or as 20,000 events do if that is less.
    constexpr double kRound = 20e6;
    auto enough = static_cast<size_t>(kRound / pass(1));
    size_t repeats = 1 + std::min(enough, 20'000 / events.size());
    double best = pass(repeats);
    for (int round = 1; round < 15; ++round) best = std::min(best, pass(repeats));
    return best / static_cast<double>(events.size() * repeats);
}

long peak_memory() {  // MB
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

void measure(const std::string& kind, size_t count) {
    std::string rules;
    {
        Workload base = load_rules(read_rules(have_recordings() ? upstream_rules() : own_rules()));
        rules = rule_set(kind, base.program(), count);
    }
    auto start = Clock::now();
    Workload grown = load_rules({{"grown", std::move(rules)}});
    double checked = seconds_since(start);
    long memory = peak_memory();
    fmt::print("{:>9} {:>7} {:>8.2f} s {:>5} MB", kind, grown.program().rules.size(), checked, memory);

    auto limit = static_cast<uint32_t>(grown.program().rules.size());
    std::vector<std::string> lines = recorded_events();
    decode_events({lines[0]}, grown);
    std::vector<uint32_t> fired(limit + 1);
    Scratch scratch;
    start = Clock::now();
    const MatchTables match_tables = prepare(grown.program(), Use::Tables);
    const Engine tables = tables_engine(match_tables);
    tables.match(grown.events[0].values.data(), grown.events[0].type, scratch, fired.data(), limit);
    fmt::print(" {:>8.2f} ms", seconds_since(start) * 1e3);

    start = Clock::now();
    make_native(grown);
    fmt::print(" {:>8.2f} s", seconds_since(start));
    fmt::print(" {:>5} MB", peak_memory());
    decode_events(lines, grown);
    for (const Engine& engine : {grown.native->engine(), tables}) {
        for (const std::string& type : kTypes) {
            auto events = grown.of_type(type);
            if (!events.empty()) fmt::print(" {:>9.1f}", nanoseconds(engine, events, limit));
        }
        fmt::print(" |");
    }
    fmt::print("\n");
    std::fflush(stdout);
}

bool in_a_process(const std::string& kind, size_t count) {
    std::fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        measure(kind, count);
        std::exit(0);
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace
}  // namespace stoop::bench

int main(int argc, char** argv) {
    using namespace stoop::bench;
    std::vector<std::string> kinds;
    std::vector<size_t> counts;
    for (int i = 1; i < argc; ++i) {
        std::string argument = argv[i];
        bool kind = std::count(rule_set_kinds().begin(), rule_set_kinds().end(), argument) > 0;
        if (!kind && argument.find_first_not_of("0123456789") != argument.npos) {
            fmt::print(stderr, "usage: bench_scale [{}]... [NUMBER]...\n", fmt::join(rule_set_kinds(), "|"));
            return 3;
        }
        kind ? kinds.push_back(argument) : counts.push_back(std::stoul(argument));
    }
    if (kinds.empty()) kinds = {"copies"};
    if (counts.empty()) counts = {93, 3100};
    fmt::print("{:>9} {:>7} {:>19} {:>11} {:>19}", "kind", "rules", "check", "first event", "native code");
    for (int engine = 0; engine < 2; ++engine) {
        for (const std::string& type : kTypes) fmt::print(" {:>9}", type.empty() ? "all" : type);
        fmt::print(" |");
    }
    fmt::print("   (ns an event, best of 15 rounds: native code | tables)\n");
    bool fine = true;
    for (const std::string& kind : kinds)
        for (size_t count : counts) fine = in_a_process(kind, count) && fine;
    return fine ? 0 : 1;
}
