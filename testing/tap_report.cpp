// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "runtime/base/printable.h"
#include "testing/report_lines.h"

namespace stoop {
namespace {

using Outcome = TestResult::Outcome;

// '#' begins a directive.
std::string described(std::string_view what) {
    std::string out;
    for (char c : printable(what)) out += c == '#' || c == '\\' ? fmt::format("\\{}", c) : std::string(1, c);
    return out;
}

class TapReport {
  public:
    explicit TapReport(const Write& write) : write_(write) {}

    void problem(const ReportedProblem& problem) {
        if (severity_of(problem.diagnostic) != Severity::Error) {
            write_(fmt::format("# {}: {}\n", problem.level(), printable(placed_text(problem))));
            return;
        }
        write_(
            fmt::format("not ok {} - {} {}\n", ++number_, problem.code(), described(placed_text(problem))));
    }

    void test(const Report& report, size_t i) {
        const LoadedTest& loaded = report.suite.tests[i];
        std::string set = report.name.empty() ? "" : report.name + ": ";
        std::string name = described(set + report.suite.files[loaded.file].file.path + ": " + loaded.name());
        ++number_;
        if (i >= report.results.size()) {
            write_(fmt::format("ok {} - {} # SKIP not run after a failure\n", number_, name));
            return;
        }
        const TestResult& result = report.results[i];
        bool fine = result.outcome == Outcome::Passed || result.outcome == Outcome::Skipped;
        write_(fmt::format(
            "{} {} - {}{}\n", fine ? "ok" : "not ok", number_, name,
            result.outcome == Outcome::Skipped ? " # SKIP " + printable(loaded.test->skipped) : ""));
        for (const std::string& note : notes(report, i)) write_(fmt::format("# {}\n", printable(note)));
        if (fine) return;
        write_("  ---\n  message: |\n");
        for_each_line(report, i, [&](const std::string& line) { write_("    " + line + "\n"); });
        write_("  ...\n");
    }

  private:
    const Write& write_;
    size_t number_ = 0;
};

}  // namespace

void tap_report(const TestReport& report, const Write& write) {
    size_t all = report.errors();
    for (const Report& set : report.sets) all += set.suite.tests.size();
    write(fmt::format("TAP version 13\n1..{}{}\n", all, all == 0 ? " # SKIP there are no tests" : ""));
    TapReport out(write);
    for (const ReportedProblem& problem : report.problems) out.problem(problem);
    for (const Report& set : report.sets)
        for (size_t i = 0; i < set.suite.tests.size(); ++i) out.test(set, i);
}

}  // namespace stoop
