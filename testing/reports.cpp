#include "testing/reports.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/printable.h"
#include "runtime/base/utf8.h"
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
    constexpr std::string_view kNames[] = {"missing", "unexpected", "different", "not recorded"};
    return kNames[static_cast<size_t>(kind)];
}

std::string on_event(const TestFailure& failure) {
    return failure.event == 0 ? "" : fmt::format(" on event {}", failure.event);
}

// One line that says what is wrong.
std::string headline(const TestFailure& failure) {
    switch (failure.kind) {
        case Kind::Missing:
            if (!failure.shadowed_by.empty())
                return fmt::format("expected an alert of '{}', but '{}' fired first{}", failure.rule,
                                   failure.shadowed_by, on_event(failure));
            return fmt::format("expected an alert of '{}', none came", failure.rule);
        case Kind::Unexpected:
            return fmt::format("unexpected alert of '{}'{}", failure.rule, on_event(failure));
        case Kind::Different:
            return fmt::format("the alert of '{}'{} differs", failure.rule, on_event(failure));
        case Kind::NotRecorded:
            return fmt::format("the verdict of '{}'{} depends on fields that were not recorded: {}",
                               failure.rule, on_event(failure), fmt::join(failure.unrecorded, ", "));
    }
    return "";
}

std::string padded(const std::string& text, size_t width) {
    size_t is = count_characters(text);
    return text + std::string(width > is ? width - is : 0, ' ');
}

// Field, expected and got side by side; a value that is too long for that gets a line of its own.
std::vector<std::string> difference_lines(const TestFailure& failure) {
    std::vector<std::string> out;
    std::vector<Difference> differences = failure.differences;
    for (Difference& d : differences)
        for (std::string* text : {&d.what, &d.expected, &d.got}) *text = printable(*text);
    size_t what = 5, expected = 8;
    for (const Difference& d : differences) {
        what = std::max(what, count_characters(d.what));
        expected = std::max(expected, count_characters(d.expected));
    }
    if (expected > kWidestColumn) {
        for (const Difference& d : differences) {
            out.push_back(fmt::format("{}  expected  {}", padded(d.what, what), d.expected));
            out.push_back(fmt::format("{}  got       {}", padded("", what), d.got));
        }
        return out;
    }
    if (!differences.empty())
        out.push_back(fmt::format("{}  {}  got", padded("field", what), padded("expected", expected)));
    for (const Difference& d : differences)
        out.push_back(fmt::format("{}  {}  {}", padded(d.what, what), padded(d.expected, expected), d.got));
    return out;
}

// All of a failure for people, a line each, without indentation.
std::vector<std::string> failure_lines(const TestFailure& failure) {
    std::vector<std::string> out{printable(headline(failure))};
    if (!failure.shadowed_by.empty())
        out.push_back("the first rule that fires wins; with 'ruleMatching: all' both do");
    for (std::string& line : difference_lines(failure)) out.push_back("  " + line);
    size_t begin = 0;
    while (begin < failure.explanation.size()) {
        size_t end = std::min(failure.explanation.find('\n', begin), failure.explanation.size());
        out.push_back("  " + printable(failure.explanation.substr(begin, end - begin)));
        begin = end + 1;
    }
    return out;
}

