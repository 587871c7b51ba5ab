// SPDX-License-Identifier: Apache-2.0
// Falco's verdicts: which rules fire on recorded events, in both matching modes, on both engines.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Events whose recording lacks what decided: ancestors of the process beyond the seven that are in it.
const std::set<std::string> kNotRecorded = {
    "generated-1.cat-write.all:65",  "generated-1.cat-write.all:130", "generated-1.cat-write.all:238",
    "generated-1.cat-write.all:303", "generated-2.cat-write.all:65",  "generated-2.cat-write.all:130",
    "generated-2.cat-write.all:238", "generated-2.cat-write.all:303", "generated-3.cat-write.all:65",
    "generated-3.cat-write.all:130", "generated-3.cat-write.all:238", "generated-3.cat-write.all:303"};

std::map<uint64_t, json> by_event(const std::string& lines) {
    std::map<uint64_t, json> out;
    std::istringstream stream(lines);
    for (std::string line; std::getline(stream, line);) {
        json one = json::parse(line);
        out[one["event"]] = one["rules"];
    }
    return out;
}

class Verdicts : public testing::TestWithParam<const char*> {
  protected:
    std::string run(const std::string& mode) const {
        return std::string("stoop run -q -o verdicts --engine ") + GetParam() + " --rule-matching " + mode;
    }
    // How many lines were compared.
    static size_t compare(const std::string& name, const std::string& want, const std::string& got) {
        auto expected = by_event(want), have = by_event(got);
        for (auto* side : {&expected, &have})
            for (const auto& [event, unused] : *side) {
                if (kNotRecorded.contains(name + ":" + std::to_string(event))) continue;
                EXPECT_EQ(have[event], expected[event]) << name << ", event " << event;
            }
        return expected.size();
    }
};

TEST_P(Verdicts, RepresentativeSet) {
    std::string data = (source_dir() / "tests/data/verdicts").string();
    for (std::string mode : {"first", "all"}) {
        WorkFolder folder;
        Outcome outcome = folder.run(run(mode) + " -r " + data + "/rules.yaml " + data + "/events.jsonl");
        EXPECT_EQ(outcome.exit, 0) << outcome.err;
        EXPECT_GT(compare(mode, read_file(data + "/" + mode + ".jsonl"), outcome.out), 20u);
    }
}

TEST_P(Verdicts, EveryRecordedRun) {
    if (!have_shared()) GTEST_SKIP() << "the recorded answers (../shared) are not here";
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "too slow with sanitizers; the release build runs it";
#endif
    size_t lines = 0;
    std::string data = (shared_dir() / "data").string();
    for (const auto& entry : fs::directory_iterator(shared_dir() / "data/verdicts")) {
        std::istringstream parts(entry.path().filename().string());
        std::string rules, events, mode;
        std::getline(parts, rules, '.');
        std::getline(parts, events, '.');
        std::getline(parts, mode, '.');
        std::string files = rules == "upstream"
                                ? " -r " + data + "/rules/upstream/falco_rules.yaml -r " + data +
                                      "/rules/upstream/falco-incubating_rules.yaml -r " + data +
                                      "/rules/upstream/falco-sandbox_rules.yaml"
                                : " -r " + data + "/rules/" + rules + ".yaml";
        WorkFolder folder;
        Outcome outcome =
            folder.run("gzip -cd " + data + "/events/" + events + ".jsonl.gz | " + run(mode) + files + " -");
        EXPECT_EQ(outcome.exit, 0) << outcome.err;
        // The same however many threads there are and whatever the events come from.
        std::string gz = " " + data + "/events/" + events + ".jsonl.gz", plain = " events.jsonl";
        folder.run("gzip -cd" + gz + " >events.jsonl");
        for (const std::string& other : {" -j1" + gz, " -j2" + gz, " -j1" + plain, " -j2" + plain})
            EXPECT_EQ(folder.run(run(mode) + files + other).out, outcome.out) << other;
        std::string want = folder.run("gzip -cd '" + entry.path().string() + "'").out;
        lines += compare(rules + "." + events + "." + mode, want, outcome.out);
    }
    EXPECT_GT(lines, 100'000u);
}

INSTANTIATE_TEST_SUITE_P(Engines, Verdicts, testing::Values("reference", "tables", "native"));

}  // namespace
}  // namespace stoop::tests
