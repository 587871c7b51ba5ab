// SPDX-License-Identifier: Apache-2.0
#include "testing/coverage_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "runtime/base/excerpt.h"
#include "runtime/base/printable.h"
#include "runtime/base/utf8.h"
#include "runtime/base/wrap.h"
#include "testing/workflow_command.h"

namespace stoop {
namespace {

using nlohmann::ordered_json;

double percent_of(size_t part, size_t all) {
    return all == 0 ? 100.0 : 100.0 * static_cast<double>(part) / static_cast<double>(all);
}

// The nodes of a rule that count: all of an own rule; of another one what own files add to its condition, but
// not what their macros stand for.
std::vector<bool> own_nodes(const SourceMap::Rule& rule, const Suite& suite) {
    const std::vector<ConditionTree::Node>& nodes = rule.tree.nodes;
    if (suite.is_own(rule.place.file)) return std::vector<bool>(nodes.size(), true);
    std::vector<bool> out(nodes.size());
    out[rule.tree.root()] = true;
    for (size_t i = nodes.size(); i-- > 0;)  // children stand before their parents
        if (out[i] && nodes[i].kind != ConditionTree::Kind::Macro)
            for (uint32_t child : nodes[i].children) out[child] = true;
    for (size_t i = 0; i < nodes.size(); ++i) out[i] = out[i] && suite.is_own(nodes[i].place.file);
    return out;
}

}  // namespace

std::string rounded_down(size_t part, size_t all) {
    size_t tenths = all == 0 ? 1000 : part * 1000 / all;
    return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

std::string rounded_down(double percent) { return fmt::format("{:.1f}", std::floor(percent * 10) / 10); }

std::string lacking(const AtomCoverage& atom) {
    if (atom.seen_true.empty() && atom.seen_false.empty()) return "never seen";
    std::string out;
    auto add = [&](const ShownBy& seen, const ShownBy& decided, const char* verdict) {
        if (!decided.empty()) return;
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ",
                           seen.empty() ? "never seen" : "never decided alone as", verdict);
    };
    add(atom.seen_true, atom.decided_true, "true");
    add(atom.seen_false, atom.decided_false, "false");
    return out;
}

CoveredRule::Counts CoveredRule::counts() const {
    Counts out;
    for (const AtomCoverage& atom : coverage) {
        out.covered += atom.covered();
        out.seen_true += !atom.seen_true.empty();
        out.seen_false += !atom.seen_false.empty();
    }
    return out;
}

CoverageReport::CoverageReport(const Suite& suite, const Coverage& coverage) : suite_(suite) {
    using Key = std::tuple<std::string, std::string, uint32_t, size_t>;
    std::map<Key, CoveredRule> rules;
    for (const auto& [paths, compilation] : suite.rule_sets) {
        if (!compilation || !compilation->program) continue;
        const auto* found = coverage.of(*compilation->program);
        for (size_t r = 0; r < compilation->program->rules.size(); ++r) {
            const ProgramRule& rule = compilation->program->rules[r];
            const SourceMap::Rule& source = compilation->program->source_map.rules[r];
            size_t size = source.tree.nodes.size();
            auto [entry, fresh] =
                rules.try_emplace(Key{source.place.file, rule.name, source.place.line, size});
            CoveredRule& out = entry->second;
            if (fresh) {
                out.rules = compilation.get();
                out.rule = &rule;
                std::vector<bool> own = own_nodes(source, suite);
                uint32_t number = 0;
                for (uint32_t i = 0; i < size; ++i) {
                    if (source.tree.nodes[i].kind != ConditionTree::Kind::Atom) continue;
                    if (own[i]) {
                        out.comparisons.push_back(i);
                        out.numbers.push_back(number);
                    }
                    ++number;
                }
                out.coverage.resize(out.comparisons.size());
            }
            if (!found) continue;
            for (size_t i = 0; i < out.numbers.size(); ++i)
                if (out.numbers[i] < (*found)[r].size()) out.coverage[i].merge((*found)[r][out.numbers[i]]);
        }
    }
    for (auto& [key, rule] : rules)
        if (!rule.comparisons.empty()) rules_.push_back(std::move(rule));
    std::stable_sort(rules_.begin(), rules_.end(), [](const CoveredRule& a, const CoveredRule& b) {
        return std::tie(a.place().file, a.place().line) < std::tie(b.place().file, b.place().line);
    });
    for (const CoveredRule& rule : rules_) {
        comparisons_ += rule.comparisons.size();
        CoveredRule::Counts counts = rule.counts();
        seen_.covered += counts.covered;
        seen_.seen_true += counts.seen_true;
        seen_.seen_false += counts.seen_false;
    }
}

double CoverageReport::percent() const { return percent_of(seen_.covered, comparisons_); }
std::string CoverageReport::percent_text() const { return rounded_down(seen_.covered, comparisons_); }

void CoverageReport::human(bool verbose, size_t width, const Write& write) const {
    if (!rules_.empty()) write("  decide  both ways  seen true  seen false\n");
    for (const CoveredRule& rule : rules_) {
        size_t all = rule.comparisons.size();
        CoveredRule::Counts counts = rule.counts();
        std::string both = fmt::format("{} of {}", counts.covered, all);
        std::string line =
            format_printable("{:>6} %  {:>9}  {:>9}  {:>10}  {}:{}  {}", rounded_down(counts.covered, all),
                             both, counts.seen_true, counts.seen_false, rule.place().file, rule.place().line,
                             excerpt(rule.rule->name));
        // Below the place, if that leaves room for words.
        constexpr size_t kFigures = 44, kWords = 24;
        write(wrapped(line, width, std::string(width >= kFigures + kWords ? kFigures : 4, ' ')) + "\n");
        for (size_t i = 0; i < all; ++i) {
            std::string missing = lacking(rule.coverage[i]);
            if (missing.empty() && !verbose) continue;
            const Place& place = rule.node(i).place;
            line = format_printable("         {}:{}:{}  {}  {}", place.file, place.line, place.column,
                                    excerpt(rule.text(i)), missing.empty() ? "covered" : missing);
            write(wrapped(line, width, "           ") + "\n");
        }
    }
    write(wrapped(fmt::format(
                      "coverage: {} %, {} of {} comparisons decide both ways; {} seen true, {} seen false",
                      percent_text(), seen_.covered, comparisons_, seen_.seen_true, seen_.seen_false),
                  width, "    ") +
          "\n");
}

ordered_json CoverageReport::comparison_json(const CoveredRule& rule, size_t comparison) const {
    auto tests = [&](const ShownBy& shown) {
        ordered_json names = ordered_json::array();
        for (uint32_t test : shown.named()) names.push_back(cut(suite_.tests[test].name()));
        return ordered_json{{"count", shown.count()}, {"tests", std::move(names)}};
    };
    const AtomCoverage& atom = rule.coverage[comparison];
    const Place& place = rule.node(comparison).place;
    ordered_json out = {{"condition", cut(rule.text(comparison))},
                        {"file", place.file},
                        {"line", place.line},
                        {"column", place.column},
                        {"covered", atom.covered()},
                        {"seen_true", tests(atom.seen_true)},
                        {"seen_false", tests(atom.seen_false)},
                        {"decided_true", tests(atom.decided_true)},
                        {"decided_false", tests(atom.decided_false)}};
    if (is_long(rule.text(comparison))) out["condition_bytes"] = rule.text(comparison).size();
    return out;
}

void CoverageReport::json(JsonStream& out) const {
    out.open_object("coverage");
    out.put_all({{"percent", percent()},
                 {"comparisons", comparisons_},
                 {"covered", seen_.covered},
                 {"seen_true", seen_.seen_true},
                 {"seen_false", seen_.seen_false}});
    out.open_array("rules");
    for (const CoveredRule& rule : rules_) {
        out.open_object();
        out.put_all({{"rule", rule.rule->name},
                     {"file", rule.place().file},
                     {"line", rule.place().line},
                     {"percent", percent_of(rule.covered(), rule.comparisons.size())}});
        out.open_array("comparisons");
        for (size_t i = 0; i < rule.comparisons.size(); ++i) out.put(comparison_json(rule, i));
        out.close();
        out.close();
    }
    out.close();
    out.close();
}

void CoverageReport::github(const Write& write) const {
    for (const CoveredRule& rule : rules_)
        for (size_t i = 0; i < rule.comparisons.size(); ++i)
            if (std::string missing = lacking(rule.coverage[i]); !missing.empty())
                write(workflow_command("notice", rule.node(i).place, "not covered",
                                       fmt::format("'{}' in rule '{}': {}", excerpt(rule.text(i)),
                                                   excerpt(rule.rule->name), missing)));
}

}  // namespace stoop
