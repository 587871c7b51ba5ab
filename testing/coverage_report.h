// SPDX-License-Identifier: Apache-2.0
// Coverage as people and programs read it. A rule that is loaded by several test files is one rule here, and
// covered by all of them together.
#pragma once

#include <string>
#include <vector>

#include "testing/coverage.h"
#include "testing/json_stream.h"
#include "testing/suite.h"

namespace stoop {

// `99.9`: percent, rounded down, so that 100.0 is all.
std::string rounded_down(size_t part, size_t all);
std::string rounded_down(double percent);
// What the tests have not shown of a comparison; empty if it is covered.
std::string lacking(const AtomCoverage& atom);

struct CoveredRule {
    const Compilation* rules = nullptr;
    const ProgramRule* rule = nullptr;
    std::vector<uint32_t> comparisons;  // nodes of the rule's tree, in the order of the text
    std::vector<uint32_t> numbers;      // of each of them, among all comparisons of the rule
    RuleCoverage coverage;              // likewise

    // Of the comparisons.
    struct Counts {
        size_t covered = 0, seen_true = 0, seen_false = 0;
    };
    Counts counts() const;
    size_t covered() const { return counts().covered; }
    const Place& place() const { return rules->program->place(*rule); }
    const ConditionTree::Node& node(size_t comparison) const {
        return rules->program->tree(*rule).nodes[comparisons[comparison]];
    }
    const std::string& text(size_t comparison) const { return rules->program->text(node(comparison).atom); }
};

class CoverageReport {
  public:
    // The suite must outlive the report.
    CoverageReport(const Suite& suite, const Coverage& coverage);

    size_t comparisons() const { return comparisons_; }
    size_t covered() const { return seen_.covered; }
    double percent() const;
    std::string percent_text() const;  // rounded down to a tenth

    // A line for each rule, and below it the comparisons that lack something; all of them if `verbose`. Lines
    // have at most `width` characters; 0: no limit.
    void human(bool verbose, size_t width, const Write& write) const;
    // A member `coverage` of the object that is open.
    void json(JsonStream& out) const;
    // Annotations for a workflow, one for each comparison that lacks something.
    void github(const Write& write) const;
    // One page with all it needs: the rule files with each comparison coloured; a click lists its tests.
    void html(const Write& write) const;

  private:
    nlohmann::ordered_json comparison_json(const CoveredRule& rule, size_t comparison) const;

    const Suite& suite_;
    std::vector<CoveredRule> rules_;
    size_t comparisons_ = 0;
    CoveredRule::Counts seen_;
};

}  // namespace stoop
