// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "runtime/base/excerpt.h"
#include "testing/report_lines.h"

namespace stoop {
namespace {

using nlohmann::ordered_json;
using Outcome = TestResult::Outcome;
using Kind = TestFailure::Kind;

std::string_view outcome_name(Outcome outcome) {
    constexpr std::string_view kNames[] = {"passed", "failed", "skipped", "invalid"};
    return kNames[static_cast<size_t>(outcome)];
}

std::string_view kind_name(Kind kind) {
    constexpr std::string_view kNames[] = {"missing", "unexpected", "different", "not recorded", "not read"};
    return kNames[static_cast<size_t>(kind)];
}

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

void tests_json(const Report& report, bool named, JsonStream& out) {
    for (size_t i = 0; i < report.results.size(); ++i) {
        const TestResult& result = report.results[i];
        const TestCase& test = *report.suite.tests[i].test;
        Place place = place_of(report, i);
        out.open_object();
        if (named) out.put("ruleset", report.name);
        out.put_all({{"name", report.suite.tests[i].name()},
                     {"file", place.file},
                     {"line", place.line},
                     {"column", place.column},
                     {"outcome", outcome_name(result.outcome)}});
        if (!test.skipped.empty()) out.put("reason", test.skipped);
        auto [first_bad, end_bad] = report.invalid.equal_range(i);
        if (first_bad != end_bad) {
            out.open_array("invalid");
            for (auto at = first_bad; at != end_bad; ++at) out.put(at->second);
            out.close();
        }
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
}

}  // namespace

void json_report(const TestReport& report, const Write& write) {
    Totals t = totals(report);
    JsonStream out(write);
    out.open_object();
    out.put_all({{"passed", t.passed}, {"failed", t.failed}, {"skipped", t.skipped}, {"not_run", t.not_run}});
    out.open_array("tests");
    bool several = report.sets.size() > 1;
    for (const Report& set : report.sets) tests_json(set, several, out);
    out.close();
    if (!report.problems.empty()) {
        out.open_array("problems");
        for (const ReportedProblem& problem : report.problems) out.put(as_json(problem));
        out.close();
    }
    if (several) out.open_object("rulesets");
    for (const Report& set : report.sets) {
        if (!set.coverage) continue;
        if (several) out.open_object(set.name);
        set.coverage->json(out);
        if (several) out.close();
    }
    if (several) out.close();
    out.close();
}

}  // namespace stoop
