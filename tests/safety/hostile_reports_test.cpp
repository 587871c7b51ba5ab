// SPDX-License-Identifier: Apache-2.0
// Rules, tests and events that are meant to make explanations, mutants and reports large: each ends with a
// right result or a clear error, in bounded time, memory and output.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

std::string rule(const std::string& condition, const std::string& output = "o") {
    return "- rule: A\n  desc: d\n  condition: evt.type = open and " + condition + "\n  output: " + output +
           "\n  priority: INFO\n";
}

std::string joined(size_t count, const std::string& separator, const auto& part) {
    std::string out;
    for (size_t i = 0; i < count; ++i) out += (i > 0 ? separator : "") + part(i);
    return out;
}

class HostileReports : public testing::Test {
  protected:
    void write(const std::string& name, const std::string& text) { write_file(folder_.path() / name, text); }

    // Within bounded memory (sanitizers want address space of their own) and time.
    Outcome run(const std::string& command) {
#if defined(__SANITIZE_ADDRESS__)
        return folder_.run("timeout 250 " + command);
#else
        return folder_.run("ulimit -v 1500000; timeout 120 " + command);
#endif
    }

  private:
    WorkFolder folder_;
};

constexpr size_t kMega = 1'000'000;

TEST_F(HostileReports, ALongValueIsNotRepeatedForEveryComparison) {
    write("a.yaml", rule(joined(800, " and ", [](size_t i) {
              return fmt::format("(proc.name = a{} or fd.name contains b{})", i, i);
          })));
    write("e.jsonl", R"({"evt.type":"open","fd.name":")" + std::string(8 * kMega, 'x') + "\"}\n");
    for (const char* format : {"human", "json"}) {
        Outcome outcome = run(fmt::format("stoop explain -o {} -r a.yaml e.jsonl", format));
        EXPECT_EQ(outcome.exit, 0) << outcome.err;
        EXPECT_LT(outcome.out.size(), 3 * kMega);
        EXPECT_NE(outcome.out.find(format == std::string("json") ? "\"bytes\":8000000" : "(8000000 bytes)"),
                  std::string::npos);
    }
    EXPECT_LT(run("stoop explain --why-not A -r a.yaml e.jsonl").out.size(), 10'000u);
    write("a_test.yaml", "events: e.jsonl\ntests:\n  - {name: n, expect: [A]}\n");
    Outcome outcome = run("stoop test a_test.yaml");
    EXPECT_EQ(outcome.exit, 1) << outcome.err;
    EXPECT_LT(outcome.out.size(), 3 * kMega);
}

TEST_F(HostileReports, DeepConditionsAreNotMostlyBranches) {
    constexpr size_t kDepth = 900, kWidth = 60;
    std::string condition = "proc.name = z";
    for (size_t depth = 0; depth < kDepth; ++depth)
        condition = "(" +
                    joined(kWidth, depth % 2 ? " and " : " or ",
                           [&](size_t i) { return fmt::format("proc.name = a{}_{}", depth, i); }) +
                    (depth % 2 ? " and " : " or ") + condition + ")";
    write("a.yaml", rule(condition));
    write("e.jsonl", "{\"evt.type\":\"open\",\"proc.name\":\"q\"}\n");
    for (const char* options : {"", "-o json", "--limit explained-nodes=100000"}) {
        Outcome outcome = run(fmt::format("stoop explain {} -r a.yaml e.jsonl", options));
        EXPECT_EQ(outcome.exit, 0) << outcome.err;
        EXPECT_LT(outcome.out.size(), 16 * kMega) << options;
    }
    Outcome outcome = run("stoop check --emit typed a.yaml");
    EXPECT_EQ(outcome.exit, 0) << outcome.err;
    EXPECT_LT(outcome.out.size(), 16 * kMega);
}

