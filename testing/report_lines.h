// SPDX-License-Identifier: Apache-2.0
// What the reports of tests share: a failure, and what else there is to say of a test, in lines for people.
#pragma once

#include <fmt/format.h>

#include "testing/reports.h"

namespace stoop {

// One line that says what is wrong.
std::string headline(const TestFailure& failure);
// All of a failure for people, a line each, without indentation.
std::vector<std::string> failure_lines(const Report& report, size_t test, const TestFailure& failure);
std::string unrecorded_line(const Unrecorded& unrecorded);
// Notes are about the rules that the test expects; where it expects none, about all under test.
bool is_noted(const Report& report, size_t test, const Unrecorded& unrecorded);
// Rules beyond those that are kept.
size_t more_noted(const Report& report, size_t test);
// What the test expects, but a recording does not tell; empty if there is nothing.
std::vector<std::string_view> not_compared(const Report& report, size_t test);
// What there is to say of a test, whatever came out.
std::vector<std::string> notes(const Report& report, size_t test);
Place place_of(const Report& report, size_t test);
std::string summary_line(const Totals& totals);

// Calls `visit` with each line of what is wrong with a test.
template <typename Visit>
void for_each_line(const Report& report, size_t test, const Visit& visit) {
    const TestResult& result = report.results[test];
    auto [begin, end] = report.invalid.equal_range(test);
    for (auto at = begin; at != end; ++at) visit(at->second);
    for (const TestFailure& failure : result.failures)
        for (const std::string& line : failure_lines(report, test, failure)) visit(line);
    if (result.more_failures > 0) visit(fmt::format("… and {} more failures", result.more_failures));
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

}  // namespace stoop
