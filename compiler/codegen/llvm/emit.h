// A plan as LLVM modules. Private to compiler/codegen/llvm: it includes LLVM headers.
#pragma once

#include <llvm/IR/Module.h>

#include "compiler/plan/dispatch.h"
#include "runtime/match/plan.h"
#include "runtime/match/program.h"

namespace stoop {

// The functions of LinkedCode.
constexpr const char* kMatchSymbol = "stoop_match";
constexpr const char* kRuleSymbol = "stoop_rule";

// What the code calls; see compiler/codegen/module.h.
constexpr const char* kTestSymbol = "stoop_test_atom";
constexpr const char* kBeginSymbol = "stoop_begin_event";
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

// What a match runs through on every event, and the conditions of the rules, which are evaluated seldom.
struct Modules {
    std::unique_ptr<llvm::Module> match;
    std::unique_ptr<llvm::Module> conditions;  // nothing if they are in the module above
};
struct EmitOptions {
    bool conditions_apart = false;
    bool lines = false;  // of rules; see debug_lines.h
};
Modules emit_modules(const Plan& plan, const Dispatch& dispatch, llvm::LLVMContext& context,
                     EmitOptions options);

}  // namespace stoop
