// SPDX-License-Identifier: Apache-2.0
// Rule sets that are ready to be measured on events, and which rules of the newer one became slower.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "testing/measure.h"

namespace stoop::cli {

struct MeasuredRules {
    LoadedRules rules;
    std::unique_ptr<Matcher> matcher;
    std::vector<Event> events;
    std::string engine;
    // What is wrong with files, by 0, and with events, by their numbers. Of events only the first one, unless
    // they are passed over; then also those of other sources, with an empty text.
    std::map<uint64_t, std::string> problems;
    double load_ms = 0, compile_ms = 0;

    const PreparedProgram& program() const { return *rules.compilation->program; }
    Workload workload(Matching matching) const { return workload(matching, events); }
    Workload workload(Matching matching, const std::vector<Event>& which) const;
};

struct MeasureOptions {
    std::vector<std::string> events;               // files, or folders of them
    EngineOptions engine{"native", false, false};  // compiling is measured
    uint32_t repetitions = 51;
    bool quiet = false;   // problems are not printed
    bool others = false;  // there may be events of other sources: what is none of this one is passed over
};

// kOk, or what is wrong with the rules or events, after messages.
int load_measured(const RuleOptions& rules, const MeasureOptions& options, const Global& global,
                  MeasuredRules& out);

// Slower beyond what was allowed, and beyond doubt.
bool regressed(const Ratio& ratio, double allowed);

// The rules of which both sets have one, of which the conditions differ, and the newer of which is slower.
// Each is measured alone; `passed_over` counts those for which there was no time.
struct SlowerRules {
    std::vector<std::string> names;
    size_t passed_over = 0;
};
struct RulesOf {
    const RuleOptions& options;
    const Global& global;
    const MeasuredRules& rules;
};
SlowerRules slower_rules(const RulesOf& before, const RulesOf& after, const MeasureOptions& options,
                         Matching matching, double allowed);

}  // namespace stoop::cli
