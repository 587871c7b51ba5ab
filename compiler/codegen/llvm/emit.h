// SPDX-License-Identifier: Apache-2.0
// A program as LLVM modules. Private to compiler/codegen/llvm: it includes LLVM headers.
#pragma once

#include <llvm/IR/Module.h>

#include "compiler/codegen/llvm/layout.h"
#include "runtime/engine/match_tables.h"
#include "runtime/program/program.h"

namespace stoop {

// What LinkedCode gives out.
constexpr const char* kMatchSymbol = "stoop_match";
constexpr const char* kConditionsSymbol = "stoop_conditions";

// What the code calls; see compiler/codegen/module.h.
constexpr const char* kTestSymbol = "stoop_test_atom";
constexpr const char* kBeginSymbol = "stoop_begin_event";
constexpr const char* kExceptedSymbol = "stoop_is_excepted";
constexpr const char* kWalkSymbol = "stoop_walk_rule";
constexpr const char* kRegexSymbol = "stoop_test_regex";
constexpr const char* kContainsSymbol = "stoop_contains";
constexpr const char* kFindSymbol = "stoop_find";
constexpr const char* kFindRangeSymbol = "stoop_find_range";
constexpr const char* kEvaluateFoundSymbol = "stoop_evaluate_found";
constexpr const char* kAddSymbol = "stoop_add_candidates";
constexpr const char* kLookSymbol = "stoop_look_up";
constexpr const char* kLookRangeSymbol = "stoop_look_up_range";
constexpr const char* kEvaluateSymbol = "stoop_evaluate_candidates";
constexpr const char* kCompareSymbol = "bcmp";  // the C library's, by the name that LLVM knows

// What one module has of the code. Modules are made at the same time and linked into one program; what they
// call of each other is hidden from all else.
struct Part {
    bool entry = false;               // from the type of the event to its bucket
    std::vector<uint32_t> buckets;    // what a match runs through on every event
    std::vector<uint32_t> functions;  // nodes, which are evaluated seldom
    bool conditions = false;          // the table of the rules' conditions
};
// All in one, or the conditions apart, each in parts of bounded size: LLVM holds a module in memory as a
// whole.
std::vector<Part> parts(const MatchTables& tables, const Layout& layout, bool apart);

// `lines`: with those of the rules; see debug_lines.h. Any thread, with a context of its own. What modules
// call of each other goes by the same numbers in all of them, so these must follow from the program alone.
std::unique_ptr<llvm::Module> emit_module(const MatchTables& tables, const Layout& layout, const Part& part,
                                          bool lines, llvm::LLVMContext& context);

}  // namespace stoop
