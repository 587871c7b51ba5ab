// SPDX-License-Identifier: Apache-2.0
// JUnit's XML in the form that the strictest of its readers takes, the schema of Jenkins: no attributes of
// our own, seconds with three decimals, a case that could not run as an error.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/printable.h"
#include "testing/markup.h"
#include "testing/report_lines.h"

namespace stoop {
namespace {

using Outcome = TestResult::Outcome;

// Of lines. What XML forbids is among what `printable_lines` writes in another way.
std::string xml(std::string_view text) { return markup_text(printable_lines(text)); }

std::string attribute(std::string_view text) { return xml(printable(text)); }

std::string seconds(double time) { return fmt::format("{:.3f}", time); }

void write_case(const Report& report, const std::string& classname, size_t i, const Write& write) {
    const TestResult& result = report.results[i];
    const TestCase& test = *report.suite.tests[i].test;
    Place place = place_of(report, i);
    write(fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{}\"", classname,
                      attribute(report.suite.tests[i].name()), seconds(result.seconds)));
    std::string note;
    for (const std::string& one : notes(report, i)) note += (note.empty() ? "" : "\n") + xml(printable(one));
    if (!note.empty()) note = fmt::format("\n      <system-out>{}</system-out>", note);
    if (result.outcome == Outcome::Passed && note.empty()) {
        write("/>\n");
    } else if (result.outcome == Outcome::Passed) {
        write(fmt::format(">{}\n    </testcase>\n", note));
    } else if (result.outcome == Outcome::Skipped) {
        write(fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n", attribute(test.skipped)));
    } else {
        bool invalid = result.outcome == Outcome::Invalid;
        std::string_view kind = invalid ? "error" : "failure";
        std::string failed =
            result.failures.empty() ? "an event of the test is invalid" : headline(result.failures[0]);
        write(fmt::format(">\n      <{} message=\"{}\" type=\"{}\">{}:{}:{}", kind, attribute(failed),
                          invalid ? "invalid" : "failed", attribute(place.file), place.line, place.column));
        for_each_line(report, i, [&](const std::string& line) { write("\n" + xml(line)); });
        write(fmt::format("</{}>{}\n    </testcase>\n", kind, note));
    }
}

void write_set(const Report& report, const Write& write) {
    for_each_file(report, [&](const LoadedTestFile& file, size_t begin, size_t end) {
        size_t failures = 0, errors = 0, skipped = 0;
        double time = 0;
        for (size_t i = begin; i < end; ++i) {
            const TestResult& result = report.results[i];
            failures += result.outcome == Outcome::Failed;
            errors += result.outcome == Outcome::Invalid;
            skipped += result.outcome == Outcome::Skipped;
            time += result.seconds;
        }
        std::string path = attribute(file.file.path);
        std::string name = report.name.empty() ? path : fmt::format("{}: {}", attribute(report.name), path);
        write(
            fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
                        "time=\"{}\">\n",
                        name, end - begin, failures, errors, skipped, seconds(time)));
        for (size_t i = begin; i < end; ++i) write_case(report, name, i, write);
        write("  </testsuite>\n");
    });
}

// Errors keep tests from running, and so are cases that could not run; what else there is to say stands below
// them.
void write_problems(const TestReport& report, const Write& write) {
    if (report.problems.empty()) return;
    std::string others;
    write(
        fmt::format("  <testsuite name=\"rules and test files\" tests=\"{0}\" failures=\"0\" errors=\"{0}\" "
                    "skipped=\"0\" time=\"0.000\">\n",
                    report.errors()));
    for (const ReportedProblem& problem : report.problems) {
        const Diagnostic& d = problem.diagnostic;
        if (severity_of(d) != Severity::Error) {
            others += fmt::format("{}{}: {}", others.empty() ? "" : "\n", problem.level(),
                                  xml(printable(placed_text(problem))));
            continue;
        }
        std::string file = d.has_place ? attribute(problem.place().file) : "";
        write(
            fmt::format("    <testcase classname=\"{}\" name=\"{} {}\" time=\"0.000\">\n"
                        "      <error message=\"{}\" type=\"{}\">{}</error>\n    </testcase>\n",
                        file.empty() ? "stoop" : file, problem.code(), attribute(d.message),
                        attribute(d.message), problem.code(), xml(placed_text(problem))));
    }
    if (!others.empty()) write(fmt::format("    <system-out>{}</system-out>\n", others));
    write("  </testsuite>\n");
}

}  // namespace

void junit_report(const TestReport& report, const Write& write) {
    Totals t = totals(report);
    double time = 0;
    for (const Report& set : report.sets)
        for (const TestResult& result : set.results) time += result.seconds;
    write(
        fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<testsuites name=\"stoop\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\">\n",
                    t.all() + report.errors(), t.failed, t.invalid + report.errors(), seconds(time)));
    write_problems(report, write);
    for (const Report& set : report.sets) write_set(set, write);
    write("</testsuites>\n");
}

}  // namespace stoop
