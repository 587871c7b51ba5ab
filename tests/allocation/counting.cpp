// SPDX-License-Identifier: Apache-2.0
#include "tests/allocation/counting.h"

#include <cstdlib>
#include <new>

namespace {
size_t allocations = 0;
}

size_t stoop::tests::allocations_so_far() { return allocations; }

void* operator new(size_t size) {
    ++allocations;
    if (void* out = std::malloc(size)) return out;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
