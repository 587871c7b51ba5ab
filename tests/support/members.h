// SPDX-License-Identifier: Apache-2.0
// Sets of members for tests.
#pragma once

#include <memory>

#include "runtime/engine/member_sets.h"

namespace stoop::tests {

// The set of one member without guards.
inline Members only(uint32_t member) {
    auto out = std::make_shared<MemberSet>();
    out->add(member, 0);
    return out;
}

}  // namespace stoop::tests
