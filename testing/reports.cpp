// SPDX-License-Identifier: Apache-2.0
#include "testing/reports.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/counted.h"
#include "runtime/base/excerpt.h"
#include "runtime/base/printable.h"
#include "runtime/base/utf8.h"
#include "runtime/base/wrap.h"
#include "testing/markup.h"
#include "testing/test_values.h"
#include "testing/workflow_command.h"

namespace stoop {
namespace {

using nlohmann::ordered_json;
using Outcome = TestResult::Outcome;
using Kind = TestFailure::Kind;

constexpr size_t kWidestColumn = 60;

std::string_view outcome_name(Outcome outcome) {
    constexpr std::string_view kNames[] = {"passed", "failed", "skipped", "invalid"};
    return kNames[static_cast<size_t>(outcome)];
}

std::string_view kind_name(Kind kind) {
    constexpr std::string_view kNames[] = {"missing", "unexpected", "different", "not recorded", "not read"};
    return kNames[static_cast<size_t>(kind)];
}

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

// One line that says what is wrong.
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

std::string padded(const std::string& text, size_t width) {
    size_t is = count_characters(text);
    return text + std::string(width > is ? width - is : 0, ' ');
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

// All of a failure for people, a line each, without indentation.
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

// Calls `visit` with each line of a test's failures.
template <typename Visit>
void for_each_line(const Report& report, size_t test, const Visit& visit) {
    const TestResult& result = report.results[test];
    for (const TestFailure& failure : result.failures)
        for (const std::string& line : failure_lines(report, test, failure)) visit(line);
    if (result.more_failures > 0) visit(fmt::format("… and {} more failures", result.more_failures));
}

std::string unrecorded_line(const Unrecorded& u) {
    return fmt::format("the verdict of '{}' on event {} depends on fields that were not recorded: {}",
                       excerpt(u.rule), u.event, names(u.fields));
}

// Notes are about the rules that the test expects; where it expects none, about all under test.
bool is_noted(const Report& report, size_t test, const Unrecorded& unrecorded) {
    if (report.quiet || report.results[test].outcome != Outcome::Passed) return false;
    const std::vector<ExpectedAlert>& expect = report.suite.tests[test].test->expect;
    return expect.empty() || std::any_of(expect.begin(), expect.end(), [&](const ExpectedAlert& alert) {
               return alert.rule == unrecorded.rule;
           });
}

// Rules beyond those that are kept.
size_t more_noted(const Report& report, size_t test) {
    bool any = !report.quiet && report.results[test].outcome == Outcome::Passed &&
               report.suite.tests[test].test->expect.empty();
    return any ? report.results[test].more_unrecorded : 0;
}

// What the test expects, but a recording does not tell; empty if there is nothing.
std::vector<std::string_view> not_compared(const Report& report, size_t test) {
    const TestResult& result = report.results[test];
    std::vector<std::string_view> out;
    if (result.outcome == Outcome::Skipped) return out;
    for (const std::string& what : report.suite.tests[test].test->not_compared) out.push_back(what);
    if (result.no_hostname) out.push_back("hostname");
    return out;
}

std::string not_compared_line(const std::vector<std::string_view>& what) {
    return fmt::format("not compared, since its events do not tell what is expected: {}", names(what));
}

// What there is to say of a test, whatever came out.
std::vector<std::string> notes(const Report& report, size_t test) {
    std::vector<std::string> out = report.results[test].not_read;
    if (auto what = not_compared(report, test); !what.empty()) out.push_back(not_compared_line(what));
    return out;
}

Place place_of(const Report& report, size_t test) {
    return report.suite.sources.place(report.suite.tests[test].test->span);
}

// Calls visit(file, first test, end) for each file's tests.
template <typename Visit>
void for_each_file(const Report& report, Visit&& visit) {
    size_t begin = 0;
    for (size_t file = 0; file < report.suite.files.size(); ++file) {
        size_t end = begin;
        while (end < report.results.size() && report.suite.tests[end].file == file) ++end;
        if (end > begin) visit(report.suite.files[file], begin, end);
        begin = end;
    }
}

// Of lines. What XML forbids is among what `printable_lines` writes in another way.
std::string xml(std::string_view text) { return markup_text(printable_lines(text)); }

std::string attribute(std::string_view text) { return xml(printable(text)); }

std::string summary_line(const Totals& t) {
    size_t all = t.passed + t.failed + t.skipped + t.invalid;
    std::string out = fmt::format("{}: {} passed, {} failed", counted(all, "test"), t.passed, t.failed);
    if (t.skipped > 0) out += fmt::format(", {} skipped", t.skipped);
    if (t.invalid > 0) out += fmt::format(", {} invalid", t.invalid);
    if (t.not_run > 0) out += fmt::format(", {} not run", t.not_run);
    return out;
}

}  // namespace

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

void human_report(const Report& report, const Write& write) {
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

namespace {

ordered_json failure_json(const Report& report, size_t test, const TestFailure& failure) {
    ordered_json out = {
        {"kind", kind_name(failure.kind)}, {"rule", cut(failure.rule)}, {"message", headline(failure)}};
    if (failure.kind == Kind::Missing) {
        out["expected"] = failure.of_rule;
        out["came"] = failure.came;
    }
    if (failure.event > 0) out["event"] = failure.event;
    if (!failure.shadowed_by.empty()) out["shadowed_by"] = cut(failure.shadowed_by);
    FailureDetails::Details details = report.details.of(static_cast<uint32_t>(test), failure);
    for (const Difference& d : details.differences.first)
        out["differences"].push_back({{"field", d.what}, {"expected", d.expected}, {"got", d.got}});
    if (details.differences.more > 0) out["more_differences"] = details.differences.more;
    if (!details.explanation.empty()) out["explanation"] = details.explanation;
    if (details.left_out) out["details_left_out"] = true;
    return out;
}

ordered_json unrecorded_json(const Unrecorded& u) {
    ordered_json fields = ordered_json::array();
    for (std::string_view field : u.fields) fields.push_back(cut(field));
    return {{"rule", cut(u.rule)}, {"event", u.event}, {"fields", std::move(fields)}};
}

}  // namespace

void json_report(const Report& report, const Write& write) {
    Totals t = totals(report);
    JsonStream out(write);
    out.open_object();
    out.put_all({{"passed", t.passed}, {"failed", t.failed}, {"skipped", t.skipped}, {"not_run", t.not_run}});
    out.open_array("tests");
    for (size_t i = 0; i < report.results.size(); ++i) {
        const TestResult& result = report.results[i];
        const TestCase& test = *report.suite.tests[i].test;
        Place place = place_of(report, i);
        out.open_object();
        out.put_all({{"name", report.suite.tests[i].name()},
                     {"file", place.file},
                     {"line", place.line},
                     {"column", place.column},
                     {"outcome", outcome_name(result.outcome)}});
        if (!test.skipped.empty()) out.put("reason", test.skipped);
        if (!result.failures.empty()) {
            out.open_array("failures");
            for (const TestFailure& failure : result.failures) out.put(failure_json(report, i, failure));
            out.close();
        }
        if (result.more_failures > 0) out.put("more_failures", result.more_failures);
        if (!result.unrecorded.empty()) {
            out.open_array("not_recorded");
            for (const Unrecorded& u : result.unrecorded) out.put(unrecorded_json(u));
            out.close();
        }
        if (result.more_unrecorded > 0) out.put("more_not_recorded", result.more_unrecorded);
        if (!result.not_read.empty()) {
            out.open_array("not_read");
            for (const std::string& one : result.not_read) out.put(one);
            out.close();
        }
        if (auto what = not_compared(report, i); !what.empty()) {
            out.open_array("not_compared");
            for (std::string_view one : what) out.put(cut(one));
            out.close();
        }
        out.close();
    }
    out.close();
    if (report.coverage) report.coverage->json(out);
    out.close();
}

void junit_report(const Report& report, const Write& write) {
    Totals t = totals(report);
    write(
        fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<testsuites name=\"stoop\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
                    report.results.size(), t.failed + t.invalid, t.skipped));
    for_each_file(report, [&](const LoadedTestFile& file, size_t begin, size_t end) {
        auto count = [&](auto... outcomes) {
            return std::count_if(report.results.begin() + static_cast<ptrdiff_t>(begin),
                                 report.results.begin() + static_cast<ptrdiff_t>(end),
                                 [&](const TestResult& r) { return ((r.outcome == outcomes) || ...); });
        };
        std::string path = attribute(file.file.path);
        write(fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n", path,
                          end - begin, count(Outcome::Failed, Outcome::Invalid), count(Outcome::Skipped)));
        for (size_t i = begin; i < end; ++i) {
            const TestResult& result = report.results[i];
            const TestCase& test = *report.suite.tests[i].test;
            write(fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\"", path,
                              attribute(report.suite.tests[i].name()), path, place_of(report, i).line));
            std::string note;
            for (const std::string& one : notes(report, i))
                note += (note.empty() ? "" : "\n") + xml(printable(one));
            if (!note.empty()) note = fmt::format("\n      <system-out>{}</system-out>", note);
            if (result.outcome == Outcome::Passed && note.empty()) {
                write("/>\n");
            } else if (result.outcome == Outcome::Passed) {
                write(fmt::format(">{}\n    </testcase>\n", note));
            } else if (result.outcome == Outcome::Skipped) {
                write(fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n",
                                  attribute(test.skipped)));
            } else {
                std::string failed = result.failures.empty() ? "invalid" : headline(result.failures[0]);
                write(fmt::format(">\n      <failure message=\"{}\">", attribute(failed)));
                bool first = true;
                for_each_line(report, i, [&](const std::string& line) {
                    write((first ? "" : "\n") + xml(line));
                    first = false;
                });
                write("</failure>" + note + "\n    </testcase>\n");
            }
        }
        write("  </testsuite>\n");
    });
    write("</testsuites>\n");
}

