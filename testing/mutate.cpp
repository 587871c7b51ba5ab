#include "testing/mutate.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "compiler/plan/build.h"
#include "runtime/base/printable.h"
#include "runtime/reference/evaluator.h"
#include "testing/equivalence.h"
#include "testing/mutants.h"
#include "testing/test_values.h"
#include "testing/workflow_command.h"

namespace stoop {
namespace {

using Fate = Mutant::Fate;

const RuleDefinition& definition(const Compilation& rules, const std::string& name) {
    return *std::find_if(rules.ruleset.rules.begin(), rules.ruleset.rules.end(),
                         [&](const RuleDefinition& r) { return r.item.name.text() == name; });
}

// The rule and its mutants in one plan; a rule of it is named for its index, that of a mutant plus one. What
// does not compile, such as a prefix of a number, is not there.
std::unique_ptr<Plan> compile_mutants(const Compilation& rules, const RuleDefinition& rule,
                                      std::vector<ChangedCondition>& mutants, const Schema& schema) {
    Ruleset ruleset;
    auto add = [&](ast::Expression tree) {
        RuleDefinition& out = ruleset.rules.emplace_back();
        Span at = rule.item.name.span(0, 1);
        out.item = rule.item;
        out.item.enabled = true;
        out.item.name = {};
        out.item.name.append_pinned(fmt::to_string(ruleset.rules.size() - 1), at.file, at.begin);
        out.item.output = out.item.name;
        out.condition.text = out.item.name;
        out.condition.tree = std::move(tree);
        out.condition.valid = true;
    };
    add(expanded_condition(rules, rule));
    for (ChangedCondition& mutant : mutants) add(std::move(mutant.tree));
    Diagnostics ignored;
    return build_plan(check(ruleset, schema, rules.sources, ignored), schema);
}

// The alerts of a test that passes, and of the test with a mutant in place of its rule.
class MutatedTest {
  public:
    MutatedTest(const LoadedTest& test, const Plan& plan, TestRunner& runner)
        : test_(test), plan_(plan), runner_(runner), fired_(test.events.size()) {
        std::vector<uint32_t> fired(plan.rules.size() + 1);
        Scratch scratch;
        for (size_t i = 0; i < test.events.size(); ++i) {
            if (runner.decode(test, i) || runner.event().source != plan.source) continue;
            uint32_t count =
                reference_engine(plan).match(runner.event().values.data(), runner.event().type, scratch,
                                             fired.data(), static_cast<uint32_t>(plan.rules.size()));
            fired_[i].assign(fired.begin(), fired.begin() + count);
        }
    }

    // `verdicts` are those of the mutant, by event.
    bool notices(uint32_t rule, const std::vector<bool>& verdicts) {
        std::vector<std::pair<uint32_t, uint32_t>> alerts;
        bool changed = false;
        for (uint32_t i = 0; i < fired_.size(); ++i) {
            std::vector<uint32_t> fired = fired_[i];
            auto at = std::lower_bound(fired.begin(), fired.end(), rule);
            bool before = at != fired.end() && *at == rule;
            if (before != verdicts[i]) {
                changed = true;
                if (before)
                    fired.erase(at);
                else
                    fired.insert(at, rule);
            }
            if (test_.test->matching == Matching::First && fired.size() > 1) fired.resize(1);
            for (uint32_t f : fired) alerts.emplace_back(i, f);
        }
        if (!changed) return false;
        auto [known, fresh] = outcomes_.try_emplace(alerts, false);
        if (!fresh) return known->second;
        std::vector<SeenAlert> seen;
        for (auto [event, fired] : alerts) seen.push_back(alert(event, fired));
        return known->second = !compare(*test_.test, plan_, seen).empty();
    }

  private:
    const SeenAlert& alert(uint32_t event, uint32_t rule) {
        auto [entry, fresh] = alerts_.try_emplace({event, rule});
        if (fresh && !runner_.decode(test_, event)) entry->second = runner_.alert(rule, event);
        return entry->second;
    }

    const LoadedTest& test_;
    const Plan& plan_;
    TestRunner& runner_;
    std::vector<std::vector<uint32_t>> fired_;  // all rules that fire on each event
    std::map<std::pair<uint32_t, uint32_t>, SeenAlert> alerts_;
    std::map<std::vector<std::pair<uint32_t, uint32_t>>, bool> outcomes_;
};

// The verdict of every node of the graph.
void evaluate_graph(const Plan& plan, const Value* slots, Scratch& scratch, std::vector<bool>& atoms,
                    std::vector<bool>& out) {
    scratch.arena.reset();
    for (size_t i = 0; i < plan.atoms.size(); ++i) atoms[i] = test(plan.atoms[i], slots, scratch);
    for (size_t i = 0; i < plan.nodes.size(); ++i) {
        const PlanNode& node = plan.nodes[i];
        auto holds = [&](uint32_t child) { return static_cast<bool>(out[child]); };
        switch (node.kind) {
            case PlanNode::Kind::Atom: out[i] = atoms[node.atom]; break;
            case PlanNode::Kind::Not: out[i] = !holds(node.children[0]); break;
            case PlanNode::Kind::And:
                out[i] = std::all_of(node.children.begin(), node.children.end(), holds);
                break;
            case PlanNode::Kind::Or:
                out[i] = std::any_of(node.children.begin(), node.children.end(), holds);
                break;
        }
    }
}

class Mutation {
  public:
    Mutation(const Suite& suite, const Schema& schema, const std::vector<TestResult>& results)
        : suite_(suite), schema_(schema), results_(results) {}

