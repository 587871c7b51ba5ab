// SPDX-License-Identifier: Apache-2.0
#include "testing/mutate.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "compiler/plan/build.h"
#include "testing/changed_types.h"
#include "testing/changed_verdicts.h"
#include "testing/equivalence.h"
#include "testing/mutated_test.h"
#include "testing/work.h"

namespace stoop {
namespace {

using Fate = MutatedRule::Fate;
constexpr uint32_t kNone = CompiledChanges::kNone;

// Steps that things take which are not counted one by one.
constexpr uint64_t kChangeSteps = 1000, kPartSteps = 100, kLiteralSteps = 100;
// The most of a group of changes: literals of changed comparisons; verdicts, each on an event of a test.
constexpr size_t kMostLiterals = 200'000, kMostVerdicts = size_t{1} << 28, kMostChanges = 50'000;

// The tests of one rule set that pass.
class PassingTests {
  public:
    PassingTests(const Compilation& rules, const Suite& suite, MutantWork& work)
        : rules_(rules), suite_(suite), runner_(rules, suite.limits), work_(work) {}

    void add(const LoadedTest& test) {
        tests_.push_back(std::make_unique<MutatedTest>(test, *rules_.program, runner_, work_));
        steps_ += tests_.back()->steps();
        most_events_ = std::max(most_events_, test.events());
    }
    std::vector<std::unique_ptr<MutatedTest>>& all() { return tests_; }
    uint64_t steps() const { return steps_; }            // that a mutant takes at least
    size_t most_events() const { return most_events_; }  // of one test
    const Limits& limits() const { return suite_.limits; }

  private:
    const Compilation& rules_;
    const Suite& suite_;
    TestRunner runner_;
    MutantWork& work_;
    std::vector<std::unique_ptr<MutatedTest>> tests_;
    uint64_t steps_ = 0;
    size_t most_events_ = 0;
};

// One rule and its tests.
class RuleMutation {
  public:
    RuleMutation(const Compilation& rules, uint32_t rule, const RuleDefinition& definition,
                 PassingTests& tests, MutantWork& work)
        : rules_(rules),
          rule_(rule),
          definition_(definition),
          schema_(*rules.schema),
          tests_(tests),
          work_(work) {}

    // Changes that are known not to survive are passed over.
    void run(MutatedRule& out) {
        ChangedTypes types(*out.condition, schema_);
        find_lists(*out.condition, types);
        out.fates.resize(out.changes.size(), Fate::Survived);
        size_t tried = 0;
        while (tried < out.changes.size()) {
            size_t end = end_of_group(out, tried);
            if (!try_group(out, tried, end, types)) break;
            tried = end;
        }
        if (tried == out.changes.size()) return;
        out.changes.resize(tried);
        out.fates.resize(tried);
        out.exceeded = Limit::MutantWork;
    }

  private:
    // Which parts are long lists whose changes need not be compiled: with one item less the comparison holds
    // if another item is equal.
    void find_lists(const MutableCondition& condition, const ChangedTypes& types) {
        constexpr size_t kLong = 64;
        lists_.assign(condition.parts().size(), false);
        uint32_t part = 0;
        for (const ConditionTree::Node& node : rules_.program->source_map.rules[rule_].tree.nodes) {
            if (node.kind != ConditionTree::Kind::Atom) continue;
            while (!condition.parts()[part].comparison) ++part;
            const Atom& atom = rules_.program->atoms[node.atom];
            lists_[part] = atom.op == Operator::In && compares_slot_with_constants(atom) &&
                           atom.constants.size() > kLong && !types.tells(part);
            ++part;
        }
    }
    bool is_by_item(const ConditionChange& change) const {
        return change.kind == ConditionChange::Kind::Item && lists_[change.part];
    }

    // Of what is compiled for a change.
    size_t literals(const MutatedRule& out, size_t change) const {
        const ConditionChange& c = out.changes[change];
        bool compiled = c.changes_comparison() && !is_by_item(c);
        return compiled ? out.condition->parts()[c.part].comparison->literals.size() + 1 : 0;
    }
    uint64_t cost(const MutatedRule& out, size_t change) const {
        return kChangeSteps + kLiteralSteps * literals(out, change) + tests_.steps();
    }

