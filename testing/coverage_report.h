// Coverage as people and programs read it. A rule that is loaded by several test files is one rule here, and
// covered by all of them together.
#pragma once

#include <string>
#include <vector>

#include "testing/coverage.h"
#include "testing/json_stream.h"
#include "testing/suite.h"

namespace stoop {

struct CoveredRule {
    const Compilation* rules = nullptr;
    const PlanRule* rule = nullptr;
    std::vector<uint32_t> comparisons;  // nodes of the rule's tree, in the order of the text
    RuleCoverage coverage;              // of each of them

    size_t covered() const;  // of the comparisons
    const ConditionTree::Node& node(size_t comparison) const {
        return rule->tree.nodes[comparisons[comparison]];
    }
    const std::string& text(size_t comparison) const {
        return rules->plan->atoms[node(comparison).atom].text;
    }
};

class CoverageReport {
  public:
    // The suite must outlive the report.
    CoverageReport(const Suite& suite, const Coverage& coverage);

    size_t comparisons() const { return comparisons_; }
    size_t covered() const { return covered_; }
    double percent() const;
    std::string percent_text() const;  // rounded down to a tenth

    // A line for each rule, and below it the comparisons that lack something; all of them if `verbose`.
    void human(bool verbose, const Write& write) const;
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
    size_t comparisons_ = 0, covered_ = 0;
};

}  // namespace stoop
