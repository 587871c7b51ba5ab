// SPDX-License-Identifier: Apache-2.0
// How long matching takes, one event at a time, the events decoded and in cache:
//   memfd/…     one rule, native code against the same rule written by hand in C++
//   upstream/…  Falco's own rules in `all` mode (our own where they are missing), native code against the
//               reference evaluator, by event type
// Both sides of a comparison run in this one program and are checked for the same verdicts first.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <memory>
#include <random>

#include "bench/by_hand.h"
#include "bench/workload.h"
#include "runtime/engine/prepare.h"
#include "runtime/engine/reference.h"
#include "runtime/engine/tables_engine.h"

namespace stoop::bench {
namespace {

using Events = std::vector<const Event*>;

void count_events(benchmark::State& state, size_t events) {
    double count = static_cast<double>(state.iterations()) * static_cast<double>(events);
    state.counters["time/event"] =
        benchmark::Counter(count, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    state.counters["events"] = static_cast<double>(events);
}

void match_all(benchmark::State& state, const Engine& engine, const Events& events, uint32_t limit) {
    Scratch scratch;
    std::vector<uint32_t> fired(limit + 1);
    EventColumns columns(events);
    for (auto unused : state)
        for (size_t i = 0; i < events.size(); ++i)
            benchmark::DoNotOptimize(
                engine.match(columns.slots[i], columns.types[i], scratch, fired.data(), limit));
    count_events(state, events.size());
}

// The same in blocks of 512.
void match_blocks(benchmark::State& state, const Engine& engine, const Events& events, uint32_t limit) {
    constexpr size_t kBlock = 512;
    Scratch scratch;
    std::vector<Hit> hits;
    EventColumns columns(events);
    for (auto unused : state)
        for (size_t at = 0; at < events.size(); at += kBlock) {
            size_t count = std::min(kBlock, events.size() - at);
            hits.clear();
            engine.match({{columns.types.data() + at, count}, columns.slots.data() + at}, scratch, limit,
                         hits);
            benchmark::DoNotOptimize(hits.data());
        }
    count_events(state, events.size());
}

void check_same(const Engine& a, const Engine& b, const Events& events, uint32_t limit) {
    Scratch scratch;
    std::vector<uint32_t> fired(limit + 1), other(limit + 1);
    for (const Event* event : events) {
        uint32_t count = a.match(event->values.data(), event->type, scratch, fired.data(), limit);
        uint32_t expected = b.match(event->values.data(), event->type, scratch, other.data(), limit);
        if (count == expected && std::equal(fired.begin(), fired.begin() + count, other.begin())) continue;
        fmt::print(stderr, "error: the sides differ on event {}\n", event->number);
        std::exit(1);
    }
}

// Executions from memory and others, in an order that branch prediction cannot learn by heart.
std::vector<std::string> memfd_events() {
    std::mt19937_64 random(1);
    std::vector<std::string> out;
    for (int i = 0; i < 4096; ++i) {
        bool execve = random() % 2 == 0, memfd = random() % 4 == 0;
        const char* names[] = {"runc", "sh", "python3", "x"};
        out.push_back(fmt::format(
            R"({{"evt.type":"{}","evt.res":"SUCCESS","proc.is_exe_from_memfd":{},"proc.name":"{}","proc.pname":"bash","proc.exepath":"/memfd:{}","proc.exe":"p"}})",
            execve       ? "execve"
            : i % 3 == 0 ? "openat"
                         : "close",
            execve && memfd, names[random() % 4], i));
    }
    return out;
}

using Measure = void (*)(benchmark::State&, const Engine&, const Events&, uint32_t);
void add(const std::string& name, const Engine& engine, const Events& events, uint32_t limit,
         Measure measure = match_all) {
    benchmark::RegisterBenchmark(name.c_str(),
                                 [=](benchmark::State& state) { measure(state, engine, events, limit); });
}

}  // namespace
}  // namespace stoop::bench

int main(int argc, char** argv) {
    using namespace stoop;
    using namespace stoop::bench;
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 3;

    std::vector<std::string> memfd_rule = own_rules();
    std::erase_if(memfd_rule,
                  [](const std::string& file) { return !file.ends_with("fileless_execution.yaml"); });
    Workload one = make_workload(memfd_rule, memfd_events());
    ByHand hand = by_hand(one.program());
    Engine written{&match_by_hand, &hand, nullptr, one.native->engine().wanted};
    Events mixed = one.of_type("");
    check_same(one.native->engine(), written, mixed, 1);
    add("memfd/by_hand", written, mixed, 1);
    add("memfd/native", one.native->engine(), mixed, 1);

    if (!have_recordings())
        fmt::print(stderr,
                   "note: no recorded events beside the checkout: our own rules and fixtures instead\n");
    Workload all = make_workload(have_recordings() ? upstream_rules() : own_rules(), recorded_events());
    auto rules = static_cast<uint32_t>(all.program().rules.size());
    Engine reference = reference_engine(all.program());
    const MatchTables match_tables = prepare(all.program(), Use::Tables);
    Engine tables = tables_engine(match_tables);
    check_same(all.native->engine(), reference, all.of_type(""), rules);
    check_same(tables, reference, all.of_type(""), rules);
    for (const char* type : {"", "execve", "open", "openat", "connect", "read", "close"}) {
        Events events = all.of_type(type);
        if (events.empty()) continue;
        std::string name = fmt::format("upstream/{}/", *type ? type : "all");
        add(name + "native", all.native->engine(), events, rules);
        add(name + "blocks", all.native->engine(), events, rules, match_blocks);
        add(name + "tables", tables, events, rules);
        add(name + "reference", reference, events, rules);
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
