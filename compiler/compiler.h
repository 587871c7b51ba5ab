// SPDX-License-Identifier: Apache-2.0
// The compiler as one call: rule files in, a program out, or the problems that stand in the way. Programs
// that want a single stage call that stage (source/, syntax/, semantics/, plan/, codegen/); each is a
// function from one named type to the next.
//
// Not tied to a thread: compile on any one, which others help if that is allowed. The result is immutable,
// but for its diagnostics being appended to by the compilation itself.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "compiler/semantics/selection.h"
#include "compiler/semantics/typed.h"
#include "compiler/source/diagnostic.h"
#include "compiler/source/requirements.h"
#include "compiler/source/source.h"
#include "runtime/base/limits.h"
#include "runtime/base/parallel.h"
#include "runtime/engine/prepared_program.h"

namespace stoop {

struct RuleSource {
    std::string name;  // as messages show it
    std::string text;
    std::string why_not_quoted{};  // why messages must not quote the text; empty if they may
    bool of_others = false;        // what is not an error there is not reported
};

struct CompileOptions {
    Version engine = kEngineVersion;     // that `required_engine_version` is held against
    std::string source{kDefaultSource};  // whose rules the program is made of; all are checked
    RuleSelection selection;             // which rules are on
    WarningLevels levels;                // what becomes of warnings
    unsigned threads = all_cores();      // that work at once, the caller's among them
    Limits limits;                       // of what the rules may use
};

// What Falco would say of one file after it and those before it were loaded: one error at most, and the
// warnings that came before it.
struct FalcoResult {
    std::string file;
    std::vector<Diagnostic> errors, warnings;
};

struct Compilation {
    Sources sources;
    Diagnostics diagnostics;
    Ruleset ruleset;
    std::vector<bool> enabled;          // by rule of the rule set
    std::vector<RuleOutcome> outcomes;  // likewise
    std::unique_ptr<PreparedProgram>
        program;                     // of the rules that are valid; to be used only if there are no errors
    const Schema* schema = nullptr;  // of the program's source
    std::vector<RuleFile> files;     // as they were read, for falco_results

    bool is_enabled(const RuleDefinition& rule) const { return enabled[ruleset.index(rule)]; }
    const RuleOutcome& outcome(const RuleDefinition& rule) const { return outcomes[ruleset.index(rule)]; }
};

// Loads the files in order, later ones on top of earlier ones. As in Falco, what has been loaded must be
// valid after each file: a later one cannot repair an earlier one. `schemas` must outlive the compilation.
std::unique_ptr<Compilation> compile_rules(std::vector<RuleSource> files, const Schemas& schemas,
                                           const CompileOptions& options = {});

// Conditions without a rule file: each text becomes a rule that has the name of its source.
std::unique_ptr<Compilation> compile_conditions(std::vector<RuleSource> conditions, const Schemas& schemas,
                                                std::string_view source = kDefaultSource,
                                                const Limits& limits = {});

// The program of checked rules, ready for the reference evaluator. Takes what it can out of `typed`.
std::unique_ptr<PreparedProgram> prepared_program(TypedRuleset& typed, const Schema& schema);

// What Falco would say of each file of a compilation. Compiles once a file.
std::vector<FalcoResult> falco_results(const Compilation& compilation, const Schemas& schemas);

}  // namespace stoop
