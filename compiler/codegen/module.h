// SPDX-License-Identifier: Apache-2.0
// The border between Stoop and the module of code generation (compiler/codegen/llvm). The module is a shared
// library, since LLVM takes longer to load than most rule files to check: it is opened when native code is
// first wanted and stays open. Nothing but this header and runtime/ is common to both sides.
//
// The program and its module share the types of many headers, so both must be of one build. The module's
// first words say which it is of. But for its constructors, nothing of it runs before they have been
// compared.
//
// The module keeps no state: any thread may call any function, also at the same time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/engine/engine.h"
#include "runtime/engine/match_tables.h"

namespace stoop {

// The functions that native code calls (runtime/engine/match_tables.h).
struct Primitives {
    decltype(&begin_event) event = &begin_event;
    decltype(&test_atom) test = &test_atom;
    decltype(&test_regex) regex = &test_regex;
    decltype(&is_excepted) excepted = &is_excepted;
    decltype(&walk_rule) walk = &walk_rule;
    decltype(&contains_bytes) contains = &contains_bytes;
    decltype(&find_members) find = &find_members;
    decltype(&find_members_in_range) find_range = &find_members_in_range;
    decltype(&evaluate_members) evaluate_found = &evaluate_members;
    decltype(&add_candidates) add = &add_candidates;
    decltype(&look_up) look = &look_up;
    decltype(&look_up_range) look_range = &look_up_range;
    decltype(&evaluate_candidates) evaluate = &evaluate_candidates;
};

// Code in memory, ready to be called until this is destroyed. What all functions are
// called with are MatchTables that have them.
class LinkedCode {
  public:
    struct Functions {
        MatchFunction match = nullptr;
        const ConditionFunction* conditions = nullptr;
    };
    virtual ~LinkedCode() = default;
    virtual Functions functions() const = 0;
};

// Of the first two members of CodeGenerator.
constexpr uint32_t kModuleAbi = 0x53544f01;

// What fails says so in `error` and returns nothing.
struct CodeGenerator {
    uint32_t abi;       // kModuleAbi; if it is another number, nothing is known of what follows
    const char* build;  // STOOP_BUILD_ID of the build
    // All that the code depends on besides the match tables: this module with its LLVM, the processor.
    std::string (*identity)(std::string& error);
    // `lines`: with the lines of rules that the code is of.
    std::string (*object)(const MatchTables& tables, bool lines, std::string& error);
    // `object` must be what the function above returned under the same identity. `lines`: gdb and perf are
    // told of the code.
    std::unique_ptr<LinkedCode> (*link)(std::string_view object, const Primitives& primitives, bool lines,
                                        std::string& error);
    // The optimised code as text.
    std::string (*ir)(const MatchTables& tables, std::string& error);
    std::string (*assembly)(const MatchTables& tables, std::string& error);
};

// What the module exports: one CodeGenerator.
constexpr const char* kCodeGeneratorSymbol = "stoop_code_generator";
constexpr const char* kCodeGeneratorFile = "stoop_codegen.so";

}  // namespace stoop
