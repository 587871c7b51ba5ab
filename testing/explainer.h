// SPDX-License-Identifier: Apache-2.0
// Explanations for people and for programs: the condition of a rule as a tree, each node with its place in
// the rule file, its verdict and the value seen (runtime/explain/explain has the logic).
//
// What is shown is bounded: long values and conditions are cut (runtime/base/excerpt), of a tree with more
// nodes than Limit::ExplainedNodes those are shown that decide, with what stands above them, and then the
// first ones; the rest is counted. Costs what explain() costs. One explainer per thread; it holds what it
// was last asked about.
#pragma once

#include <algorithm>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/limits.h"
#include "runtime/engine/engine.h"
#include "runtime/explain/explain.h"
#include "runtime/ingest/json/event_decoder.h"
#include "testing/shown_value.h"

namespace stoop {

// How explanations for people look.
struct Look {
    bool color = false;
    size_t width = 0;    // of a line, in characters; 0: no limit
    bool quiet = false;  // without notes
};

class Explainer {
  public:
    Explainer(const PreparedProgram& program, const EventDecoder& decoder, const Look& look,
              const Limits& limits, Matching matching = Matching::All)
        : program_(program),
          decoder_(decoder),
          look_(look),
          matching_(matching),
          most_nodes_(std::max<uint64_t>(limits[Limit::ExplainedNodes], 1)) {}

    // What the following are about. Both must stay as they are until then. `where` is how people call the
    // event; if it is empty, by its file and line.
    void set_event(const Event& event, const std::string& file, const std::string& where = "");

    // Unless `whole`, of a tree with more than some 40 nodes those are shown that decide, with what stands
    // above them; the others are counted.
    std::string human(const ProgramRule& rule, bool whole);
    // Without the tree: the verdict, and what would change it.
    std::string brief(const ProgramRule& rule);
    nlohmann::ordered_json json(const ProgramRule& rule);

  private:
    struct Line {
        std::optional<bool> verdict;
        std::string own, label;  // what is drawn of the tree before the node, and the node
        std::string below;       // what is drawn where the node takes more lines
        bool decides;
        std::string place;
        std::string values;
    };
    // What the lines have in common: the widths of the tree and of places that have values behind them.
    struct Columns {
        size_t tree = 0, place = 0;
    };
    // Where a node stands in the tree as it is drawn.
    struct Branch {
        size_t level = 0;
        std::string own, below;  // before the node, and before those below it
    };

    // Of a node and what is below it.
    struct Size {
        size_t nodes = 1, comparisons = 0, deciding = 0;
        void add(const Size& more) {
            nodes += more.nodes;
            comparisons += more.comparisons;
            deciding += more.deciding;
        }
    };

    void start(const ProgramRule& rule);
    // `most` nodes are shown; if `fill`, also such as do not decide.
    void choose_nodes(size_t most, bool fill);
    Size left_out_below(const ConditionTree::Node& node) const;
    Branch next(const Branch& above, bool last) const;
    Columns columns() const;
    bool fits(const Line& line, Columns columns) const;
    void shorten_places();
    std::string wide_line(const Line& line, Columns columns) const;
    std::string narrow_lines(const Line& line, Columns columns) const;
    std::string verdict_text(const Line& line) const;
    // `negated`: under an odd number of `not`s.
    void lines(uint32_t node, bool negated, const Branch& branch);
    void check_json(const ConditionTree::Node& node, bool negated, nlohmann::ordered_json& out);
    nlohmann::ordered_json node_json(uint32_t node, bool negated);
    std::string label(const ConditionTree::Node& node) const;
    bool decides(const ConditionTree::Node& node) const;
    std::string values(const Atom& atom);
    std::string why(uint32_t atom, bool under_not) const;
    const ShownValue& value(const Atom& atom, uint32_t slot);
    std::string value_text(const Atom& atom, uint32_t slot);
    // Whether the rule gets to see events of this type at all.
    bool is_shown() const { return rule_->event_types.contains(event_->type); }
    // An earlier rule fires as far as is recorded.
    bool is_kept_from() const { return earlier_ || (may_fire_ && may_fire_->fires); }
    void find_first();
    std::string may_fire_text() const;
    std::string verdict_line() const;
    std::string decided_by();
    std::string counterfactual(const std::vector<uint32_t>& atoms) const;
    std::string notes() const;

    const PreparedProgram& program_;
    const EventDecoder& decoder_;
    Look look_;
    Matching matching_;
    size_t most_nodes_;
    const Event* event_ = nullptr;
    const std::string* file_ = nullptr;
    std::string where_;
    // If one rule alone may fire on the event: the first that fires for certain; and one before it that fires
    // as far as is recorded, or else may fire.
    const ProgramRule* first_ = nullptr;
    struct Doubtful {
        const ProgramRule* rule = nullptr;
        bool fires = false;                // as far as is recorded
        std::vector<uint32_t> slots = {};  // that were not recorded
    };
    Doubtful doubtful_;
    std::vector<std::optional<ShownValue>> values_;  // by slot
    ShownValue focused_;

    const ProgramRule* rule_ = nullptr;
    Explanation explanation_;
    std::vector<uint32_t> deciding_;        // atoms, sorted
    const ProgramRule* earlier_ = nullptr;  // fires on the event, and so keeps the rule from it
    const Doubtful* may_fire_ = nullptr;    // if there is no such rule: may keep the rule from the event
    std::vector<bool> chosen_;              // nodes that are shown; with one those above it
    std::vector<Size> sizes_;               // of each node, if not all are shown
    std::vector<Line> lines_;
};

}  // namespace stoop
