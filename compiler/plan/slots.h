// SPDX-License-Identifier: Apache-2.0
// Gives the fields that many rules read the first slots of an event, so that what a match looks at first lies
// in a few cache lines; the fields that only outputs mention come last, those that nothing reads go. Called
// once a program, after all of it is built.
#pragma once

#include "runtime/program/program.h"

namespace stoop {

void order_slots(Program& program);

}  // namespace stoop
