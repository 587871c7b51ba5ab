// Explanations for people and for programs: the condition of a rule as a tree, each node with its place in
// the rule file, its verdict and the value seen (runtime/reference/explain has the logic).
//
// Costs what explain() costs. One explainer per thread; it holds what it was last asked about.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runtime/ingest/event_decoder.h"
#include "runtime/match/engine.h"
#include "runtime/reference/explain.h"

namespace stoop {

class Explainer {
  public:
    Explainer(const Plan& plan, const EventDecoder& decoder, bool color, Matching matching = Matching::All)
        : plan_(plan), decoder_(decoder), color_(color), matching_(matching) {}

    std::string human(const PlanRule& rule, const Event& event, const std::string& file);
    // Without the tree: the verdict, and what would change it.
    std::string brief(const PlanRule& rule, const Event& event, const std::string& file);
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
    // `negated`: under an odd number of `not`s.
    void lines(uint32_t node, bool negated, const std::string& branch, const std::string& below);
    nlohmann::ordered_json node_json(uint32_t node, bool negated);
    std::string label(const ConditionTree::Node& node) const;
    bool decides(const ConditionTree::Node& node) const;
    std::string values(const Atom& atom) const;
    std::string why(const Atom& atom, bool under_not) const;
    nlohmann::ordered_json value(uint32_t slot) const;
    std::string value_text(uint32_t slot) const;
    // Whether the rule gets to see events of this type at all.
    bool is_shown() const { return rule_->event_types.contains(event_->type); }
    std::string verdict_line(const std::string& file) const;
    std::string decided_by() const;
    std::string counterfactual(const std::vector<uint32_t>& atoms) const;
    std::string notes() const;

    const Plan& plan_;
    const EventDecoder& decoder_;
    bool color_;
    Matching matching_;
    const PlanRule* rule_ = nullptr;
    const Event* event_ = nullptr;
    Explanation explanation_;
    const PlanRule* earlier_ = nullptr;  // fires on the event, and so keeps the rule from it
    std::vector<Line> lines_;
};

}  // namespace stoop
