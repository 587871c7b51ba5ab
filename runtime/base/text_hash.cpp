// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/text_hash.h"

#include <random>

namespace stoop {
namespace {

HashKey random_key() {
    std::random_device random;  // the system's
    auto word = [&] { return uint64_t{random()} << 32 | random(); };
    return {word(), word()};
}

}  // namespace

// Before any other object of the program is made, as those may hold tables.
[[gnu::init_priority(101)]] const HashKey hash_key = random_key();

}  // namespace stoop