    // A group takes a part of the work that is left, so that what it takes besides leaves some for others.
    size_t end_of_group(const MutatedRule& out, size_t begin) const {
        uint64_t steps = 0;
        size_t literals = 0, end = begin;
        size_t most = std::min(kMostChanges, kMostVerdicts / std::max<size_t>(tests_.most_events(), 1));
        while (end < out.changes.size()) {
            steps += cost(out, end);
            literals += this->literals(out, end);
            if (end > begin && (steps > work_.left() / 4 || literals > kMostLiterals || end - begin >= most))
                break;
            ++end;
        }
        return end;
    }

    // The condition and its changed comparisons as rules of one program, named for their numbers.
    CompiledChanges compile(const MutatedRule& out, size_t begin, size_t end) const {
        Ruleset ruleset;
        auto add = [&](ast::Expression tree, size_t number) {
            RuleDefinition& rule = ruleset.rules.emplace_back();
            Span at = definition_.item.name.span(0, 1);
            rule.item.source = definition_.item.source;
            rule.item.priority = Priority::Debug;
            rule.item.tags.emplace();
            rule.item.warn_event_types = false;
            rule.item.name.append_pinned(fmt::to_string(number), at.file, at.begin);
            rule.item.output = rule.item.name;
            rule.condition.text = rule.item.name;
            rule.condition.tree = std::move(tree);
            rule.condition.valid = true;
        };
        add(out.condition->tree(), 0);
        for (size_t i = begin; i < end; ++i) {
            if (!out.changes[i].changes_comparison() || is_by_item(out.changes[i])) continue;
            ast::Expression tree;
            tree.kind = ast::Expression::Kind::Comparison;
            tree.comparison =
                std::make_shared<ast::Comparison>(changed_comparison(*out.condition, out.changes[i]));
            add(std::move(tree), i - begin + 1);
        }
        CompiledChanges compiled;
        compiled.changes = std::span(out.changes).subspan(begin, end - begin);
        for (const ConditionChange& change : compiled.changes) compiled.by_item.push_back(is_by_item(change));
        Limits limits = tests_.limits();  // the rule is valid already
        limits.set(Limit::ConditionNodes, limit_info(Limit::ConditionNodes).largest);
        Diagnostics ignored({}, limits);
        const std::vector<bool> all(ruleset.rules.size(), true);
        compiled.program = prepared_program(*check(ruleset, all, schema_, rules_.sources, ignored), schema_);
        find_atoms(*out.condition, compiled);
        return compiled;
    }

    static void find_atoms(const MutableCondition& condition, CompiledChanges& compiled) {
        compiled.parts.assign(condition.parts().size(), kNone);
        compiled.changed.assign(compiled.changes.size(), kNone);
        compiled.refused.assign(compiled.changes.size(), false);
        for (const ProgramRule& rule : compiled.program->rules) {
            size_t number = std::stoul(rule.name), part = 0;
            for (const ConditionTree::Node& node : compiled.program->tree(rule).nodes) {
                if (node.kind != ConditionTree::Kind::Atom) continue;
                if (number > 0) {
                    compiled.changed[number - 1] = node.atom;
                    continue;
                }
                while (!condition.parts()[part].comparison) ++part;
                compiled.parts[part++] = node.atom;
            }
        }
        for (size_t i = 0; i < compiled.changes.size(); ++i)
            compiled.refused[i] = compiled.changes[i].changes_comparison() && !compiled.by_item[i] &&
                                  compiled.changed[i] == kNone;
    }

    // False if that takes more work than is left; then nothing is known of the group.
    bool try_group(MutatedRule& out, size_t begin, size_t end, ChangedTypes& types) {
        for (size_t i = begin; i < end; ++i) work_.spend(cost(out, i));
        work_.spend(kPartSteps * out.condition->parts().size());
        if (work_.is_exceeded()) return false;
        CompiledChanges compiled = compile(out, begin, end);
        std::vector<ChangedTypes::Id> shown(end - begin);
        for (size_t i = begin; i < end; ++i) {
            const ConditionChange& change = out.changes[i];
            std::optional<ast::Comparison> changed;
            bool item = change.kind == ConditionChange::Kind::Item;
            if (change.changes_comparison() && (!item || types.tells(change.part)))
                changed = changed_comparison(*out.condition, change);
            shown[i - begin] = types.with(change, changed ? &*changed : nullptr);
        }
        std::vector<bool> equivalent = equivalent_changes(*out.condition, compiled);
        for (size_t i = begin; i < end; ++i) {
            if (compiled.refused[i - begin])
                out.fates[i] = Fate::Refused;
            else if (equivalent[i - begin] && shown[i - begin] == types.whole())
                out.fates[i] = Fate::Equivalent;
        }
        GroupTrial trial(*this, out, begin, compiled, shown, types);
        for (auto& test : tests_.all()) {
            trial.run(*test);
            if (work_.is_exceeded()) return false;
        }
        return true;
    }