void tap_report(const Report& report, const Write& write) {
    write(fmt::format("TAP version 13\n1..{}\n", report.suite.tests.size()));
    // '#' begins a directive.
    auto described = [](const LoadedTestFile& file, const LoadedTest& test) {
        std::string text;
        for (char c : printable(file.file.path + ": " + test.name()))
            text += c == '#' || c == '\\' ? fmt::format("\\{}", c) : std::string(1, c);
        return text;
    };
    for (size_t i = 0; i < report.suite.tests.size(); ++i) {
        const LoadedTest& loaded = report.suite.tests[i];
        std::string name = described(report.suite.files[loaded.file], loaded);
        if (i >= report.results.size()) {
            write(fmt::format("ok {} - {} # SKIP not run after a failure\n", i + 1, name));
            continue;
        }
        const TestResult& result = report.results[i];
        bool fine = result.outcome == Outcome::Passed || result.outcome == Outcome::Skipped;
        write(fmt::format(
            "{} {} - {}{}\n", fine ? "ok" : "not ok", i + 1, name,
            result.outcome == Outcome::Skipped ? " # SKIP " + printable(loaded.test->skipped) : ""));
        for (const std::string& note : notes(report, i)) write(fmt::format("# {}\n", printable(note)));
        if (fine) continue;
        write("  ---\n  message: |\n");
        for_each_line(report, i, [&](const std::string& line) { write("    " + line + "\n"); });
        write("  ...\n");
    }
}

void github_report(const Report& report, const Write& write) {
    for (size_t i = 0; i < report.results.size(); ++i) {
        const TestResult& result = report.results[i];
        std::string name = excerpt(report.suite.tests[i].name());
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
    write(summary_line(totals(report)) + "\n");
}

}  // namespace stoop
