// SPDX-License-Identifier: Apache-2.0
// What `stoop ci` does with one rule set: check, test, and compare with the base.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "cli/base.h"
#include "cli/ci_report.h"
#include "cli/command.h"
#include "cli/measured_rules.h"
#include "cli/tested_set.h"

namespace stoop::cli {

struct CiOptions {
    std::optional<std::string> base;
    std::string format = "human";
    bool fail_on_change = false;
    bool coverage_no_decrease = false;
    unsigned threads = all_cores();
};

// Goes through the rule set that is worked on and adds what there is to say of it to a report, which refers
// to it from then on. One thread.
class RuleSetCheck {
  public:
    RuleSetCheck(const CiOptions& options, const Global& global, const Base* base, CiReport& report);
    void run();

  private:
    void note(const std::string& text);
    void worst(int exit) { report_.exit = std::max(report_.exit, exit); }

    Place place_of_set() const { return global_.project->sources.place(set_.definition->name.span); }
    void fail_gate(const std::string& gate, const std::string& text);
    void check();
    void load_base();

    // Files and rules that were own at the base stay own: else a change could leave out what it does not
    // test.
    std::set<std::string> own_at_base() const;
    void test();
    void note_what_was_not_tested();
    void compare();
    void note_source_without_schema(const std::string& source, bool now);

    // Calls visit(before, now) for each source that has rules before or now.
    template <typename Visit>
    void for_each_source(const Global& before, const Visit& visit);
    void compare_verdicts(const TestedSet& old_tests);

    using Problems = std::map<uint64_t, std::string>;  // as of MeasuredRules

    // An event is a bad one only if no source can read it.
    static Problems in_both(const Problems& some, const Problems& others);

    // On the base's own events where it names some: a change cannot choose easier ones.
    void compare_speed(const Global& before);

    // The rules of one source; nothing if there are no events for them.
    std::optional<CiBench> measure(const Global& before, const Global& global, const MeasureOptions& options,
                                   Problems& problems);
    void judge_coverage();
    void add_diagnostics();

    const CiOptions& options_;
    Global global_;  // with what stays own
    const RuleSet& set_;
    const Base* base_;
    const RuleSet* was_;
    const RuleSetDefinition& gates_;
    const bool has_base_gates_;
    CiReport& report_;
    CiRuleSet out_;
    LoadedRules rules_, old_;
    std::optional<Global> before_;
    TestedSet tested_;
    bool valid_ = false;       // the rules
    bool comparable_ = false;  // those of the base are valid, too
};

}  // namespace stoop::cli
