// SPDX-License-Identifier: Apache-2.0
// Why a comparison came out as it did, for people.
//
// Costs a test of the comparison, and another one with both sides in lower case if it is about text and
// false.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/engine/atom_table.h"

namespace stoop {

enum class Reason : uint8_t {
    Holds,
    ValueDiffers,
    CaseDiffers,  // would hold if upper and lower case of ASCII letters were the same
    Absent,       // a side was looked for and is not there
    NotRecorded,  // nobody knows a side
};
std::string_view reason_name(Reason reason);

Reason reason(const AtomTable& table, const Value* slots);

// Whether the atom reads a field that nobody knows, or not all of.
bool reads_unrecorded(const Atom& atom, const Value* slots);

}  // namespace stoop
