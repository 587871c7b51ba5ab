// A plan as an LLVM module. Private to compiler/codegen: it includes LLVM headers.
#pragma once

#include <llvm/IR/Module.h>

#include "runtime/match/plan.h"
#include "runtime/match/program.h"

namespace stoop {

constexpr const char* kMatchSymbol = "stoop_match";  // a MatchFunction; `program` is a MatchProgram

// What the code calls; see runtime/match/program.h.
constexpr const char* kTestSymbol = "stoop_test_atom";
constexpr const char* kBeginSymbol = "stoop_begin_event";
constexpr const char* kAddSymbol = "stoop_add_candidates";
constexpr const char* kLookSymbol = "stoop_look_up";
constexpr const char* kEvaluateSymbol = "stoop_evaluate_candidates";

// `program` gets what the code works on: its indexes, lists and counts.
std::unique_ptr<llvm::Module> emit_module(const Plan& plan, llvm::LLVMContext& context,
                                          MatchProgram& program);

}  // namespace stoop
