// A plan as an LLVM module. Private to compiler/codegen: it includes LLVM headers.
#pragma once

#include <llvm/IR/Module.h>

#include "runtime/match/plan.h"

namespace stoop {

constexpr const char* kMatchSymbol =
    "stoop_match";  // a MatchFunction; `program` is the plan's array of atoms
constexpr const char* kTestSymbol =
    "stoop_test_atom";  // bool(const Atom* atoms, uint32_t atom, slots, scratch)
constexpr const char* kResetSymbol = "stoop_reset_scratch";  // void(Scratch*)

std::unique_ptr<llvm::Module> emit_module(const Plan& plan, llvm::LLVMContext& context);

}  // namespace stoop
