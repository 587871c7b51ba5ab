// SPDX-License-Identifier: Apache-2.0
#include "testing/report_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/counted.h"
#include "runtime/base/excerpt.h"
#include "runtime/base/printable.h"
#include "runtime/base/utf8.h"
#include "runtime/base/wrap.h"

namespace stoop {
namespace {

using Outcome = TestResult::Outcome;
using Kind = TestFailure::Kind;

constexpr size_t kWidestColumn = 60;

std::string on_event(const TestFailure& failure) {
    return failure.event == 0 ? "" : fmt::format(" on event {}", failure.event);
}

// Names of fields in a line.
std::string names(const std::vector<std::string_view>& fields) {
    constexpr size_t kMostNamed = 100;
    std::string out;
    for (size_t i = 0; i < std::min(fields.size(), kMostNamed); ++i)
        out += (i == 0 ? "" : ", ") + excerpt(fields[i]);
    if (fields.size() > kMostNamed) out += fmt::format(" and {} more", fields.size() - kMostNamed);
    return out;
}

std::string missing_headline(const TestFailure& failure) {
    std::string rule = excerpt(failure.rule);
    bool enough = failure.came >= failure.of_rule;
    std::string out = failure.of_rule == 1 || enough
                          ? fmt::format("expected an alert of '{}'", rule)
                          : fmt::format("expected {} alerts of '{}'", failure.of_rule, rule);
    if (enough) return out + " here, but the alerts came in another order";
    out += failure.came == 0 && !failure.shadowed_by.empty() ? ""
           : failure.came == 0                               ? ", none came"
                                                             : fmt::format(", {} came", failure.came);
    if (failure.shadowed_by.empty()) return out;
    return out + fmt::format(", but '{}' fired first{}", excerpt(failure.shadowed_by), on_event(failure));
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        size_t end = std::min(text.find('\n'), text.size());
        out.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

// Field, expected and got side by side; a value that is too long for that gets a line of its own.
std::vector<std::string> difference_lines(const Differences& all, size_t width) {
    std::vector<std::string> out;
    std::vector<Difference> differences = all.first;
    for (Difference& d : differences)
        for (std::string* text : {&d.what, &d.expected, &d.got}) *text = printable(*text);
    size_t what = 5, expected = 8;
    for (const Difference& d : differences) {
        what = std::max(what, count_characters(d.what));
        expected = std::max(expected, count_characters(d.expected));
    }
    size_t widest = what;
    for (const Difference& d : differences)
        widest = std::max(widest, what + 2 + expected + 2 + count_characters(d.got));
    if (expected > kWidestColumn || (width > 0 && widest > width)) {
        std::string indent(what + 12, ' ');
        for (const Difference& d : differences) {
            std::string name = padded(d.what, what);
            for (const std::string& line : {fmt::format("{}  expected  {}", name, d.expected),
                                            fmt::format("{}  got       {}", padded("", what), d.got)})
                for (std::string& part : lines_of(wrapped(line, width, indent)))
                    out.push_back(std::move(part));
        }
    } else if (!differences.empty()) {
        out.push_back(fmt::format("{}  {}  got", padded("field", what), padded("expected", expected)));
        for (const Difference& d : differences)
            out.push_back(
                fmt::format("{}  {}  {}", padded(d.what, what), padded(d.expected, expected), d.got));
    }
    if (all.more > 0) out.push_back(fmt::format("… and {} more", all.more));
    return out;
}

}  // namespace

std::string headline(const TestFailure& failure) {
    std::string rule = excerpt(failure.rule);
    switch (failure.kind) {
        case Kind::Missing: return missing_headline(failure);
        case Kind::Unexpected: return fmt::format("unexpected alert of '{}'{}", rule, on_event(failure));
        case Kind::Different: return fmt::format("the alert of '{}'{} differs", rule, on_event(failure));
        case Kind::NotRecorded:
            return fmt::format("the verdict of '{}'{} depends on fields that were not recorded: {}", rule,
                               on_event(failure), names(failure.unrecorded));
        case Kind::NotRead: return failure.not_read;
    }
    return "";
}

std::vector<std::string> failure_lines(const Report& report, size_t test, const TestFailure& failure) {
    size_t width = report.width > Report::kIndent ? report.width - Report::kIndent : report.width;
    std::vector<std::string> out = lines_of(wrapped(printable(headline(failure)), width, "  "));
    if (!failure.shadowed_by.empty())
        out.push_back("the first rule that fires wins; with 'ruleMatching: all' both do");
    FailureDetails::Details details = report.details.of(static_cast<uint32_t>(test), failure);
    for (std::string& line : difference_lines(details.differences, width)) out.push_back("  " + line);
    for (std::string& line : lines_of(details.explanation)) out.push_back("  " + line);
    uint64_t most = report.suite.limits[Limit::ReportBytes];
    if (details.left_out)
        out.push_back(fmt::format("  (no details: those above take {}; {})",
                                  limit_text(Limit::ReportBytes, most),
                                  limit_help(Limit::ReportBytes, most)));
    return out;
}

std::string unrecorded_line(const Unrecorded& u) {
    return fmt::format("the verdict of '{}' on event {} depends on fields that were not recorded: {}",
                       excerpt(u.rule), u.event, names(u.fields));
}

bool is_noted(const Report& report, size_t test, const Unrecorded& unrecorded) {
    if (report.quiet || report.results[test].outcome != Outcome::Passed) return false;
    const std::vector<ExpectedAlert>& expect = report.suite.tests[test].test->expect;
    return expect.empty() || std::any_of(expect.begin(), expect.end(), [&](const ExpectedAlert& alert) {
               return alert.rule == unrecorded.rule;
           });
}

size_t more_noted(const Report& report, size_t test) {
    bool any = !report.quiet && report.results[test].outcome == Outcome::Passed &&
               report.suite.tests[test].test->expect.empty();
    return any ? report.results[test].more_unrecorded : 0;
}

std::vector<std::string_view> not_compared(const Report& report, size_t test) {
    const TestResult& result = report.results[test];
    std::vector<std::string_view> out;
    if (result.outcome == Outcome::Skipped) return out;
    for (const std::string& what : report.suite.tests[test].test->not_compared) out.push_back(what);
    if (result.no_hostname) out.push_back("hostname");
    return out;
}

static std::string not_compared_line(const std::vector<std::string_view>& what) {
    return fmt::format("not compared, since its events do not tell what is expected: {}", names(what));
}

std::vector<std::string> notes(const Report& report, size_t test) {
    std::vector<std::string> out = report.results[test].not_read;
    if (auto what = not_compared(report, test); !what.empty()) out.push_back(not_compared_line(what));
    return out;
}

Place place_of(const Report& report, size_t test) {
    return report.suite.sources.place(report.suite.tests[test].test->span);
}

std::string summary_line(const Totals& t) {
    std::string out = fmt::format("{}: {} passed, {} failed", counted(t.all(), "test"), t.passed, t.failed);
    if (t.skipped > 0) out += fmt::format(", {} skipped", t.skipped);
    if (t.invalid > 0) out += fmt::format(", {} invalid", t.invalid);
    if (t.not_run > 0) out += fmt::format(", {} not run", t.not_run);
    return out;
}

Totals totals(const Report& report) {
    Totals out;
    for (const TestResult& result : report.results) switch (result.outcome) {
            case Outcome::Passed: ++out.passed; break;
            case Outcome::Failed: ++out.failed; break;
            case Outcome::Skipped: ++out.skipped; break;
            case Outcome::Invalid: ++out.invalid; break;
        }
    out.not_run = report.suite.tests.size() - report.results.size();
    return out;
}

Totals& Totals::operator+=(const Totals& other) {
    passed += other.passed;
    failed += other.failed;
    skipped += other.skipped;
    invalid += other.invalid;
    not_run += other.not_run;
    return *this;
}

size_t TestReport::errors() const {
    return static_cast<size_t>(std::count_if(
        problems.begin(), problems.end(),
        [](const ReportedProblem& problem) { return severity_of(problem.diagnostic) == Severity::Error; }));
}

Totals totals(const TestReport& report) {
    Totals out;
    for (const Report& set : report.sets) out += totals(set);
    return out;
}

}  // namespace stoop
