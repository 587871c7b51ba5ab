// SPDX-License-Identifier: Apache-2.0
// Memory does not depend on how many alerts there are, nor on what events were made for.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

std::string rule(int number, const std::string& condition, const std::string& output) {
    return "- rule: r" + std::to_string(number) + "\n  desc: d\n  condition: " + condition +
           "\n  output: \"" + output + "\"\n  priority: INFO\n";
}

// The most that a program which this test ran has held.
void expect_memory_below([[maybe_unused]] long mebibytes) {
#if !defined(__SANITIZE_ADDRESS__)  // which holds back what is freed
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    EXPECT_LT(usage.ru_maxrss / 1024, mebibytes);
#endif
}

class BoundedMemory : public testing::TestWithParam<const char*> {
  protected:
    std::string run(const std::string& options) const {
        return "stoop run -q --no-cache -r rules.yaml events.jsonl -j" + std::string(GetParam()) + " " +
               options;
    }
    std::ofstream events() const { return std::ofstream(folder_.path() / "events.jsonl"); }

    WorkFolder folder_;
};

// 700 MB of alerts, of which each event of one block brings forth 150 kB.
TEST_P(BoundedMemory, AlertsAreWrittenInPiecesAndInOrder) {
    constexpr int kRules = 500, kEvents = 5000;
    std::string rules;
    for (int i = 0; i < kRules; ++i)
        rules += rule(i, "evt.type = open", "%evt.num " + std::to_string(i) + ' ' + std::string(256, 'x'));
    write_file(folder_.path() / "rules.yaml", rules);
    {
        std::ofstream file = events();
        for (int i = 1; i <= kEvents; ++i) file << R"({"evt.type":"open","evt.num":)" << i << "}\n";
    }
    Outcome outcome = folder_.run(run("--rule-matching all") +
                                  " | awk '{ if ($3 != 1 + int((NR - 1) / 500) || $4 != (NR - 1) % 500) "
                                  "wrong++ } END { print NR, wrong + 0 }'");
    EXPECT_EQ(outcome.out, std::to_string(kRules * kEvents) + " 0\n") << outcome.err;
    expect_memory_below(100);
}

TEST_P(BoundedMemory, AReaderThatGoesAwayEndsTheRun) {
    std::string rules;
    for (int i = 0; i < 1000; ++i) rules += rule(i, "evt.type = open", std::string(1024, 'x'));
    write_file(folder_.path() / "rules.yaml", rules);
    {
        std::ofstream file = events();
        for (int i = 0; i < 20'000; ++i) file << "{\"evt.type\":\"open\"}\n";
    }
    write_file(folder_.path() / "script",
               "set -o pipefail; timeout 60 " + run("--rule-matching all") + " | head -n 1 | cut -c 1-20");
    Outcome outcome = folder_.run("bash script");
    EXPECT_EQ(outcome.out, "<NA>: Informational \n");
    EXPECT_EQ(outcome.exit, 3) << outcome.err;
    expect_memory_below(100);
}

// 3 GB, if it were written.
TEST_P(BoundedMemory, OneAlertIsLimited) {
    std::string output;
    for (int i = 0; i < 400; ++i) output += "%fd.name ";
    write_file(folder_.path() / "rules.yaml",
               rule(0, "evt.type = open", output) + rule(1, "evt.type = open", "o"));
    events() << R"({"evt.type":"open","fd.name":")" << std::string(size_t{8'000'000}, '\x7f') << "\"}\n"
             << R"({"evt.type":"open","fd.name":"short"})"
             << "\n";
    for (const char* format : {"text", "json", "incident"}) {
        Outcome outcome = folder_.run(run("--rule-matching all -o ") + format + " | tr -d '\\n' | wc -lc");
        EXPECT_NE(
            outcome.err.find("the alert of rule 'r0' on this event is too long: at most 64 MiB allowed"),
            std::string::npos)
            << outcome.err;
    }
    expect_memory_below(400);
}

// Each event would leave something behind.
TEST_P(BoundedMemory, HostileEventsLeaveNothing) {
    write_file(
        folder_.path() / "rules.yaml",
        rule(0, "evt.type = open and fd.name contains needle and proc.args intersects (a, b)", "o") +
            rule(1, "evt.type = open and tolower(proc.cmdline) regex '(.*[ab]){12}c'", "%proc.cmdline"));
    {
        std::ofstream file = events();
        for (int round = 0; round < 3; ++round) {
            for (size_t size = size_t{2} << 20; size < size_t{8} << 20; size += size_t{1} << 20) {
                file << R"({"evt.type":"open","fd.name":")" << std::string(size, 'x') << "\"}\n";
                file << R"({"evt.type":"open","proc.cmdline":"\u0061)" << std::string(size / 2, 'b')
                     << "\"}\n";
                file << R"({"evt.type":"open","x":)" << std::string(size / 2, '[') << "}\n";
            }
            // Keys of 20 kB.
            for (int key = 0; key < 1500; ++key)
                file << R"({"evt.type":"open",")" << std::string(20'000, 'k') << round << '.' << key
                     << "\":1}\n";
            for (int key = 0; key < 20'000; ++key)
                file << R"({"evt.type":"open","proc":{"no)" << round << '.' << key << "\":{}},\"fd\":{\"k"
                     << key << "\":null}}\n";
        }
    }
    Outcome outcome = folder_.run(run("--engine reference >/dev/null"));
    EXPECT_EQ(outcome.exit, 2) << outcome.err.substr(0, 500);
    expect_memory_below(200);
}

INSTANTIATE_TEST_SUITE_P(, BoundedMemory, testing::Values("1", "2"),
                         [](const auto& jobs) { return std::string("Jobs") + jobs.param; });

}  // namespace
}  // namespace stoop::tests