TEST_F(HostileReports, AllChangesOfALargeRuleAreTried) {
    write("a.yaml", rule(joined(800, " and ", [](size_t i) {
              return fmt::format("(proc.name = a{} or fd.name = b{})", i, i);
          })));
    write("a_test.yaml", "tests:\n  - {name: n, events: [{evt.type: open, proc.name: zz}], expect: []}\n");
    for (const char* format : {"human", "json", "github"}) {
        Outcome outcome = run(fmt::format("stoop mutate -o {} a_test.yaml", format));
        EXPECT_EQ(outcome.exit, 1) << outcome.err;
        EXPECT_EQ(outcome.err, "");
        EXPECT_LT(outcome.out.size(), 100 * kMega);
    }
    // A long list: changes of its items are not lists of their own.
    write("a.yaml", rule("proc.name in (" +
                         joined(30'000, ", ", [](size_t i) { return fmt::format("item{}", i); }) + ")"));
    Outcome outcome = run("stoop mutate a_test.yaml");
    EXPECT_EQ(outcome.exit, 1) << outcome.err;
    EXPECT_NE(outcome.out.find("30007 mutants"), std::string::npos) << outcome.out.substr(0, 2000);
    // More changes than are tried by default.
    write("a.yaml", rule("proc.name in (" +
                         joined(150'000, ", ", [](size_t i) { return fmt::format("item{}", i); }) + ")"));
    outcome = run("stoop mutate a_test.yaml");
    EXPECT_EQ(outcome.exit, 2) << outcome.err;
    EXPECT_NE(outcome.err.find("only the first 100000 of 150007 changes were tried"), std::string::npos)
        << outcome.err;
}

TEST_F(HostileReports, WhatTakesTooLongIsNotTried) {
    // Changed lists with which a prefix begins are compiled, each of them.
    write("a.yaml", rule("fd.name pmatch (" +
                         joined(30'000, ", ", [](size_t i) { return fmt::format("/etc/{}", i); }) + ")"));
    write("a_test.yaml", "tests:\n  - {name: n, events: [{evt.type: open, fd.name: zz}], expect: []}\n");
    Outcome outcome = run("stoop mutate --limit mutant-work=100M a_test.yaml");
    EXPECT_EQ(outcome.exit, 2);
    EXPECT_NE(outcome.err.find("error[E0016]"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("changes were tried"), std::string::npos) << outcome.err;
}

TEST_F(HostileReports, MatricesDoNotMultiplyTheirValues) {
    write("a.yaml", rule("proc.name = x"));
    std::string matrix = "    matrix:\n      fd.name: [" + std::string(kMega, 'x') + "]\n      proc.pid: [" +
                         joined(3'000, ", ", [](size_t i) { return std::to_string(i); }) + "]\n";
    write("a_test.yaml", "tests:\n  - name: n\n    events: [{evt.type: close}]\n    expect: []\n" + matrix);
    Outcome outcome = run("stoop test a_test.yaml");
    EXPECT_EQ(outcome.exit, 0) << outcome.err;
    // Matrices that become very many tests; a large file for each of them.
    std::string numbers = joined(100, ", ", [](size_t i) { return std::to_string(i); });
    std::string tests = joined(200, "", [&](size_t i) {
        return fmt::format("  - name: n{}\n    expect: []\n    matrix: {{proc.pid: [{}], proc.ppid: [{}]}}\n",
                           i, numbers, numbers);
    });
    write("a_test.yaml", "events: [{evt.type: close}]\ntests:\n" + tests);
    outcome = run("stoop test a_test.yaml");
    EXPECT_EQ(outcome.exit, 2);
    EXPECT_NE(outcome.err.find("more than 1000000 tests"), std::string::npos) << outcome.err;
    write("e.jsonl", joined(20'000, "\n", [](size_t) { return std::string("{\"evt.type\":\"close\"}"); }));
    write("a_test.yaml", "events: e.jsonl\ntests:\n" + tests.substr(0, tests.find("  - name: n2\n")));
    outcome = run("stoop test a_test.yaml");
    EXPECT_EQ(outcome.exit, 2);
    EXPECT_NE(outcome.err.find("more than 100000000 events of tests"), std::string::npos) << outcome.err;
}

TEST_F(HostileReports, ReportsOfManyFailuresWithLongValuesAreBounded) {
    write("a.yaml", rule("proc.name = x", "o %fd.name"));
    std::string event =
        R"({"evt.type":"open","proc.name":"x","fd.name":")" + std::string(50'000, 'z') + "\"}";
    write("e.jsonl", joined(400, "\n", [&](size_t) { return event; }));
    write("a_test.yaml", R"(events: e.jsonl
ruleMatching: all
tests:
  - name: differ
    expect: [{rule: A, count: 400, outputFields: {fd.name: y}}]
  - name: are not expected
    expect: []
    matrix: {proc.pid: [1, 2, 3, 4, 5, 6, 7, 8]}
)");
    for (const char* format : {"human", "json", "junit", "tap", "github"}) {
        Outcome outcome = run(fmt::format("stoop test --limit report-bytes=1M -o {} a_test.yaml", format));
        EXPECT_EQ(outcome.exit, 1) << outcome.err;
        EXPECT_LT(outcome.out.size(), 4 * kMega) << format;
        EXPECT_NE(outcome.out.find("(50000 bytes)"), std::string::npos) << format;
    }
}

TEST_F(HostileReports, CoverageTakesNoMemoryForEachTest) {
    write("a.yaml", rule(joined(3'000, " or ", [](size_t i) { return fmt::format("proc.name = a{}", i); })));
    write("a_test.yaml",
          "events: [{evt.type: open, proc.name: q}]\ntests:\n  - name: n\n    expect: []\n"
          "    matrix: {proc.pid: [" +
              joined(3'000, ", ", [](size_t i) { return std::to_string(i); }) + "]}\n");
    Outcome outcome = run("stoop test --coverage -o json --coverage-html page.html a_test.yaml");
    EXPECT_EQ(outcome.exit, 0) << outcome.err;
    EXPECT_LT(outcome.out.size(), 100 * kMega);
    EXPECT_NE(outcome.out.find("\"count\": 3000"), std::string::npos);
}

}  // namespace
}  // namespace stoop::tests
