// The results of tests in the formats that people and programs read (interface.md, "Output formats"). Each
// gives the whole document as text.
#pragma once

#include <string>
#include <vector>

#include "testing/coverage_report.h"
#include "testing/run.h"

namespace stoop {

struct Report {
    const Suite& suite;
    const std::vector<TestResult>& results;  // of the first tests of the suite
    bool color = false;
    bool verbose = false;
    const CoverageReport* coverage = nullptr;  // human, JSON and GitHub show it
};

struct Totals {
    size_t passed = 0, failed = 0, skipped = 0, invalid = 0, not_run = 0;
};
Totals totals(const Report& report);

std::string human_report(const Report& report);   // failures in full, a line for each file
std::string json_report(const Report& report);    // one document
std::string junit_report(const Report& report);   // one <testsuite> a file
std::string tap_report(const Report& report);     // TAP 13
std::string github_report(const Report& report);  // annotations of a GitHub workflow

}  // namespace stoop
