// Explanations for people and for programs: the condition of a rule as a tree, each node with its place in
// the rule file, its verdict and the value seen (runtime/reference/explain has the logic).
//
// Costs what explain() costs. One explainer per thread; it holds what it was last asked about.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runtime/ingest/event_decoder.h"
#include "runtime/reference/explain.h"

namespace stoop {

class Explainer {
  public:
    Explainer(const Plan& plan, const EventDecoder& decoder, bool color)
        : plan_(plan), decoder_(decoder), color_(color) {}

    std::string human(const PlanRule& rule, const Event& event, const std::string& file);
    nlohmann::ordered_json json(const PlanRule& rule, const Event& event, const std::string& file);

  private:
    struct Line {
        bool verdict;
        std::string tree;
        bool decides;
        std::string place;
        std::string values;
    };

    void start(const PlanRule& rule, const Event& event);
    void lines(uint32_t node, const std::string& branch, const std::string& below);
    nlohmann::ordered_json node_json(uint32_t node);
    std::string label(const ConditionTree::Node& node) const;
    bool decides(const ConditionTree::Node& node) const;
    std::string values(const Atom& atom) const;
    nlohmann::ordered_json value(uint32_t slot) const;
    std::string value_text(uint32_t slot) const;
    // Whether the rule gets to see events of this type at all.
    bool is_shown() const { return rule_->event_types.contains(event_->type); }
    std::string verdict_line() const;
    std::vector<std::string> decided_by() const;
    std::string counterfactual(const std::vector<uint32_t>& atoms) const;

    const Plan& plan_;
    const EventDecoder& decoder_;
    bool color_;
    const PlanRule* rule_ = nullptr;
    const Event* event_ = nullptr;
    Explanation explanation_;
    std::vector<Line> lines_;
};

}  // namespace stoop