    class GroupTrial {
      public:
        GroupTrial(RuleMutation& of, MutatedRule& out, size_t begin, const CompiledChanges& compiled,
                   const std::vector<ChangedTypes::Id>& shown, const ChangedTypes& types)
            : of_(of),
              out_(out),
              begin_(begin),
              compiled_(compiled),
              shown_(shown),
              types_(types),
              decoder_(of.schema_, *compiled.program, Check::AllFields, of.tests_.limits()),
              verdicts_(*out.condition),
              known_(compiled.program->atoms.size()) {}

        void run(MutatedTest& test) {
            size_t events = test.test().events();
            std::vector<size_t> left;
            for (size_t i = 0; i < compiled_.changes.size(); ++i)
                if (out_.fates[begin_ + i] == Fate::Survived) left.push_back(i);
            fires_.assign(left.size() * events, false);
            for (size_t event = 0; event < events && !of_.work_.is_exceeded(); ++event) {
                if (!evaluate(test.test(), event)) continue;
                for (size_t i = 0; i < left.size(); ++i) fires_[i * events + event] = fires(left[i]);
            }
            for (size_t i = 0; i < left.size() && !of_.work_.is_exceeded(); ++i)
                if (test.notices(of_.rule_, [&](size_t event) { return fires_[i * events + event]; }))
                    out_.fates[begin_ + left[i]] = Fate::Killed;
        }

      private:
        bool evaluate(const LoadedTest& test, size_t event) {
            std::string_view text = text_.of(test, event);
            of_.work_.spend(text.size() / 8 + evaluation_steps(compiled_.parts.size(), 1, text.size()));
            event_.number = event + 1;
            if (decoder_.decode(text, event_) || event_.source != compiled_.program->source) return false;
            known_.assign(known_.size(), Known::No);
            equal_.clear();
            verdicts_.evaluate([&](uint32_t part) { return atom(compiled_.parts[part]); });
            return true;
        }

        bool atom(uint32_t index) {
            if (known_[index] == Known::No) {
                scratch_.arena.reset();
                bool holds = test(compiled_.program->tables[index], event_.values.data(), scratch_);
                known_[index] = holds ? Known::True : Known::False;
            }
            return known_[index] == Known::True;
        }

        bool fires(size_t index) {
            if (!types_.set(shown_[index]).contains(event_.type)) return false;
            const ConditionChange& change = compiled_.changes[index];
            bool wanted = change.changes_comparison() && verdicts_.decides(change.part);
            bool comparison = wanted && (compiled_.by_item[index] ? holds_without_item(change)
                                                                  : atom(compiled_.changed[index]));
            return verdicts_.holds_with(change, comparison);
        }

        bool holds_without_item(const ConditionChange& change) {
            if (!verdicts_.holds(change.part)) return false;
            auto [entry, fresh] = equal_.try_emplace(change.part);
            std::vector<uint32_t>& equal = entry->second;
            if (fresh) equal = equal_items(compiled_.program->atoms[compiled_.parts[change.part]]);
            return equal.size() > 1 || (equal.size() == 1 && equal[0] != change.index);
        }

        // The first items of a list that the value of its field is equal to, two at most.
        std::vector<uint32_t> equal_items(const Atom& list) {
            Atom one;
            one.left = list.left;
            one.op = list.op;
            one.comparison = list.comparison;
            const AtomTable table(one);  // of a single constant: there is nothing to prepare
            std::vector<uint32_t> out;
            for (uint32_t i = 0; i < list.constants.size() && out.size() < 2; ++i) {
                one.constants = {list.constants[i]};
                if (test(table, event_.values.data(), scratch_)) out.push_back(i);
            }
            of_.work_.spend(list.constants.size());
            return out;
        }

        enum class Known : uint8_t { No, False, True };

