// SPDX-License-Identifier: Apache-2.0
// The engine `tables`: the match tables answer by themselves, with the same prefilters and indexes that
// native code has, and then a walk over the packed graph for each candidate. Ready as soon as the tables are,
// without LLVM, and on every processor; some times slower than native code, and far faster than the reference
// evaluator. It needs no source map.
//
// Allocates nothing once the scratch has been used with the tables. Any number of threads, each with a
// Scratch of its own.
#pragma once

#include "runtime/engine/match_tables.h"

namespace stoop {

// The tables are what prepare() makes of a program for Use::Tables. They and the program must outlive the
// engine.
Engine tables_engine(const MatchTables& tables);

}  // namespace stoop
