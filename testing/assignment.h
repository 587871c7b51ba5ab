// SPDX-License-Identifier: Apache-2.0
// Which expectation of a test each alert is for, so that the expectation can be made to say what came. Unlike
// in a comparison, alerts may have come in another order: one that is as an expectation says is for that one
// wherever it came, and of the others each is for one of its own rule.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "testing/compare.h"

namespace stoop {

struct Assignment {
    std::vector<std::optional<uint32_t>> expected;  // by alert: the expectation, by its index
    std::vector<uint32_t> came;                     // by expectation: how many alerts
};

// Costs the alignment of both (compare.h), and at most so much again.
Assignment assign(const TestCase& test, const Program& program, std::span<const SeenAlert> seen);

}  // namespace stoop
