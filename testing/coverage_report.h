// Coverage as people and programs read it. A rule that is loaded by several test files is one rule here, and
// covered by all of them together.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "testing/coverage.h"
#include "testing/suite.h"

namespace stoop {

struct CoveredRule {
    const Compilation* rules = nullptr;
    const PlanRule* rule = nullptr;
    RuleCoverage nodes;

    std::vector<uint32_t> comparisons() const;  // nodes of the rule's tree, in the order of the text
    size_t covered() const;                     // of the comparisons
};

class CoverageReport {
  public:
    // The suite must outlive the report.
    CoverageReport(const Suite& suite, const Coverage& coverage);

    size_t comparisons() const { return comparisons_; }
    size_t covered() const { return covered_; }
    double percent() const;

    // A line for each rule, and below it the comparisons that lack something; all of them if `verbose`.
    std::string human(bool verbose) const;
    nlohmann::ordered_json json() const;
    // Annotations for a workflow, one for each comparison that lacks something.
    std::string github() const;
    // One page with all it needs: the rule files with each comparison coloured; a click lists its tests.
    std::string html() const;

  private:
    const Suite& suite_;
    std::vector<CoveredRule> rules_;
    size_t comparisons_ = 0, covered_ = 0;
};

}  // namespace stoop