    std::vector<MutatedRule> run() {
        for (const auto& [paths, rules] : suite_.rule_sets) mutate(*rules);
        std::vector<MutatedRule> out;
        for (auto& [key, rule] : rules_) out.push_back(std::move(rule));
        return out;
    }

  private:
    void mutate(const Compilation& rules) {
        const Plan& plan = *rules.plan;
        std::vector<bool> wanted(plan.rules.size());
        for (const LoadedTestFile& file : suite_.files)
            for (size_t r = 0; file.rules == &rules && r < wanted.size(); ++r)
                wanted[r] = wanted[r] || file.under_test[r];
        TestRunner runner(rules, schema_);
        std::vector<const LoadedTest*> tests;
        std::vector<MutatedTest> mutated;
        for (size_t i = 0; i < results_.size(); ++i) {
            if (suite_.files[suite_.tests[i].file].rules != &rules) continue;
            if (results_[i].outcome != TestResult::Outcome::Passed) continue;
            tests.push_back(&suite_.tests[i]);
            mutated.emplace_back(suite_.tests[i], plan, runner);
        }
        for (uint32_t r = 0; r < wanted.size(); ++r)
            if (wanted[r]) mutate(rules, r, tests, mutated);
    }

    void mutate(const Compilation& rules, uint32_t index, const std::vector<const LoadedTest*>& tests,
                std::vector<MutatedTest>& mutated) {
        const PlanRule& planned = rules.plan->rules[index];
        const RuleDefinition& rule = definition(rules, planned.name);
        std::vector<ChangedCondition> changes = changed_conditions(rules, rule, kMostMutants);
        // A rule that several rule sets have is one; what any of their tests notices is noticed.
        MutatedRule& out = rules_[{planned.place.file, planned.place.line, planned.name, changes.size()}];
        bool first = out.mutants.empty();
        if (first) {
            out = {planned.name, planned.place, to_text(expanded_condition(rules, rule)), {}};
            for (const ChangedCondition& c : changes)
                out.mutants.push_back({c.change, c.kind, c.place, to_text(c.tree), Fate::Survived});
        }
        std::unique_ptr<Plan> plan = compile_mutants(rules, rule, changes, schema_);
        std::vector<const PlanRule*> compiled(changes.size());
        const PlanRule* original = nullptr;
        for (const PlanRule& r : plan->rules) {
            auto number = static_cast<size_t>(std::stoul(r.name));
            (number == 0 ? original : compiled[number - 1]) = &r;
        }
        if (original) {
            Equivalence equivalence(*plan, *original);
            for (size_t i = 0; i < changes.size(); ++i)
                if (compiled[i] && equivalence.proves(*compiled[i])) out.mutants[i].fate = Fate::Equivalent;
        }
        try_on_tests(index, *plan, compiled, tests, mutated, out);
        if (!first) return;
        // What was refused is no mutant; `compiled` is still in the order of the mutants.
        size_t at = 0;
        std::erase_if(out.mutants, [&](const Mutant&) { return compiled[at++] == nullptr; });
    }

    void try_on_tests(uint32_t index, const Plan& plan, const std::vector<const PlanRule*>& compiled,
                      const std::vector<const LoadedTest*>& tests, std::vector<MutatedTest>& mutated,
                      MutatedRule& out) {
        EventDecoder decoder(schema_, plan);
        Event event;
        Scratch scratch;
        std::vector<bool> atoms(plan.atoms.size()), nodes(plan.nodes.size());
        for (size_t t = 0; t < tests.size(); ++t) {
            std::vector<std::vector<bool>> verdicts(out.mutants.size(),
                                                    std::vector<bool>(tests[t]->events.size()));
            for (size_t e = 0; e < tests[t]->events.size(); ++e) {
                if (decoder.decode(tests[t]->event_text(e), event) || event.source != plan.source) continue;
                evaluate_graph(plan, event.values.data(), scratch, atoms, nodes);
                for (size_t m = 0; m < compiled.size(); ++m)
                    if (compiled[m])
                        verdicts[m][e] =
                            compiled[m]->event_types.contains(event.type) && nodes[compiled[m]->node];
            }
            for (size_t m = 0; m < compiled.size(); ++m)
                if (compiled[m] && out.mutants[m].fate == Fate::Survived &&
                    mutated[t].notices(index, verdicts[m]))
                    out.mutants[m].fate = Fate::Killed;
        }
    }

