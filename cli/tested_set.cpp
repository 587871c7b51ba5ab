// SPDX-License-Identifier: Apache-2.0
#include "cli/tested_set.h"

#include "cli/suites.h"
#include "testing/coverage_report.h"

namespace stoop::cli {

TestedSet run_tests_of(const Global& global, unsigned threads, std::vector<ReportedProblem>& problems) {
    TestedSet out;
    Coverage coverage;
    int exit = kOk;
    TestChoice choice;
    choice.allow_none = true;
    out.suite = load_tests({global, global.rule_set->tests}, choice, exit, &problems);
    out.valid = exit == kOk;
    if (!out.valid) return out;
    RunOptions run;
    run.threads = threads;
    run.coverage = &coverage;
    out.results = run_tests(*out.suite, run);
    CoverageReport report(*out.suite, coverage);
    out.percent = report.percent();
    out.comparisons = report.comparisons();
    return out;
}

}  // namespace stoop::cli
