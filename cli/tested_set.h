// SPDX-License-Identifier: Apache-2.0
// All tests of a rule set, now or at another commit, with their coverage.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/command.h"
#include "testing/reported_problem.h"
#include "testing/run.h"

namespace stoop::cli {

struct TestedSet {
    std::unique_ptr<Suite> suite;
    std::vector<TestResult> results;
    std::optional<double> percent;  // of coverage
    size_t comparisons = 0;         // that are to be covered
    bool valid = false;             // else no test ran
};

// What is wrong is added to `problems`, which refer to the suite.
TestedSet run_tests_of(const Global& global, unsigned threads, std::vector<ReportedProblem>& problems);

}  // namespace stoop::cli
