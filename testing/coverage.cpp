#include "testing/coverage.h"

#include <algorithm>

namespace stoop {
namespace {

using Kind = ConditionTree::Kind;

void note(TestIndexes& tests, uint32_t test) {
    if (tests.empty() || tests.back() != test) tests.push_back(test);
}

void unite(TestIndexes& into, const TestIndexes& from) {
    TestIndexes out;
    std::set_union(into.begin(), into.end(), from.begin(), from.end(), std::back_inserter(out));
    into = std::move(out);
}

}  // namespace

void Coverage::add(const Plan& plan, const Value* slots, uint32_t test_index, Scratch& scratch) {
    std::vector<RuleCoverage>& rules = plans_[&plan];
    rules.resize(plan.rules.size());
    for (size_t r = 0; r < rules.size(); ++r) {
        const auto& nodes = plan.rules[r].tree.nodes;
        rules[r].resize(nodes.size());
        verdicts_.assign(nodes.size(), false);
        for (size_t i = 0; i < nodes.size(); ++i) {
            const auto& children = nodes[i].children;
            auto holds = [&](uint32_t child) { return static_cast<bool>(verdicts_[child]); };
            switch (nodes[i].kind) {
                case Kind::And: verdicts_[i] = std::all_of(children.begin(), children.end(), holds); break;
                case Kind::Or: verdicts_[i] = std::any_of(children.begin(), children.end(), holds); break;
                case Kind::Not: verdicts_[i] = !holds(children[0]); break;
                case Kind::Macro: verdicts_[i] = holds(children[0]); break;
                case Kind::Atom: verdicts_[i] = test(plan.atoms[nodes[i].atom], slots, scratch); break;
            }
        }
        // A child decides if its parent does and its siblings leave the parent's verdict to it.
        decides_.assign(nodes.size(), false);
        decides_.back() = true;
        for (size_t i = nodes.size(); i-- > 0;) {
            if (!decides_[i]) continue;
            const auto& children = nodes[i].children;
            bool neutral = nodes[i].kind == Kind::And;  // of `and`, true leaves it to the others
            auto against = std::count_if(children.begin(), children.end(),
                                         [&](uint32_t child) { return verdicts_[child] != neutral; });
            for (uint32_t child : children)
                decides_[child] =
                    children.size() == 1 || against == 0 || (against == 1 && verdicts_[child] != neutral);
        }
        for (size_t i = 0; i < nodes.size(); ++i) {
            if (nodes[i].kind != Kind::Atom) continue;
            AtomCoverage& atom = rules[r][i];
            note(verdicts_[i] ? atom.seen_true : atom.seen_false, test_index);
            if (decides_[i]) note(verdicts_[i] ? atom.decided_true : atom.decided_false, test_index);
        }
    }
}

void AtomCoverage::merge(const AtomCoverage& other) {
    unite(seen_true, other.seen_true);
    unite(seen_false, other.seen_false);
    unite(decided_true, other.decided_true);
    unite(decided_false, other.decided_false);
}

void Coverage::merge(const Coverage& other) {
    for (const auto& [plan, rules] : other.plans_) {
        std::vector<RuleCoverage>& into = plans_[plan];
        into.resize(rules.size());
        for (size_t r = 0; r < rules.size(); ++r) {
            into[r].resize(rules[r].size());
            for (size_t i = 0; i < rules[r].size(); ++i) into[r][i].merge(rules[r][i]);
        }
    }
}

const std::vector<RuleCoverage>* Coverage::of(const Plan& plan) const {
    auto entry = plans_.find(&plan);
    return entry == plans_.end() ? nullptr : &entry->second;
}

}  // namespace stoop
