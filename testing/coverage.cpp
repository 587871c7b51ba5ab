// SPDX-License-Identifier: Apache-2.0
#include "testing/coverage.h"

#include <algorithm>

namespace stoop {
namespace {

using Kind = ConditionTree::Kind;

}  // namespace

void ShownBy::note(uint32_t test) {
    if (count_ > 0 && last_ == test) return;
    last_ = test;
    if (!first_) first_ = std::make_unique<std::array<uint32_t, kMostNamed>>();
    if (count_ < kMostNamed) (*first_)[count_] = test;
    ++count_;
}

void ShownBy::merge(const ShownBy& other) {
    if (other.empty()) return;
    std::array<uint32_t, 2 * kMostNamed> both;
    auto mine = named(), theirs = other.named();
    auto end = std::merge(mine.begin(), mine.end(), theirs.begin(), theirs.end(), both.begin());
    if (!first_) first_ = std::make_unique<std::array<uint32_t, kMostNamed>>();
    std::copy(both.begin(), std::min(end, both.begin() + kMostNamed), first_->begin());
    count_ += other.count_;
}

std::span<const uint32_t> ShownBy::named() const {
    if (!first_) return {};
    return {first_->data(), std::min<size_t>(count_, kMostNamed)};
}

void Coverage::add(const PreparedProgram& program, const Value* slots, uint32_t test_index,
                   Scratch& scratch) {
    std::vector<RuleCoverage>& rules = programs_[&program];
    rules.resize(program.rules.size());
    atoms_.resize(program.atoms.size());
    for (size_t i = 0; i < program.atoms.size(); ++i) {
        scratch.arena.reset();
        atoms_[i] = test(program.tables[i], slots, scratch);
    }
    for (size_t r = 0; r < rules.size(); ++r) {
        const auto& nodes = program.source_map.rules[r].tree.nodes;
        verdicts_.assign(nodes.size(), false);
        for (size_t i = 0; i < nodes.size(); ++i) {
            const auto& children = nodes[i].children;
            auto holds = [&](uint32_t child) { return static_cast<bool>(verdicts_[child]); };
            switch (nodes[i].kind) {
                case Kind::And: verdicts_[i] = std::all_of(children.begin(), children.end(), holds); break;
                case Kind::Or: verdicts_[i] = std::any_of(children.begin(), children.end(), holds); break;
                case Kind::Not: verdicts_[i] = !holds(children[0]); break;
                case Kind::Macro: verdicts_[i] = holds(children[0]); break;
                case Kind::Atom: verdicts_[i] = atoms_[nodes[i].atom]; break;
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
        if (rules[r].empty())
            rules[r].resize(static_cast<size_t>(std::count_if(
                nodes.begin(), nodes.end(), [](const auto& node) { return node.kind == Kind::Atom; })));
        auto atom = rules[r].begin();
        for (size_t i = 0; i < nodes.size(); ++i) {
            if (nodes[i].kind != Kind::Atom) continue;
            (verdicts_[i] ? atom->seen_true : atom->seen_false).note(test_index);
            if (decides_[i]) (verdicts_[i] ? atom->decided_true : atom->decided_false).note(test_index);
            ++atom;
        }
    }
}

void AtomCoverage::merge(const AtomCoverage& other) {
    seen_true.merge(other.seen_true);
    seen_false.merge(other.seen_false);
    decided_true.merge(other.decided_true);
    decided_false.merge(other.decided_false);
}

void Coverage::merge(const Coverage& other) {
    for (const auto& [program, rules] : other.programs_) {
        std::vector<RuleCoverage>& into = programs_[program];
        into.resize(rules.size());
        for (size_t r = 0; r < rules.size(); ++r) {
            into[r].resize(rules[r].size());
            for (size_t i = 0; i < rules[r].size(); ++i) into[r][i].merge(rules[r][i]);
        }
    }
}

const std::vector<RuleCoverage>* Coverage::of(const PreparedProgram& program) const {
    auto entry = programs_.find(&program);
    return entry == programs_.end() ? nullptr : &entry->second;
}

}  // namespace stoop
