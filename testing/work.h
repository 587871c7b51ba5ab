// SPDX-License-Identifier: Apache-2.0
// What it takes to evaluate the rules of a program on events of tests, for the budgets of tests and mutants.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stoop {

// Steps of about 0.1 µs at most: a node of a condition on an event, and again for each piece of the event, as
// an operator may look at all of it.
inline uint64_t evaluation_steps(size_t nodes, uint64_t events, uint64_t bytes) {
    constexpr uint64_t kPiece = 32;  // bytes
    return nodes * (events + bytes / kPiece);
}

}  // namespace stoop
