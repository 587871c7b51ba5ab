// SPDX-License-Identifier: Apache-2.0
// Both engines see the same facts: comparisons of every field that can be derived, on events from which
// fields were taken away.
#include <sstream>

#include "runtime/ingest/derive.h"
#include "tests/differential/all_engines.h"
#include "tests/support/paths.h"

namespace stoop::tests {
namespace {

using nlohmann::json;

std::vector<json> recorded_events() {
    std::vector<json> out;
    auto add = [&](const std::filesystem::path& path) {
        std::istringstream lines(read_file(path));
        for (std::string line; std::getline(lines, line);) out.push_back(json::parse(line));
    };
    for (const auto& entry : std::filesystem::directory_iterator(source_dir() / "fixtures"))
        if (exists(entry.path() / "events.jsonl")) add(entry.path() / "events.jsonl");
    add(source_dir() / "tests/data/verdicts/events.jsonl");
    return out;
}

// Comparisons with values that the field has in some event.
std::vector<RuleSource> comparisons(const std::vector<json>& events) {
    std::vector<RuleSource> out;
    auto add = [&](const std::string& condition) { out.push_back({std::to_string(out.size()), condition}); };
    for (const DerivedField& fact : derived_fields()) {
        if (fact.field.find('[') != std::string::npos || fact.field == "evt.type.is.X") continue;
        if (fact.field.ends_with("net")) continue;  // its values are addresses, not networks
        add(fact.field + " exists");
        std::string last;
        for (size_t i = 0, added = 0; i < events.size() && added < 3; ++i) {
            const json value = events[i].value(fact.field, json());
            const json& one = value.is_array() && !value.empty() ? value[0] : value;
            if (!one.is_primitive() || one.is_null() || one == "" || one.dump() == last) continue;
            last = one.dump();
            add(fact.field + " = " + last);
            ++added;
        }
    }
    for (const char* condition :
         {"proc.aname[2] = systemd", "proc.aname in (bash, sshd)", "evt.type.is.open = 1",
          "fd.net = 10.0.0.0/8", "fd.snet in (10.0.0.0/8, 172.16.0.0/12)", "fd.port in (443, 80)",
          "syscall.type = openat", "container.image contains nginx",
          "fd.directory startswith /etc and fd.filename endswith d"})
        add(condition);
    return out;
}

TEST(Facts, AreTheSameForAllEngines) {
    std::vector<json> events = recorded_events();
    AllEngines engines(compile_conditions(comparisons(events), Schemas()));
    uint64_t first = seed();
    std::mt19937_64 random(first);
    for (size_t i = 0; i < 3000; ++i) {
        json event = events[random() % events.size()];
        uint64_t tenths = random() % 10;
        for (auto field = event.begin(); field != event.end();)
            field = random() % 10 < tenths ? event.erase(field) : std::next(field);
        if (!engines.agree(event, first)) return;
    }
    EXPECT_GT(engines.hits(), 10'000u);
}

}  // namespace
}  // namespace stoop::tests
