// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runtime/base/excerpt.h"
#include "testing/report_lines.h"
#include "testing/workflow_command.h"

namespace stoop {
namespace {

using Outcome = TestResult::Outcome;

void report_set(const Report& report, const Write& write) {
    for (size_t i = 0; i < report.results.size(); ++i) {
        const TestResult& result = report.results[i];
        std::string name = excerpt(report.suite.tests[i].name());
        auto [first_bad, end_bad] = report.invalid.equal_range(i);
        for (auto at = first_bad; at != end_bad; ++at)
            write(workflow_command("error", place_of(report, i), name, at->second));
        for (const TestFailure& failure : result.failures)
            write(workflow_command("error", report.suite.sources.place(failure.span), name,
                                   fmt::format("{}", fmt::join(failure_lines(report, i, failure), "\n"))));
        if (result.more_failures > 0)
            write(workflow_command("error", place_of(report, i), name,
                                   fmt::format("and {} more failures", result.more_failures)));
        if (result.outcome == Outcome::Skipped)
            write(workflow_command("notice", place_of(report, i), name,
                                   "skipped: " + report.suite.tests[i].test->skipped));
        if (!report.quiet)
            for (const std::string& note : notes(report, i))
                write(workflow_command("notice", place_of(report, i), name, note));
        if (result.outcome != Outcome::Passed) continue;
        for (const Unrecorded& u : result.unrecorded)
            if (is_noted(report, i, u))
                write(workflow_command("notice", place_of(report, i), name, unrecorded_line(u)));
        if (size_t more = more_noted(report, i); more > 0)
            write(workflow_command(
                "notice", place_of(report, i), name,
                fmt::format("the verdicts of {} more rules depend on fields that were not recorded", more)));
    }
    if (report.coverage) report.coverage->github(write);
}

}  // namespace

void github_report(const TestReport& report, const Write& write) {
    for (const ReportedProblem& problem : report.problems) write(workflow_command(problem));
    for (const Report& set : report.sets) report_set(set, write);
    write(summary_line(totals(report)) + "\n");
}

}  // namespace stoop
