// SPDX-License-Identifier: Apache-2.0
// Native code for a program, made by LLVM for the rule set as a whole. This header is all the rest of Stoop
// sees of code generation; LLVM is loaded when code is made for the first time.
//
// The type of the event chooses the code that holds only the rules which can match it
// (runtime/engine/prepare.h). A few rules are tested in turn, with short circuit; of many, those that may
// fire at all are found first, by one look at each field that their witnesses stand in, and then evaluated in
// the order in which they fire. What the graph shares becomes a function of its own, computed at most once
// per event and remembered. Comparisons with constants that take a few instructions are done in place, and so
// are looks for few literals; the others call the primitives of runtime/engine, which the reference evaluator
// uses too.
//
// Compiling takes some 10 ms for a rule, a fifth of a second for a hundred of ordinary size, and is linear in
// the rule set; more than a few rules get plainer code. Any thread may compile. The result is immutable; its
// engine may be used by any number of threads and only while both the code and the program live.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "runtime/engine/engine.h"
#include "runtime/engine/prepared_program.h"

namespace stoop {

class CodeCache;

struct CodeOptions {
    // Code that is there already is taken from there, other code is put there; none, no such thing.
    const CodeCache* cache = nullptr;
    // gdb and perf show lines of rules. For perf a file is left behind: /tmp/perf-PID.map.
    bool lines = false;
    std::string module{};  // the file of the module of code generation; empty: the one beside the program
};

class NativeCode {
  public:
    // Nothing, and `error` set, if there is no native code to be had on this machine.
    static std::unique_ptr<NativeCode> compile(const PreparedProgram& program, std::string& error,
                                               CodeOptions options = {});
    ~NativeCode();

    Engine engine() const { return engine_; }
    bool from_cache() const;

  private:
    struct Parts;
    explicit NativeCode(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
    Engine engine_;
};

// The optimised code as text, for people. Empty, and `error` set, if there is none.
std::string emit_ir(const PreparedProgram& program, std::string& error);
std::string emit_asm(const PreparedProgram& program, std::string& error);

// What makes native code: the versions of LLVM and of the module, the machine and the processor. Empty, and
// `error` set, if there is none.
// `module` as in CodeOptions.
std::string native_code_identity(std::string& error, const std::string& module = "");

// Loads LLVM in another thread, if there is one to be had, so that it is there when it is wanted.
std::jthread expect_native_code();

}  // namespace stoop
