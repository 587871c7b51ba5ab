// SPDX-License-Identifier: Apache-2.0
// The results of tests in the formats that people and programs read (interface.md, "Output formats"). Each
// is a whole document whatever the tests came to, also where rules or tests are invalid, and is written in
// pieces, so that a report takes the memory of one test's failures; long values are cut.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "testing/coverage_report.h"
#include "testing/reported_problem.h"
#include "testing/run.h"

namespace stoop {

// The tests of one rule set.
struct Report {
    std::string name;  // of the set; empty without a project
    const Suite& suite;
    const std::vector<TestResult>& results;  // of the first tests of the suite
    FailureDetails& details;                 // for one report
    bool color = false;
    bool verbose = false;
    bool quiet = false;                        // no notes
    size_t width = 0;                          // of a line for people; 0: no limit
    const CoverageReport* coverage = nullptr;  // human, JSON and GitHub show it
    // What is wrong with the events of tests that are invalid, by test.
    std::multimap<size_t, std::string> invalid{};

    // What stands before explanations.
    static constexpr size_t kIndent = 8;
};

// Of all rule sets, and what is wrong with rules and test files: errors keep tests from running.
struct TestReport {
    std::vector<Report> sets;
    std::vector<ReportedProblem> problems;

    size_t errors() const;  // among the problems
};

struct Totals {
    size_t passed = 0, failed = 0, skipped = 0, invalid = 0, not_run = 0;

    size_t all() const { return passed + failed + skipped + invalid; }
    Totals& operator+=(const Totals& other);
};
Totals totals(const Report& report);
Totals totals(const TestReport& report);

void human_report(const TestReport& report, const Write& write);   // failures in full, a line for each file
void json_report(const TestReport& report, const Write& write);    // one document
void junit_report(const TestReport& report, const Write& write);   // one <testsuite> a file
void tap_report(const TestReport& report, const Write& write);     // TAP 13
void github_report(const TestReport& report, const Write& write);  // annotations of a GitHub workflow

}  // namespace stoop
