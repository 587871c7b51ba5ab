// What came against what was expected: the alerts of a test are aligned with its expectations so that as few
// as possible are missing, unexpected or different.
//
// Costs the product of the two counts in the worst case; when both are in the thousands, they are compared
// one by one instead of aligned. Any thread may call.
#pragma once

#include <span>

#include "runtime/match/plan.h"
#include "testing/test_file.h"

namespace stoop {

// An alert as a test sees it.
struct SeenAlert {
    uint32_t event = 0;     // of the test, from 0
    uint32_t rule = 0;      // of the plan
    std::string output;     // the rule's message, without time and priority
    nlohmann::json fields;  // output_fields
};

struct Difference {
    std::string what, expected, got;
};

struct Mismatch {
    enum class Kind : uint8_t { Missing, Unexpected, Different };
    Kind kind = Kind::Missing;
    const ExpectedAlert* expected = nullptr;  // Missing, Different
    const SeenAlert* seen = nullptr;          // Unexpected, Different
    std::vector<Difference> differences;
};

std::vector<Mismatch> compare(const TestCase& test, const Plan& plan, std::span<const SeenAlert> seen);

}  // namespace stoop
