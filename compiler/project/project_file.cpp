// SPDX-License-Identifier: Apache-2.0
#include "compiler/project/project_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "compiler/source/node_reader.h"
#include "compiler/source/warning_levels.h"
#include "runtime/base/nearest.h"

namespace stoop {
namespace {

constexpr double kMostPercent = 1000;

// Decimal digits with or without a fraction.
std::optional<double> decimal(std::string_view text) {
    double value = 0;
    auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    bool digits = !text.empty() && text[0] >= '0' && text[0] <= '9';
    return digits && error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                              : std::nullopt;
}

class ProjectFileReader : private NodeReader {
  public:
    ProjectFileReader(const Sources& sources, uint32_t index, const Limits& limits, Diagnostics& diagnostics)
        : NodeReader(index, diagnostics, {Problem::BadProject, Problem::ProjectKey}),
          text_(sources.file(index).text()),
          limits_(limits) {}

    ProjectFile read() {
        Span start{index(), 0, 1};
        try {
            YamlDocuments documents(text_, limits_);
            const auto& roots = documents.roots();
            if (roots.empty() || !roots[0].IsMap())
                report(Problem::BadProject, start, "a project file is a mapping with the key 'rulesets'",
                       "'stoop init' writes a first one");
            else if (roots.size() > 1)
                report(Problem::BadProject, span(roots[1]), "a project file is one YAML document");
            else
                read_project(roots[0]);
        } catch (const YamlLimitExceeded& e) {
            report(Problem::LimitExceeded, span(e.mark), e.msg, limit_help(e.limit, limits_[e.limit]));
        } catch (const YAML::Exception& e) {
            report(Problem::BadProject, span(e.mark), "not valid YAML: " + yaml_problem(e));
        }
        return std::move(out_);
    }

  private:
    void read_project(const YamlNode& root) {
        read_mapping(root, "a project file",
                     {{"rulesets", [&](const YamlNode& v, Span) { read_rule_sets(v); }},
                      {"warnings", [&](const YamlNode& v, Span) { read_warnings(v); }}});
        if (ok() && out_.rule_sets.empty()) bad(root, "a project file names a rule set under 'rulesets'");
    }

    void read_rule_sets(const YamlNode& node) {
        if (!node.IsMap()) return bad(node, "rulesets must be a mapping from names to rule sets");
        for (const auto& entry : node) {
            WrittenText name{text(entry.first, "the name of a rule set"), span(entry.first)};
            if (uint64_t most = limits_[Limit::RuleSets]; out_.rule_sets.size() == most) {
                report(Problem::LimitExceeded, name.span,
                       fmt::format("there are more than {} rule sets", most),
                       limit_help(Limit::RuleSets, most));
                return;
            }
            auto same = [&](const RuleSetDefinition& other) { return other.name.text == name.text; };
            if (std::any_of(out_.rule_sets.begin(), out_.rule_sets.end(), same))
                report(Problem::ProjectKey, name.span, fmt::format("rule set '{}' stands twice", name.text));
            else
                read_rule_set(std::move(name), entry.second);
        }
    }

    void read_rule_set(WrittenText name, const YamlNode& node) {
        RuleSetDefinition out;
        out.name = std::move(name);
        std::string what = fmt::format("rule set '{}'", out.name.text);
        auto list = [&](std::vector<WrittenText>& into, const char* key) {
            return [this, &into, key](const YamlNode& v, Span) { into = written(v, key); };
        };
        read_mapping(node, what,
                     {{"rules", list(out.rules, "rules")},
                      {"schemas", list(out.schemas, "schemas")},
                      {"source",
                       [&](const YamlNode& v, Span) {
                           out.source = {text(v, "source"), span(v)};
                       }},
                      {"ruleMatching", [&](const YamlNode& v, Span) { out.matching = matching(v); }},
                      {"tests", list(out.tests, "tests")},
                      {"own", list(out.own, "own")},
                      {"coverage", [&](const YamlNode& v, Span) { read_coverage(v, out); }},
                      {"bench", [&](const YamlNode& v, Span) { read_bench(v, out); }}});
        if (node.IsMap() && out.rules.empty() && ok())
            report(Problem::BadProject, out.name.span, fmt::format("{} names no 'rules'", what),
                   "'rules: [FILE, ...]' names them in load order");
        out_.rule_sets.push_back(std::move(out));
    }

    Matching matching(const YamlNode& node) {
        std::string word = text(node, "ruleMatching");
        if (word != "first" && word != "all") bad(node, "ruleMatching must be 'first' or 'all'");
        return word == "all" ? Matching::All : Matching::First;
    }

    void read_coverage(const YamlNode& node, RuleSetDefinition& out) {
        read_mapping(node, "coverage", {{"min", [&](const YamlNode& v, Span) {
                                             out.coverage_min = decimal(text(v, "min"));
                                             if (!out.coverage_min || *out.coverage_min > 100)
                                                 bad(v, "min must be a percentage from 0 to 100");
                                         }}});
    }

    void read_bench(const YamlNode& node, RuleSetDefinition& out) {
        read_mapping(node, "bench",
                     {{"events", [&](const YamlNode& v, Span) { out.bench_events = written(v, "events"); }},
                      {"maxRegression", [&](const YamlNode& v, Span) {
                           out.max_regression = parse_percentage(text(v, "maxRegression"));
                           if (!out.max_regression) bad(v, "maxRegression must be a percentage such as 10%");
                       }}});
        if (node.IsMap() && out.bench_events.empty() && ok()) bad(node, "bench names no 'events'");
    }

    void read_warnings(const YamlNode& node) {
        if (!node.IsMap()) return bad(node, "warnings must be a mapping from names to levels");
        std::set<std::string> seen;
        for (const auto& entry : node) {
            std::string name = text(entry.first, "the name of a warning");
            if (!seen.insert(name).second)
                report(Problem::ProjectKey, span(entry.first),
                       fmt::format("warning '{}' stands twice", name));
            std::string level = text(entry.second, "the level of a warning");
            auto problem = find_warning(name);
            if (!problem) {
                std::vector<std::string> names = warning_names();
                std::string near = nearest(name, {names.begin(), names.end()});
                report(Problem::ProjectKey, span(entry.first),
                       fmt::format("no warning has the name '{}'", name),
                       near.empty() ? fmt::format("names are {}", fmt::join(names, ", "))
                                    : fmt::format("did you mean '{}'?", near));
            } else if (!set_level(*problem, level, out_.levels)) {
                report(Problem::ProjectKey, span(entry.second), fmt::format("no level '{}'", level),
                       "a level is off, note, warning or error");
            }
        }
    }

    std::string_view text_;
    const Limits& limits_;
    ProjectFile out_;
};

}  // namespace

ProjectFile read_project_file(const Sources& sources, uint32_t index, const Limits& limits,
                              Diagnostics& diagnostics) {
    return ProjectFileReader(sources, index, limits, diagnostics).read();
}

const RuleSetDefinition* find_rule_set(const ProjectFile& file, const std::string& name) {
    for (const RuleSetDefinition& set : file.rule_sets)
        if (set.name.text == name) return &set;
    return nullptr;
}

std::optional<double> parse_percentage(std::string_view text) {
    if (text.ends_with('%')) text.remove_suffix(1);
    auto value = decimal(text);
    return value && *value <= kMostPercent ? std::optional(*value / 100) : std::nullopt;
}

}  // namespace stoop
