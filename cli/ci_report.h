// SPDX-License-Identifier: Apache-2.0
// What `stoop ci` found, as people and programs read it (interface.md, "The project file").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/project/project_changes.h"
#include "testing/json_stream.h"
#include "testing/measure.h"
#include "testing/reports.h"
#include "testing/verdict_changes.h"

namespace stoop::cli {

// A thing that somebody has to mend, or should know: at most ten of them become annotations.
struct CiProblem {
    Severity severity = Severity::Error;
    std::string title;  // a code, a test, a gate
    std::string text;
    std::optional<Place> place;
};
CiProblem ci_problem(const ReportedProblem& problem);

struct CiBench {
    Ratio ratio;
    std::optional<double> limit;  // 0.1 for 10 %; none: nothing is demanded
    std::vector<std::string> slower;
    size_t passed_over = 0;  // rules that changed, but were not measured by themselves
    bool failed = false;
};

struct CiRuleSet {
    std::string name;
    std::vector<ReportedProblem> diagnostics;  // of its rules and tests
    size_t errors = 0, warnings = 0;
    bool tested = false;
    Totals tests;
    std::optional<double> coverage, coverage_min, coverage_before;  // percent
    std::vector<RuleChange> changes;
    uint64_t compared_events = 0;
    bool compared = false;
    std::optional<CiBench> bench;
};

struct CiReport {
    std::string base;  // as it was given; empty: nothing is compared
    std::vector<ProjectChange> project_changes;
    std::vector<CiRuleSet> rule_sets;
    std::vector<CiProblem> problems;  // the gravest first
    std::vector<std::string> notes;
    int exit = 0;
};

void ci_human(const CiReport& report, const Write& write);
void ci_markdown(const CiReport& report, const Write& write);
void ci_json(const CiReport& report, const Write& write);
void ci_github(const CiReport& report, const Write& write);
void ci_codequality(const CiReport& report, const Write& write);

}  // namespace stoop::cli
