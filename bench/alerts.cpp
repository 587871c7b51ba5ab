// SPDX-License-Identifier: Apache-2.0
// How many alerts a second are rendered: for the thirty rules of ../shared/data/rules/rendering.yaml on the
// recorded events, in the order in which Falco prints them, or for the rules of rules/ on fixtures/ where
// these are missing. The events are decoded before.
#include <benchmark/benchmark.h>

#include "bench/workload.h"
#include "runtime/alert/alert.h"
#include "runtime/alert/incident.h"

namespace stoop::bench {
namespace {

constexpr size_t kEvents = 6000;  // more are no different, and decoded they fill the memory

struct Fired {
    const ProgramRule* rule;
    const Event* event;
};

struct Alerts {
    Workload workload;
    std::vector<Fired> fired;
};

const Alerts& alerts() {
    static const Alerts out = [] {
        Alerts made;
        std::vector<std::string> events = recorded_events(), some;
        size_t step = std::max<size_t>(events.size() / kEvents, 1);
        for (size_t i = 0; i < events.size(); i += step) some.push_back(std::move(events[i]));
        made.workload = make_workload(have_recordings() ? rendering_rules() : own_rules(), some);
        const PreparedProgram& program = made.workload.program();
        Scratch scratch;
        std::vector<uint32_t> fired(program.rules.size() + 1);
        for (const Event& event : made.workload.events) {
            uint32_t count =
                made.workload.native->engine().match(event.values.data(), event.type, scratch, fired.data(),
                                                     static_cast<uint32_t>(program.rules.size()));
            for (uint32_t i = 0; i < count; ++i) made.fired.push_back({&program.rules[fired[i]], &event});
        }
        return made;
    }();
    return out;
}

template <typename Renderer>
void render(benchmark::State& state, TimeFormat times,
            bool (Renderer::*kind)(const ProgramRule&, const Event&, std::string&)) {
    const Alerts& all = alerts();
    if (all.fired.empty()) return state.SkipWithError("no rule fires");
    Renderer renderer(all.workload.program(), {times, "host", false});
    std::string out;
    size_t next = 0, bytes = 0;
    for (auto _ : state) {
        const Fired& fired = all.fired[next];
        (renderer.*kind)(*fired.rule, *fired.event, out);
        out += '\n';
        if (++next == all.fired.size()) next = 0;
        if (out.size() < size_t{1} << 16) continue;
        bytes += out.size();
        out.clear();
    }
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(static_cast<int64_t>(bytes));
}

BENCHMARK_CAPTURE(render, text, TimeFormat::Local, &AlertRenderer::text);
BENCHMARK_CAPTURE(render, json, TimeFormat::Local, &AlertRenderer::json);
BENCHMARK_CAPTURE(render, json_iso8601, TimeFormat::Iso8601, &AlertRenderer::json);
BENCHMARK_CAPTURE(render, incident, TimeFormat::Local, &IncidentRenderer::report);

}  // namespace
}  // namespace stoop::bench

BENCHMARK_MAIN();
