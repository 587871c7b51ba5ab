// Native code for a plan: one program for the whole rule set, made by LLVM. This header is all the rest of
// Stoop sees of LLVM.
//
// The type of the event chooses the code that holds only the rules which can match it
// (compiler/plan/dispatch). A few rules are tested in turn, with short circuit; of many, those that may fire
// at all are found first, by one look at each field that their witnesses stand in, and then evaluated in the
// order in which they fire. What the graph shares becomes a function of its own, computed at most once per
// event and remembered. Comparisons with constants that take a few instructions are done in place; the others
// call the primitives of runtime/match, which the reference evaluator uses too.
//
// Compiling takes some 10 ms for a rule, a tenth of a second for a hundred of ordinary size, and is linear in
// the rule set; more than a few rules get plainer code. Any thread may compile. The result is immutable; its
// engine may be used by any number of threads and only while both the program and its plan live.
#pragma once

#include <memory>
#include <string>

#include "runtime/match/engine.h"
#include "runtime/match/plan.h"

namespace stoop {

class NativeProgram {
  public:
    // Nothing, and `error` set, if the machine cannot be compiled for.
    static std::unique_ptr<NativeProgram> compile(const Plan& plan, std::string& error);
    ~NativeProgram();

    Engine engine() const;

  private:
    struct Jit;
    NativeProgram(std::unique_ptr<Jit> jit, Engine engine);

    std::unique_ptr<Jit> jit_;
    Engine engine_;
};

// The optimised code as text, for people.
std::string emit_ir(const Plan& plan);
std::string emit_asm(const Plan& plan);

}  // namespace stoop
