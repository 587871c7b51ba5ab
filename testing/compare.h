// SPDX-License-Identifier: Apache-2.0
// What came against what was expected. Where alerts are not as expected, they are aligned with the
// expectations so that as few as possible are missing, unexpected or different.
//
// The alignment costs the product of the two numbers; where that is too much, they are compared one by one
// instead. Any thread may call.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/program/program.h"
#include "testing/test_file.h"

namespace stoop {

// An alert as a test sees it.
struct SeenAlert {
    uint32_t event = 0;                   // of the test, from 0
    uint32_t rule = 0;                    // of the program
    std::string output;                   // the rule's message, without time and priority
    nlohmann::json fields;                // output_fields
    std::optional<std::string> hostname;  // of the recorded alert
    size_t bytes = 0;                     // of both, as text
};

// Long texts are cut.
struct Difference {
    std::string what, expected, got;
};

// Where several alerts of one expectation are missing, they are one mismatch.
struct Mismatch {
    enum class Kind : uint8_t { Missing, Unexpected, Different };
    Kind kind = Kind::Missing;
    const ExpectedAlert* expected = nullptr;  // Missing, Different
    uint32_t seen = 0;                        // Unexpected, Different: its index
    uint64_t of_rule = 0, came = 0;           // Missing: alerts of the rule that the test expects, that came
};

struct Mismatches {
    static constexpr size_t kMost = 1000;
    std::vector<Mismatch> first;
    size_t more = 0;
};

Mismatches compare(const TestCase& test, const Program& program, std::span<const SeenAlert> seen);

// All expectations and alerts in their order. Both: what came is, or is most like, what was expected; else
// it is missing, or unexpected.
struct Pair {
    std::optional<uint32_t> expected;  // index in the test; several times if it is expected several times
    std::optional<uint32_t> seen;
};
std::vector<Pair> align(const TestCase& test, const Program& program, std::span<const SeenAlert> seen);

bool matches(const ExpectedOutput& expected, const std::string& output);

// Whether the alert is the one that is expected, and what of it is not.
bool agree(const ExpectedAlert& expected, const SeenAlert& seen, const Program& program);
struct Differences {
    static constexpr size_t kMost = 100;
    std::vector<Difference> first;
    size_t more = 0;
};
Differences differences(const ExpectedAlert& expected, const SeenAlert& seen, const Program& program);

// Alerts as they come against those that a test expects, without keeping them. Costs a comparison for each.
class ExpectedAlerts {
  public:
    explicit ExpectedAlerts(const TestCase& test) : test_(test) { pass_ended(); }

    // One more alert; `agree(expected)` says whether it is the one expected, given by its index.
    template <typename Agree>
    void add(const Agree& agree) {
        if (failed_) return;
        if (next_ < test_.expect.size() && agree(next_)) {
            ++times_;
            pass_ended();
        } else {
            failed_ = !test_.ignore_unexpected;
        }
    }
    bool failed() const { return failed_; }
    // No more alerts come: they are as expected.
    bool all_came() const { return !failed_ && next_ == test_.expect.size(); }

  private:
    void pass_ended() {
        for (; next_ < test_.expect.size() && times_ == test_.expect[next_].count; times_ = 0) ++next_;
    }

    const TestCase& test_;
    size_t next_ = 0;     // that is expected
    uint32_t times_ = 0;  // it came
    bool failed_ = false;
};

}  // namespace stoop
