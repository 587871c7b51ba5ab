// SPDX-License-Identifier: Apache-2.0
// Diagnostics as documents for programs. Each function prints all of them to standard output.
#pragma once

#include <vector>

#include "compiler/describe.h"
#include "testing/reported_problem.h"

namespace stoop::cli {

using Problems = std::vector<ReportedProblem>;

// One document. `errors` and `warnings` also count those that are not shown.
void print_json(const Problems& problems, size_t errors, size_t warnings, const RuleCounts& counts);
void print_sarif(const Problems& problems);        // SARIF 2.1.0, which code scanning services read
void print_github(const Problems& problems);       // annotations of a GitHub workflow
void print_codequality(const Problems& problems);  // GitLab's report

struct QualityIssue {
    std::string check, text;
    Severity severity = Severity::Error;
    std::optional<Place> place;
};
std::string codequality_document(const std::vector<QualityIssue>& issues);

}  // namespace stoop::cli
