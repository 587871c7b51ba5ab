// SPDX-License-Identifier: Apache-2.0
// The results of tests in the formats that people and programs read (interface.md, "Output formats"). Each
// is written in pieces, so that a report takes the memory of one test's failures; long values are cut.
#pragma once

#include <string>
#include <vector>

#include "testing/coverage_report.h"
#include "testing/run.h"

namespace stoop {

struct Report {
    const Suite& suite;
    const std::vector<TestResult>& results;  // of the first tests of the suite
    FailureDetails& details;                 // for one report
    bool color = false;
    bool verbose = false;
    bool quiet = false;                        // no notes
    size_t width = 0;                          // of a line for people; 0: no limit
    const CoverageReport* coverage = nullptr;  // human, JSON and GitHub show it

    // What stands before explanations.
    static constexpr size_t kIndent = 8;
};

struct Totals {
    size_t passed = 0, failed = 0, skipped = 0, invalid = 0, not_run = 0;
};
Totals totals(const Report& report);

void human_report(const Report& report, const Write& write);   // failures in full, a line for each file
void json_report(const Report& report, const Write& write);    // one document
void junit_report(const Report& report, const Write& write);   // one <testsuite> a file
void tap_report(const Report& report, const Write& write);     // TAP 13
void github_report(const Report& report, const Write& write);  // annotations of a GitHub workflow

}  // namespace stoop
