// SPDX-License-Identifier: Apache-2.0
// Changes of conditions against the plain way: build each changed condition as a tree, and ask that.
#include "testing/mutants.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "compiler/semantics/select_events.h"
#include "testing/changed_types.h"
#include "testing/changed_verdicts.h"

namespace stoop {
namespace {

using Kind = ast::Expression::Kind;
using ast::Expression;

constexpr const char* kComparisons[] = {
    "evt.type = open",      "evt.type in (open, openat, execve)",
    "evt.type != close",    "evt.type exists",
    "proc.name = a",        "proc.name in (a, \"b c\", d)",
    "proc.pid > 5",         "fd.name contains x",
    "fd.name endswith /sh", "fd.name pmatch (/etc, /usr/bin)",
    "proc.name glob a*b",   "proc.args icontains y",
};

std::string random_condition(std::mt19937& random, size_t depth) {
    if (depth == 0 || random() % 4 == 0) {
        size_t which = random() % (std::size(kComparisons) + 2);
        return which < std::size(kComparisons)    ? kComparisons[which]
               : which == std::size(kComparisons) ? "first"
                                                  : "second";
    }
    if (random() % 4 == 0) return "not (" + random_condition(random, depth - 1) + ")";
    std::string word = random() % 2 ? " and " : " or ", out;
    for (size_t i = 2 + random() % 3; i > 0; --i)
        out += (out.empty() ? "(" : word) + random_condition(random, depth - 1);
    return out + ")";
}

std::unique_ptr<Compilation> compiled(const std::string& condition) {
    static Schemas schemas;
    return compile_rules({{"rules.yaml",
                           "- macro: first\n  condition: evt.type = open and proc.name = m\n"
                           "- macro: second\n  condition: not first\n"
                           "- rule: A\n  desc: d\n  condition: " +
                               condition + "\n  output: o\n  priority: INFO\n"}},
                         schemas);
}

// A part of the condition with the change somewhere in it.
Expression changed_tree(const MutableCondition& condition, uint32_t index, const ConditionChange& change) {
    const MutableCondition::Part& part = condition.parts()[index];
    Expression out;
    out.kind = part.kind;
    if (part.comparison) out.comparison = std::make_shared<ast::Comparison>(*part.comparison);
    for (uint32_t child : part.children) out.children.push_back(changed_tree(condition, child, change));
    if (index != change.part) return out;
    switch (change.kind) {
        case ConditionChange::Kind::Junction: out.kind = part.kind == Kind::And ? Kind::Or : Kind::And; break;
        case ConditionChange::Kind::Drop: {
            out.children.erase(out.children.begin() + static_cast<ptrdiff_t>(change.index));
            if (out.children.size() > 1) break;
            Expression only = std::move(out.children[0]);
            return only;
        }
        case ConditionChange::Kind::Negate: {
            Expression denied;
            denied.kind = Kind::Not;
            denied.children.push_back(std::move(out));
            return denied;
        }
        case ConditionChange::Kind::Item:
        case ConditionChange::Kind::Operator:
            out.comparison = std::make_shared<ast::Comparison>(changed_comparison(condition, change));
            break;
    }
    return out;
}

bool evaluate(const Expression& e, const std::map<std::string, bool>& verdicts) {
    auto holds = [&](const Expression& child) { return evaluate(child, verdicts); };
    switch (e.kind) {
        case Kind::And: return std::all_of(e.children.begin(), e.children.end(), holds);
        case Kind::Or: return std::any_of(e.children.begin(), e.children.end(), holds);
        case Kind::Not: return !holds(e.children[0]);
        default: return verdicts.at(to_text(*e.comparison));
    }
}

void collect(const Expression& e, std::map<std::string, bool>& verdicts) {
    if (e.comparison) verdicts[to_text(*e.comparison)] = false;
    for (const Expression& child : e.children) collect(child, verdicts);
}

class Mutants : public testing::Test {
  protected:
    // Calls visit(condition, change, changed tree) for the changes of random conditions.
    template <typename Visit>
    void for_each_change(const Visit& visit) {
        std::mt19937 random(7);
        for (int i = 0; i < 60; ++i) {
            auto rules = compiled(random_condition(random, 1 + random() % 4));
            ASSERT_EQ(rules->diagnostics.errors(), 0u);
            const RuleDefinition& rule = rules->ruleset.rules[0];
            MutableCondition condition(*rules, rule);
            EXPECT_EQ(condition.text(), to_text(condition.tree()));
            EXPECT_EQ(MutableCondition::size(*rules, rule).text, condition.text().size());
            EXPECT_EQ(MutableCondition::size(*rules, rule).parts, condition.parts().size());
            size_t all = 0;
            std::vector<ConditionChange> changes = condition_changes(condition, 1000, all);
            EXPECT_EQ(changes.size(), all);
            EXPECT_EQ(condition_changes(condition, all / 2, all).size(), all / 2);
            visit(*rules, condition, changes);
        }
    }
};

TEST_F(Mutants, TextsAreThoseOfTheChangedTrees) {
    for_each_change([](const Compilation&, const MutableCondition& condition, const auto& changes) {
        for (const ConditionChange& change : changes) {
            std::string text = to_text(changed_tree(condition, 0, change));
            EXPECT_EQ(changed_text(condition, change), text);
            EXPECT_EQ(changed_size(condition, change), text.size());
            EXPECT_NE(text, condition.text());
        }
    });
}

TEST_F(Mutants, EventTypesAreThoseOfTheChangedTrees) {
    for_each_change([](const Compilation& rules, const MutableCondition& condition, const auto& changes) {
        const Schema& schema = syscall_schema();
        ChangedTypes types(condition, schema);
        EXPECT_EQ(types.set(types.whole()), select_events(condition.tree(), rules.ruleset, schema));
        EXPECT_EQ(types.set(types.whole()).first(rules.program->event_type_count()),
                  rules.program->rules[0].event_types);
        for (const ConditionChange& change : changes) {
            std::optional<ast::Comparison> comparison;
            if (change.changes_comparison()) comparison = changed_comparison(condition, change);
            EXPECT_EQ(types.set(types.with(change, comparison ? &*comparison : nullptr)),
                      select_events(changed_tree(condition, 0, change), rules.ruleset, schema))
                << changed_text(condition, change);
        }
    });
}

TEST_F(Mutants, VerdictsAreThoseOfTheChangedTrees) {
    std::mt19937 random(3);
    for_each_change([&](const Compilation&, const MutableCondition& condition, const auto& changes) {
        std::map<std::string, bool> verdicts;
        collect(condition.tree(), verdicts);
        for (const ConditionChange& change : changes) collect(changed_tree(condition, 0, change), verdicts);
        ChangedVerdicts changed(condition);
        for (int round = 0; round < 20; ++round) {
            for (auto& [text, verdict] : verdicts) verdict = random() % 2 == 0;
            changed.evaluate([&](uint32_t part) {
                return verdicts.at(std::string(condition.text(condition.parts()[part])));
            });
            EXPECT_EQ(changed.holds(), evaluate(condition.tree(), verdicts));
            for (const ConditionChange& change : changes) {
                bool comparison = change.changes_comparison() &&
                                  verdicts.at(to_text(changed_comparison(condition, change)));
                EXPECT_EQ(changed.holds_with(change, comparison),
                          evaluate(changed_tree(condition, 0, change), verdicts))
                    << changed_text(condition, change);
            }
        }
    });
}

TEST_F(Mutants, PlacesShowWhatDiffersAndLittleElse) {
    std::string many = "evt.type = open";
    for (int i = 0; i < 3'000; ++i) many += " and proc.name != name" + std::to_string(i);
    auto rules = compiled(many);
    MutableCondition condition(*rules, rules->ruleset.rules[0]);
    size_t all = 0;
    for (const ConditionChange& change : condition_changes(condition, 100'000, all)) {
        ChangedPlace place = changed_place(condition, change, false);
        EXPECT_NE(place.before, place.after);
        EXPECT_LT(place.before.size() + place.after.size(), 2'500u);
        EXPECT_LT(change_text(condition, change, false).size(), 1'500u);
    }
    EXPECT_EQ(all, 3001u * 3 + 1 + 1);
}

}  // namespace
}  // namespace stoop
