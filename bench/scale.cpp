// How the time of an event depends on the number of rules: Falco's rules (our own where they are missing),
// and as many copies of them, with other names and literals, as the numbers given say: 93 and 3100 if none
// are. Prints for each number what an event costs in `all` mode, over all recorded events and by type, and
// what it took to compile.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "bench/grow.h"
#include "bench/workload.h"

namespace stoop::bench {
namespace {

using Clock = std::chrono::steady_clock;

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

}  // namespace
}  // namespace stoop::bench

int main(int argc, char** argv) {
    using namespace stoop;
    using namespace stoop::bench;
    std::vector<size_t> counts;
    for (int i = 1; i < argc; ++i) counts.push_back(std::stoul(argv[i]));
    if (counts.empty()) counts = {93, 3100};

    std::vector<std::string> lines = recorded_events();
    Workload base = make_workload(have_recordings() ? upstream_rules() : own_rules(), {});
    fmt::print("{:>8} {:>12}", "rules", "compiled in");
    const std::vector<std::string> types = {"", "execve", "open", "connect", "read"};
    for (const std::string& type : types) fmt::print(" {:>10}", type.empty() ? "all" : type);
    fmt::print("   (ns an event, best of 15 rounds)\n");
    for (size_t count : counts) {
        auto start = Clock::now();
        Workload grown = make_workload_of({{"grown", grow(base.plan(), count)}}, lines);
        fmt::print("{:>8} {:>10.1f} s", grown.plan().rules.size(),
                   std::chrono::duration<double>(Clock::now() - start).count());
        for (const std::string& type : types) {
            auto events = grown.of_type(type);
            if (events.empty()) continue;
            fmt::print(" {:>10.1f}", nanoseconds(grown.native->engine(), events,
                                                 static_cast<uint32_t>(grown.plan().rules.size())));
        }
        fmt::print("\n");
        std::fflush(stdout);
    }
}
