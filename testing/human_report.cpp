// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "runtime/base/counted.h"
#include "runtime/base/printable.h"
#include "runtime/base/wrap.h"
#include "testing/report_lines.h"

namespace stoop {
namespace {

using Outcome = TestResult::Outcome;

void report_set(const Report& report, const Write& write) {
    auto colored = [&](const char* code, std::string_view text) {
        return report.color ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
    };
    auto note = [&](const std::string& name, const std::string& text) {
        std::string line = wrapped(format_printable("note  {}: {}", name, text), report.width, "      ");
        write(colored("33", "note") + line.substr(4) + "\n");
    };
    for_each_file(report, [&](const LoadedTestFile& file, size_t begin, size_t end) {
        size_t bad = 0, skipped = 0;
        for (size_t i = begin; i < end; ++i) {
            const TestResult& result = report.results[i];
            const TestCase& test = *report.suite.tests[i].test;
            std::string name = report.suite.tests[i].name();
            if (result.outcome == Outcome::Passed) {
                if (report.verbose) write(format_printable("{}  {}\n", Ready{colored("32", "ok  ")}, name));
            } else if (result.outcome == Outcome::Skipped) {
                ++skipped;
                write(format_printable("{}  {}: {}\n", Ready{colored("33", "skip")}, name, test.skipped));
            } else {
                ++bad;
                Place place = place_of(report, i);
                write(format_printable("{}  {}:{}:{}: {}\n", Ready{colored("31", "FAIL")}, place.file,
                                       place.line, place.column, name));
                for_each_line(report, i, [&](const std::string& line) { write("      " + line + "\n"); });
            }
            if (!report.quiet)
                for (const std::string& text : notes(report, i)) note(name, text);
            if (result.outcome != Outcome::Passed) continue;
            for (const Unrecorded& u : result.unrecorded)
                if (is_noted(report, i, u)) note(name, unrecorded_line(u));
            if (size_t more = more_noted(report, i); more > 0)
                note(name, fmt::format("the verdicts of {} more rules do so", more));
        }
        size_t all = end - begin;
        std::string verdict = bad > 0          ? colored("31", "FAIL")
                              : skipped == all ? colored("33", "skip")
                                               : colored("32", "ok  ");
        write(format_printable("{}  {}  {}{}\n", Ready{verdict}, file.file.path, counted(all, "test"),
                               skipped > 0 && skipped < all ? fmt::format(", {} skipped", skipped) : ""));
    });
    write(summary_line(totals(report)) + "\n");
    if (report.coverage) report.coverage->human(report.verbose, report.width, write);
}

}  // namespace

// What is wrong with rules and tests is not repeated here: people have read it on standard error.
void human_report(const TestReport& report, const Write& write) {
    for (const Report& set : report.sets) {
        if (report.sets.size() > 1 && !set.name.empty()) write(format_printable("rule set '{}'\n", set.name));
        report_set(set, write);
    }
}

}  // namespace stoop