    const Suite& suite_;
    const Schema& schema_;
    const std::vector<TestResult>& results_;
    std::map<std::tuple<std::string, uint32_t, std::string, size_t>, MutatedRule> rules_;
};

}  // namespace

size_t MutatedRule::count(Fate fate) const {
    return static_cast<size_t>(
        std::count_if(mutants.begin(), mutants.end(), [&](const Mutant& m) { return m.fate == fate; }));
}

std::vector<MutatedRule> mutate(const Suite& suite, const Schema& schema,
                                const std::vector<TestResult>& results) {
    return Mutation(suite, schema, results).run();
}

namespace {

// Two texts that differ in the middle, cut to that and a little around it.
std::pair<std::string, std::string> cut_to_difference(const std::string& a, const std::string& b) {
    constexpr size_t kAround = 60;
    size_t same = 0, tail = 0;
    while (same < a.size() && same < b.size() && a[same] == b[same]) ++same;
    while (tail < a.size() - same && tail < b.size() - same &&
           a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
        ++tail;
    size_t begin = same > kAround ? a.rfind(' ', same - kAround) : 0;
    if (begin == a.npos) begin = 0;
    auto cut = [&](const std::string& text) {
        size_t end = text.size() - tail + kAround;
        end = end < text.size() ? text.find(' ', end) : text.npos;
        return (begin > 0 ? "…" : "") + text.substr(begin, end == text.npos ? end : end - begin) +
               (end == text.npos ? "" : " …");
    };
    return {cut(a), cut(b)};
}

std::string_view fate_name(Fate fate) {
    constexpr std::string_view kNames[] = {"survived", "killed", "equivalent"};
    return kNames[static_cast<size_t>(fate)];
}

std::string totals_line(const std::vector<MutatedRule>& rules) {
    size_t all = 0, killed = 0, survived = 0, equivalent = 0;
    for (const MutatedRule& rule : rules) {
        all += rule.mutants.size();
        killed += rule.count(Fate::Killed);
        survived += rule.count(Fate::Survived);
        equivalent += rule.count(Fate::Equivalent);
    }
    return fmt::format("{} mutants: {} killed, {} survived, {} equivalent\n", all, killed, survived,
                       equivalent);
}

}  // namespace

std::string human_mutants(const std::vector<MutatedRule>& rules, bool verbose) {
    std::string out;
    for (const MutatedRule& rule : rules) {
        for (const Mutant& m : rule.mutants) {
            if (m.fate != Fate::Survived && !verbose) continue;
            out += format_printable("{}  {}:{}:{}  {}\n", fate_name(m.fate), m.place.file, m.place.line,
                                    m.place.column, m.change);
            if (m.fate == Fate::Killed) continue;
            auto [before, after] = cut_to_difference(rule.condition, m.condition);
            out += format_printable("  - {}\n  + {}\n", before, after);
        }
        out += format_printable("{}  {}:{}  {}: {} of {} killed, {} equivalent\n",
                                rule.count(Fate::Survived) > 0 ? "FAIL" : "ok  ", rule.place.file,
                                rule.place.line, rule.rule, rule.count(Fate::Killed), rule.mutants.size(),
                                rule.count(Fate::Equivalent));
    }
    return out + totals_line(rules);
}

std::string json_mutants(const std::vector<MutatedRule>& rules) {
    nlohmann::ordered_json out = {{"rules", nlohmann::ordered_json::array()}};
    for (const MutatedRule& rule : rules) {
        nlohmann::ordered_json one = {{"rule", rule.rule},
                                      {"file", rule.place.file},
                                      {"line", rule.place.line},
                                      {"condition", rule.condition},
                                      {"killed", rule.count(Fate::Killed)},
                                      {"survived", rule.count(Fate::Survived)},
                                      {"equivalent", rule.count(Fate::Equivalent)},
                                      {"mutants", nlohmann::ordered_json::array()}};
        for (const Mutant& m : rule.mutants)
            one["mutants"].push_back({{"kind", m.kind},
                                      {"change", m.change},
                                      {"file", m.place.file},
                                      {"line", m.place.line},
                                      {"column", m.place.column},
                                      {"fate", fate_name(m.fate)},
                                      {"condition", m.condition}});
        out["rules"].push_back(std::move(one));
    }
    return out.dump(2, ' ', false, kReplace) + "\n";
}

std::string github_mutants(const std::vector<MutatedRule>& rules) {
    std::string out;
    for (const MutatedRule& rule : rules)
        for (const Mutant& m : rule.mutants)
            if (m.fate == Fate::Survived)
                out += workflow_command(
                    "error", m.place, "no test notices",
                    fmt::format("rule '{}' {}\nwould be: {}", rule.rule, m.change, m.condition));
    return out + totals_line(rules);
}

}  // namespace stoop
