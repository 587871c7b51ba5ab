// SPDX-License-Identifier: Apache-2.0
// One meaning, two engines: on every event the reference evaluator and native code fire the same rules. The
// rules are the shipped ones and the conditions of tests/data, which cover all operators and types; the
// events are the fixtures and random mutations of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "tests/differential/all_engines.h"
#include "tests/support/paths.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr size_t kMutations = 10'000;

// The events of the cases: every field and type that the conditions ask for.
std::vector<json> case_events() {
    std::vector<json> out;
    std::istringstream lines(read_file(source_dir() / "tests/data/conditions.jsonl"));
    for (std::string line; std::getline(lines, line);) out.push_back(json::parse(line)["fields"]);
    return out;
}

std::vector<json> fixtures() {
    std::vector<json> out;
    for (const auto& entry : fs::recursive_directory_iterator(source_dir() / "fixtures")) {
        if (entry.path().extension() == ".json") out.push_back(json::parse(read_file(entry.path())));
        if (entry.path().extension() != ".jsonl") continue;
        std::istringstream lines(read_file(entry.path()));
        for (std::string line; std::getline(lines, line);) out.push_back(json::parse(line));
    }
    return out;
}

// Values that lie on the edges of what rules compare with.
json interesting_value(const json& old, std::mt19937_64& random) {
    if (old.is_boolean()) return !old.get<bool>();
    if (old.is_number()) {
        const std::vector<json> kNumbers = {0, 1, -1, 2, 80, 1000, 4294967295u, INT64_MAX, 34816};
        return kNumbers[random() % kNumbers.size()];
    }
    const std::vector<std::string> kTexts = {"",
                                             "runc",
                                             "runc ",
                                             "RUNC",
                                             "execve",
                                             "execveat",
                                             "openat",
                                             "SUCCESS",
                                             "EACCES",
                                             "memfd:runc_cloned:/proc/self/exe",
                                             "memfd:program",
                                             "/etc/passwd",
                                             "EXE_FROM_MEMFD",
                                             "EXE_WRITABLE|EXE_FROM_MEMFD",
                                             "O_RDONLY|O_CLOEXEC",
                                             "cat"};
    return kTexts[random() % kTexts.size()];
}

json mutated(json event, std::mt19937_64& random) {
    json& fields = event.contains("output_fields") ? event["output_fields"] : event;
    size_t changes = 1 + random() % 4;
    for (size_t i = 0; i < changes && !fields.empty(); ++i) {
        auto field = std::next(fields.begin(), static_cast<ptrdiff_t>(random() % fields.size()));
        switch (random() % 3) {
            case 0: fields.erase(field); break;
            case 1: field.value() = nullptr; break;
            default: field.value() = interesting_value(field.value(), random);
        }
    }
    return event;
}

std::unique_ptr<Compilation> shipped_rules() {
    std::vector<RuleSource> files;
    for (const auto& entry : fs::directory_iterator(source_dir() / "rules"))
        if (entry.path().extension() == ".yaml" && !entry.path().stem().string().ends_with("_test"))
            files.push_back({entry.path().string(), read_file(entry.path())});
    return compile_rules(std::move(files), Schemas());
}

std::unique_ptr<Compilation> many_conditions() {
    std::vector<RuleSource> conditions;
    std::istringstream lines(read_file(source_dir() / "tests/data/conditions.jsonl"));
    for (std::string line; std::getline(lines, line);) {
        json one = json::parse(line);
        if (one["expect"].is_boolean()) conditions.push_back({one["id"], one["condition"]});
    }
    return compile_conditions(std::move(conditions), Schemas());
}

void compare_on_mutations(std::unique_ptr<Compilation> rules, std::vector<json> events) {
    uint64_t start = seed();
    SCOPED_TRACE("repeat with STOOP_SEED=" + std::to_string(start));
    std::mt19937_64 random(start);
    ASSERT_FALSE(events.empty());
    AllEngines engines(std::move(rules));
    for (const json& event : events) ASSERT_TRUE(engines.agree(event, start));
    for (size_t i = 0; i < kMutations; ++i) {
        json event = events[random() % events.size()];
        const json& other = events[random() % events.size()];
        // Fields of two events together meet more conditions than those of one.
        if (random() % 2 == 0 && !event.contains("output_fields") && !other.contains("output_fields"))
            event.update(other);
        ASSERT_TRUE(engines.agree(mutated(event, random), start));
    }
    // A test in which nothing fires, or nothing is compared, could not fail.
    EXPECT_GT(engines.compared(), kMutations / 2);
    EXPECT_GT(engines.hits(), 100u);
    // Some conditions of the cases are true or false whatever the event.
    EXPECT_GT(engines.both_verdicts(), 0.75);
    std::cout << "seed " << start << ": " << engines.compared() << " events compared, " << engines.hits()
              << " hits\n";
}

TEST(Engines, AgreeOnTheShippedRules) { compare_on_mutations(shipped_rules(), fixtures()); }

TEST(Engines, AgreeOnAllOperators) {
    std::vector<json> events = case_events();
    for (json& event : fixtures()) events.push_back(std::move(event));
    compare_on_mutations(many_conditions(), std::move(events));
}

}  // namespace
}  // namespace stoop::tests