std::string unrecorded_line(const Unrecorded& u) {
    return fmt::format("the verdict of '{}' on event {} depends on fields that were not recorded: {}", u.rule,
                       u.event, fmt::join(u.fields, ", "));
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
std::string xml(std::string_view text) {
    std::string out;
    for (char c : printable_lines(text)) switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    return out;
}

std::string attribute(std::string_view text) { return xml(printable(text)); }

std::string joined(const std::vector<std::string>& lines) {
    return fmt::format("{}", fmt::join(lines, "\n"));
}

std::string all_failures(const TestResult& result) {
    std::vector<std::string> lines;
    for (const TestFailure& failure : result.failures)
        for (std::string& line : failure_lines(failure)) lines.push_back(std::move(line));
    return joined(lines);
}

std::string summary_line(const Totals& t) {
    size_t all = t.passed + t.failed + t.skipped + t.invalid;
    std::string out =
        fmt::format("{} test{}: {} passed, {} failed", all, all == 1 ? "" : "s", t.passed, t.failed);
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

std::string human_report(const Report& report) {
    auto colored = [&](const char* code, std::string_view text) {
        return report.color ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
    };
    std::string out;
    for_each_file(report, [&](const LoadedTestFile& file, size_t begin, size_t end) {
        size_t bad = 0;
        for (size_t i = begin; i < end; ++i) {
            const TestResult& result = report.results[i];
            const TestCase& test = *report.suite.tests[i].test;
            if (result.outcome == Outcome::Passed) {
                if (report.verbose)
                    out += format_printable("{}  {}\n", Ready{colored("32", "ok  ")}, test.name);
            } else if (result.outcome == Outcome::Skipped) {
                out +=
                    format_printable("{}  {}: {}\n", Ready{colored("33", "skip")}, test.name, test.skipped);
            } else {
                ++bad;
                Place place = place_of(report, i);
                out += format_printable("{}  {}:{}:{}: {}\n", Ready{colored("31", "FAIL")}, place.file,
                                        place.line, place.column, test.name);
                for (const TestFailure& failure : result.failures)
                    for (const std::string& line : failure_lines(failure)) out += "      " + line + "\n";
            }
            for (const Unrecorded& u : result.unrecorded)
                if (result.outcome == Outcome::Passed)
                    out += format_printable("{}  {}: {}\n", Ready{colored("33", "note")}, test.name,
                                            unrecorded_line(u));
        }
        out += format_printable("{}  {}  {} test{}\n",
                                Ready{bad > 0 ? colored("31", "FAIL") : colored("32", "ok  ")},
                                file.file.path, end - begin, end - begin == 1 ? "" : "s");
    });
    out += summary_line(totals(report)) + "\n";
    if (report.coverage) out += report.coverage->human(report.verbose);
    return out;
}

std::string json_report(const Report& report) {
    Totals t = totals(report);
    ordered_json out = {{"passed", t.passed},
                        {"failed", t.failed},
                        {"skipped", t.skipped},
                        {"not_run", t.not_run},
                        {"tests", ordered_json::array()}};
    for (size_t i = 0; i < report.results.size(); ++i) {
        const TestResult& result = report.results[i];
        const TestCase& test = *report.suite.tests[i].test;
        Place place = place_of(report, i);
        ordered_json one = {{"name", test.name},
                            {"file", place.file},
                            {"line", place.line},
                            {"column", place.column},
                            {"outcome", outcome_name(result.outcome)}};
        if (!test.skipped.empty()) one["reason"] = test.skipped;
        for (const TestFailure& failure : result.failures) {
            ordered_json f = {
                {"kind", kind_name(failure.kind)}, {"rule", failure.rule}, {"message", headline(failure)}};
            if (failure.event > 0) f["event"] = failure.event;
            if (!failure.shadowed_by.empty()) f["shadowed_by"] = failure.shadowed_by;
            for (const Difference& d : failure.differences)
                f["differences"].push_back({{"field", d.what}, {"expected", d.expected}, {"got", d.got}});
            if (!failure.explanation.empty()) f["explanation"] = failure.explanation;
            one["failures"].push_back(std::move(f));
        }
        for (const Unrecorded& u : result.unrecorded)
            one["not_recorded"].push_back({{"rule", u.rule}, {"event", u.event}, {"fields", u.fields}});
        out["tests"].push_back(std::move(one));
    }
    if (report.coverage) out["coverage"] = report.coverage->json();
    return out.dump(2, ' ', false, kReplace) + "\n";
}

std::string junit_report(const Report& report) {
    Totals t = totals(report);
    std::string out = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"stoop\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
        report.results.size(), t.failed + t.invalid, t.skipped);
    for_each_file(report, [&](const LoadedTestFile& file, size_t begin, size_t end) {
        auto count = [&](auto... outcomes) {
            return std::count_if(report.results.begin() + static_cast<ptrdiff_t>(begin),
                                 report.results.begin() + static_cast<ptrdiff_t>(end),
                                 [&](const TestResult& r) { return ((r.outcome == outcomes) || ...); });
        };
        std::string path = attribute(file.file.path);
        out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n", path,
                           end - begin, count(Outcome::Failed, Outcome::Invalid), count(Outcome::Skipped));
        for (size_t i = begin; i < end; ++i) {
            const TestResult& result = report.results[i];
            const TestCase& test = *report.suite.tests[i].test;
            out += fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\"", path,
                               attribute(test.name), path, place_of(report, i).line);
            if (result.outcome == Outcome::Passed) {
                out += "/>\n";
            } else if (result.outcome == Outcome::Skipped) {
                out += fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n",
                                   attribute(test.skipped));
            } else {
                std::string what = result.failures.empty() ? "invalid" : headline(result.failures[0]);
                out += fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                                   attribute(what), xml(all_failures(result)));
            }
        }
        out += "  </testsuite>\n";
    });
    return out + "</testsuites>\n";
}

std::string tap_report(const Report& report) {
    std::string out = fmt::format("TAP version 13\n1..{}\n", report.suite.tests.size());
    // '#' begins a directive.
    auto described = [](const LoadedTestFile& file, const TestCase& test) {
        std::string text;
        for (char c : printable(file.file.path + ": " + test.name))
            text += c == '#' || c == '\\' ? fmt::format("\\{}", c) : std::string(1, c);
        return text;
    };
    for (size_t i = 0; i < report.suite.tests.size(); ++i) {
        const LoadedTest& loaded = report.suite.tests[i];
        std::string name = described(report.suite.files[loaded.file], *loaded.test);
        if (i >= report.results.size()) {
            out += fmt::format("ok {} - {} # SKIP not run after a failure\n", i + 1, name);
            continue;
        }
        const TestResult& result = report.results[i];
        bool fine = result.outcome == Outcome::Passed || result.outcome == Outcome::Skipped;
        out += fmt::format("{} {} - {}", fine ? "ok" : "not ok", i + 1, name);
        if (result.outcome == Outcome::Skipped) out += " # SKIP " + printable(loaded.test->skipped);
        out += "\n";
        if (fine) continue;
        out += "  ---\n  message: |\n";
        for (const TestFailure& failure : result.failures)
            for (const std::string& line : failure_lines(failure)) out += "    " + line + "\n";
        out += "  ...\n";
    }
    return out;
}

std::string github_report(const Report& report) {
    std::string out;
    for (size_t i = 0; i < report.results.size(); ++i) {
        const std::string& name = report.suite.tests[i].test->name;
        for (const TestFailure& failure : report.results[i].failures)
            out += workflow_command("error", report.suite.sources.place(failure.span), name,
                                    joined(failure_lines(failure)));
        if (report.results[i].outcome != Outcome::Passed) continue;
        for (const Unrecorded& u : report.results[i].unrecorded)
            out += workflow_command("notice", place_of(report, i), name, unrecorded_line(u));
    }
    if (report.coverage) out += report.coverage->github();
    return out + summary_line(totals(report)) + "\n";
}

}  // namespace stoop
