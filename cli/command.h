// SPDX-License-Identifier: Apache-2.0
// What all commands share. Each command is one file with one function, which adds the command to the
// program's options and says what runs when it is chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/codegen/matcher.h"
#include "compiler/compiler.h"
#include "compiler/project/project.h"
#include "runtime/base/root.h"
#include "testing/reported_problem.h"

namespace stoop::cli {

// interface.md, "Exit codes".
enum Exit : int { kOk = 0, kFound = 1, kInvalid = 2, kUsage = 3 };

struct Global {
    std::string color = "auto";
    bool quiet = false;
    bool verbose = false;
    std::string engine_version;  // empty: Stoop's own
    std::vector<std::string> schema_files;
    std::string source{kDefaultSource};
    bool source_given = false;
    std::vector<std::string> sources;  // that the rule set has rules of, where it leaves the choice
    std::string root_folder;           // --root
    std::string rule_set_name;         // --ruleset
    std::optional<Root> root;          // of the run, once the options are read
    Limits limits;                     // budgets; --limit
    Schemas schemas;                   // with those of the files, once the options are read
    // The project that the working directory belongs to, or null, and the rule set that is worked on: the one
    // that was chosen, or the only one; null where there are several or none.
    std::shared_ptr<const Project> project;
    const RuleSet* rule_set = nullptr;
    // Where a report for programs is to hold what is wrong with the project: that, instead of messages.
    std::shared_ptr<std::vector<ReportedProblem>> project_problems;
    int project_exit = kOk;                        // else the project cannot be used
    std::set<std::string> also_own;                // files of rules that are own whatever the rule set says
    std::optional<WarningLevels> gate_levels;      // instead of the project's
    std::shared_ptr<const Schemas> schemas_given;  // without those of the project's rule sets

    WarningLevels levels(const WarningLevels& given = {}) const;  // those of the project, but for those given
    Matching matching(const std::string& given) const;  // `first`, `all`, or empty for the rule set's
    const Schema& schema() const { return *schemas.find(source); }
    bool color_on(int file_descriptor) const;
};

// The command that was chosen, set by its callback and run after all options are read.
using Chosen = std::function<int()>;

void add_ci(CLI::App& app, const Global& global, Chosen& chosen);
void add_init(CLI::App& app, const Global& global, Chosen& chosen);
void add_bench(CLI::App& app, const Global& global, Chosen& chosen);
void add_check(CLI::App& app, const Global& global, Chosen& chosen);
void add_run(CLI::App& app, const Global& global, Chosen& chosen);
void add_explain(CLI::App& app, const Global& global, Chosen& chosen);
void add_explain_code(CLI::App& app, const Global& global, Chosen& chosen);
void add_eval(CLI::App& app, const Global& global, Chosen& chosen);
void add_fields(CLI::App& app, const Global& global, Chosen& chosen);
void add_generate(CLI::App& app, const Global& global, Chosen& chosen);
void add_mutate(CLI::App& app, const Global& global, Chosen& chosen);
void add_list(CLI::App& app, const Global& global, Chosen& chosen);
void add_test(CLI::App& app, const Global& global, Chosen& chosen);

// Which rules to load, and how.
struct RuleOptions {
    std::vector<std::string> paths;
    RuleSelection selection;
    WarningLevels levels;  // -W
    bool warnings_are_errors = false;
    bool extract = false;            // the rules within manifests
    unsigned threads = all_cores();  // that load them
};
// `positional` rules may also be given without -r. None are those of the project.
void add_rule_options(CLI::App& command, RuleOptions& options, bool positional = false);

// The rules named on the command line, compiled. `exit` is not kOk if there was an error, and then the
// program must not be used.
struct LoadedRules {
    Diagnostics unreadable;  // files
    std::unique_ptr<Compilation> compilation;
    int exit = kOk;
};
// For commands that ask the rules of one source only, where the project's are of several.
void say_which_source(const RuleOptions& options, const Global& global);
// Says why the rules are invalid that have nothing but warnings.
void say_if_warnings_are_errors(const RuleOptions& options, const Diagnostics& found);
// Prints every diagnostic to standard error unless `print` is false.
LoadedRules load_rules(const RuleOptions& options, const Global& global, bool print = true);

// Prints diagnostics in the form for people, with a count if there are many.
void print_diagnostics(const Diagnostics& diagnostics, const Sources& sources, const Global& global);

// How conditions are evaluated.
struct EngineOptions {
    std::string name = "auto";    // or `native`, `tables`, `reference`
    std::optional<bool> cache{};  // native code is kept for the next time; unless told, where `CI` is not set
    bool lines = false;           // gdb and perf show lines of rules
    std::string module{};         // as in CodeOptions
};
void add_engine_option(CLI::App& command, EngineOptions& options);
void add_cache_option(CLI::App& command, EngineOptions& options);
// Null, after a message, if native code was asked for and cannot be had.
std::unique_ptr<Matcher> make_matcher(const EngineOptions& options, const PreparedProgram& program);
// The message where `auto` came to do without: the engine `tables` gives the same verdicts, slower.
void say_no_native_code(const Matcher& matcher);

}  // namespace stoop::cli