        RuleMutation& of_;
        MutatedRule& out_;
        size_t begin_;
        const CompiledChanges& compiled_;
        const std::vector<ChangedTypes::Id>& shown_;
        const ChangedTypes& types_;
        EventText text_;
        EventDecoder decoder_;
        Event event_;
        Scratch scratch_;
        ChangedVerdicts verdicts_;
        std::vector<Known> known_;
        std::unordered_map<uint32_t, std::vector<uint32_t>> equal_;  // of lists, by part
        std::vector<bool> fires_;                                    // by change, then by event
    };

    const Compilation& rules_;
    uint32_t rule_;  // of the program
    const RuleDefinition& definition_;
    const Schema& schema_;
    PassingTests& tests_;
    MutantWork& work_;
    std::vector<bool> lists_;  // by part
};

class Mutation {
  public:
    Mutation(const Suite& suite, const std::vector<TestResult>& results)
        : suite_(suite), work_(suite.limits[Limit::MutantWork]) {
        for (const LoadedTestFile& file : suite.files) files_[file.rules].push_back(&file);
        for (size_t i = 0; i < results.size(); ++i)
            if (results[i].outcome == TestResult::Outcome::Passed)
                passing_[suite.files[suite.tests[i].file].rules].push_back(&suite.tests[i]);
    }

    std::vector<MutatedRule> run() {
        for (const auto& [paths, rules] : suite_.rule_sets) mutate(*rules);
        std::vector<MutatedRule> out;
        for (auto& [key, rule] : rules_) out.push_back(std::move(rule));
        return out;
    }

  private:
    void mutate(const Compilation& rules) {
        const PreparedProgram& program = *rules.program;
        std::vector<bool> wanted(program.rules.size());
        for (const LoadedTestFile* file : files_[&rules])
            for (size_t r = 0; r < wanted.size(); ++r) wanted[r] = wanted[r] || file->under_test[r];
        PassingTests tests(rules, suite_, work_);
        for (const LoadedTest* test : passing_[&rules]) tests.add(*test);
        TextViewMap<const RuleDefinition*> definitions;
        for (const RuleDefinition& rule : rules.ruleset.rules)
            definitions.try_emplace(rule.item.name.text(), &rule);
        for (uint32_t r = 0; r < wanted.size(); ++r)
            if (wanted[r] && suite_.is_own(program.source_map.rules[r].place.file))
                mutate(rules, r, *definitions.at(program.rules[r].name), tests);
    }

    void mutate(const Compilation& rules, uint32_t index, const RuleDefinition& definition,
                PassingTests& tests) {
        const ProgramRule& in_program = rules.program->rules[index];
        const Place& place = rules.program->source_map.rules[index].place;
        MutableCondition::Size size = MutableCondition::size(rules, definition);
        work_.spend(kLiteralSteps * size.text + kPartSteps * size.parts);
        std::unique_ptr<MutableCondition> condition;
        if (!work_.is_exceeded()) condition = std::make_unique<MutableCondition>(rules, definition);
        // A rule that several rule sets have is one; what any of their tests notices is noticed.
        MutatedRule& out =
            rules_[{place.file, place.line, in_program.name, condition ? condition->text() : ""}];
        if (!out.rule) {
            out.rules = &rules;
            out.rule = &in_program;
            out.name = definition.item.name.span();
            if (condition) {
                out.changes = condition_changes(*condition, suite_.limits[Limit::Mutants], out.all);
                if (out.changes.size() < out.all) out.exceeded = Limit::Mutants;
            } else {
                out.exceeded = Limit::MutantWork;
            }
            out.condition = std::move(condition);
        }
        if (out.condition) RuleMutation(rules, index, definition, tests, work_).run(out);
    }

    const Suite& suite_;
    MutantWork work_;
    std::unordered_map<const Compilation*, std::vector<const LoadedTestFile*>> files_;
    std::unordered_map<const Compilation*, std::vector<const LoadedTest*>> passing_;
    std::map<std::tuple<std::string, uint32_t, std::string, std::string>, MutatedRule> rules_;
};

}  // namespace

size_t MutatedRule::count(Fate fate) const {
    return static_cast<size_t>(std::count(fates.begin(), fates.end(), fate));
}

std::vector<MutatedRule> mutate(const Suite& suite, const std::vector<TestResult>& results) {
    return Mutation(suite, results).run();
}

}  // namespace stoop
