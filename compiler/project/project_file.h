// SPDX-License-Identifier: Apache-2.0
// `stoop.yaml` as its author wrote it (interface.md, "The project file"): rule sets, their gates, and the
// levels of warnings. The shape of every key is checked here, not yet whether the files that it names exist.
//
// Linear in the file. All problems are reported. Any thread may read; the result is immutable.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/source/diagnostic.h"
#include "runtime/base/limits.h"
#include "runtime/engine/engine.h"

namespace stoop {

struct RuleSetDefinition {
    WrittenText name;
    std::vector<WrittenText> rules, schemas, tests, own, bench_events;
    std::optional<WrittenText> source;
    Matching matching = Matching::First;
    std::optional<double> coverage_min;    // percent
    std::optional<double> max_regression;  // 0.1 for 10 %
};

struct ProjectFile {
    std::vector<RuleSetDefinition> rule_sets;
    WarningLevels levels;
};

ProjectFile read_project_file(const Sources& sources, uint32_t index, const Limits& limits,
                              Diagnostics& diagnostics);

// The rule set of this name, or null.
const RuleSetDefinition* find_rule_set(const ProjectFile& file, const std::string& name);

// `10%` or `10` as 0.1; nothing if it is no percentage.
std::optional<double> parse_percentage(std::string_view text);

}  // namespace stoop
