// SPDX-License-Identifier: Apache-2.0
// A program that links counting.cpp has a global operator new that counts. One thread.
#pragma once

#include <cstddef>

namespace stoop::tests {

size_t allocations_so_far();

}  // namespace stoop::tests
