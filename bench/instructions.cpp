// SPDX-License-Identifier: Apache-2.0
// Matches the recorded events of one type, again and again, and nothing else: for scripts/instructions, which
// runs it under callgrind and takes the difference of two runs.
//   bench_instructions native|blocks|tables|reference TYPE ROUNDS        prints the number of events
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "bench/workload.h"
#include "runtime/engine/prepare.h"
#include "runtime/engine/reference.h"
#include "runtime/engine/tables_engine.h"

int main(int argc, char** argv) {
    using namespace stoop;
    using namespace stoop::bench;
    if (argc != 4) {
        fmt::print(stderr, "usage: bench_instructions native|blocks|tables|reference TYPE ROUNDS\n");
        return 3;
    }
    std::string how = argv[1], type = argv[2];
    std::vector<std::string> lines = recorded_events();
    // All of them take minutes to decode there.
    std::erase_if(lines, [&](const std::string& line) {
        return line.find("\"evt.type\":\"" + type + "\"") == line.npos &&
               line.find("\"evt.type\": \"" + type + "\"") == line.npos;
    });
    Workload work = make_workload(have_recordings() ? upstream_rules() : own_rules(), lines);
    auto limit = static_cast<uint32_t>(work.program().rules.size());
    const MatchTables tables = prepare(work.program(), Use::Tables);
    Engine engine = how == "reference" ? reference_engine(work.program())
                    : how == "tables"  ? tables_engine(tables)
                                       : work.native->engine();
    EventColumns events(work.of_type(""));
    Scratch scratch;
    std::vector<uint32_t> fired(limit + 1);
    std::vector<Hit> hits;
    for (unsigned long round = std::stoul(argv[3]); round > 0; --round) {
        hits.clear();
        if (how == "blocks")
            engine.match({events.types, events.slots.data()}, scratch, limit, hits);
        else
            for (size_t i = 0; i < events.types.size(); ++i)
                engine.match(events.slots[i], events.types[i], scratch, fired.data(), limit);
    }
    fmt::print("{}\n", events.types.size());
}
