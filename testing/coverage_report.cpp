#include "testing/coverage_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "runtime/base/printable.h"
#include "runtime/base/utf8.h"
#include "testing/workflow_command.h"

namespace stoop {
namespace {

using nlohmann::ordered_json;

// Of the tests that showed something, so many are named.
constexpr size_t kMostNamed = 20;

double percent_of(size_t part, size_t all) {
    return all == 0 ? 100.0 : 100.0 * static_cast<double>(part) / static_cast<double>(all);
}

// What the tests have not shown of a comparison; empty if it is covered.
std::string lacking(const AtomCoverage& atom) {
    if (atom.seen_true.empty() && atom.seen_false.empty()) return "never seen";
    std::string out;
    auto add = [&](const TestIndexes& seen, const TestIndexes& decided, const char* verdict) {
        if (!decided.empty()) return;
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ",
                           seen.empty() ? "never seen" : "never decided alone as", verdict);
    };
    add(atom.seen_true, atom.decided_true, "true");
    add(atom.seen_false, atom.decided_false, "false");
    return out;
}

}  // namespace

std::vector<uint32_t> CoveredRule::comparisons() const {
    std::vector<uint32_t> out;
    const auto& tree = rule->tree.nodes;
    for (uint32_t i = 0; i < tree.size(); ++i)
        if (tree[i].kind == ConditionTree::Kind::Atom) out.push_back(i);
    return out;
}

size_t CoveredRule::covered() const {
    return static_cast<size_t>(
        std::count_if(nodes.begin(), nodes.end(), [](const AtomCoverage& a) { return a.covered(); }));
}

CoverageReport::CoverageReport(const Suite& suite, const Coverage& coverage) : suite_(suite) {
    using Key = std::tuple<std::string, std::string, uint32_t, size_t>;
    std::map<Key, CoveredRule> rules;
    for (const auto& [paths, compilation] : suite.rule_sets) {
        if (!compilation || !compilation->plan) continue;
        const auto* found = coverage.of(*compilation->plan);
        for (size_t r = 0; r < compilation->plan->rules.size(); ++r) {
            const PlanRule& rule = compilation->plan->rules[r];
            size_t size = rule.tree.nodes.size();
            auto [entry, fresh] = rules.try_emplace(Key{rule.place.file, rule.name, rule.place.line, size});
            CoveredRule& out = entry->second;
            if (fresh) {
                out.rules = compilation.get();
                out.rule = &rule;
                out.nodes.resize(size);
            }
            for (size_t i = 0; found && i < size; ++i) out.nodes[i].merge((*found)[r][i]);
        }
    }
    for (auto& [key, rule] : rules) rules_.push_back(std::move(rule));
    std::stable_sort(rules_.begin(), rules_.end(), [](const CoveredRule& a, const CoveredRule& b) {
        return std::tie(a.rule->place.file, a.rule->place.line) <
               std::tie(b.rule->place.file, b.rule->place.line);
    });
    for (const CoveredRule& rule : rules_) {
        comparisons_ += rule.comparisons().size();
        covered_ += rule.covered();
    }
}

double CoverageReport::percent() const { return percent_of(covered_, comparisons_); }

std::string CoverageReport::human(bool verbose) const {
    std::string out;
    for (const CoveredRule& rule : rules_) {
        std::vector<uint32_t> comparisons = rule.comparisons();
        out += format_printable("{:5.1f} %  {} of {}  {}:{}  {}\n",
                                percent_of(rule.covered(), comparisons.size()), rule.covered(),
                                comparisons.size(), rule.rule->place.file, rule.rule->place.line,
                                rule.rule->name);
        for (uint32_t node : comparisons) {
            const ConditionTree::Node& at = rule.rule->tree.nodes[node];
            std::string missing = lacking(rule.nodes[node]);
            if (missing.empty() && !verbose) continue;
            out += format_printable("         {}:{}:{}  {}  {}\n", at.place.file, at.place.line,
                                    at.place.column, rule.rules->plan->atoms[at.atom].text,
                                    missing.empty() ? "covered" : missing);
        }
    }
    return out + format_printable("coverage: {:.1f} %, {} of {} comparisons decide both ways\n", percent(),
                                  covered_, comparisons_);
}

ordered_json CoverageReport::json() const {
    ordered_json out = {{"percent", percent()},
                        {"comparisons", comparisons_},
                        {"covered", covered_},
                        {"rules", ordered_json::array()}};
    auto tests = [&](const TestIndexes& indexes) {
        ordered_json names = ordered_json::array();
        for (size_t i = 0; i < std::min(indexes.size(), kMostNamed); ++i)
            names.push_back(suite_.tests[indexes[i]].test->name);
        return ordered_json{{"count", indexes.size()}, {"tests", std::move(names)}};
    };
    for (const CoveredRule& rule : rules_) {
        ordered_json one = {{"rule", rule.rule->name},
                            {"file", rule.rule->place.file},
                            {"line", rule.rule->place.line},
                            {"percent", percent_of(rule.covered(), rule.comparisons().size())},
                            {"comparisons", ordered_json::array()}};
        for (uint32_t node : rule.comparisons()) {
            const ConditionTree::Node& at = rule.rule->tree.nodes[node];
            const AtomCoverage& atom = rule.nodes[node];
            one["comparisons"].push_back({{"condition", rule.rules->plan->atoms[at.atom].text},
                                          {"file", at.place.file},
                                          {"line", at.place.line},
                                          {"column", at.place.column},
                                          {"covered", atom.covered()},
                                          {"seen_true", tests(atom.seen_true)},
                                          {"seen_false", tests(atom.seen_false)},
                                          {"decided_true", tests(atom.decided_true)},
                                          {"decided_false", tests(atom.decided_false)}});
        }
        out["rules"].push_back(std::move(one));
    }
    return out;
}

std::string CoverageReport::github() const {
    std::string out;
    for (const CoveredRule& rule : rules_)
        for (uint32_t node : rule.comparisons()) {
            const ConditionTree::Node& at = rule.rule->tree.nodes[node];
            std::string missing = lacking(rule.nodes[node]);
            if (!missing.empty())
                out += workflow_command(
                    "notice", at.place, "not covered",
                    fmt::format("'{}' in rule '{}': {}", rule.rules->plan->atoms[at.atom].text,
                                rule.rule->name, missing));
        }
    return out;
}

namespace {

// One line.
std::string html_text(std::string_view text) {
    std::string out, blanks(text);
    std::replace(blanks.begin(), blanks.end(), '\t', ' ');
    for (char c : printable(blanks)) switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            default: out += c;
        }
    return out;
}

constexpr std::string_view kPageHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Coverage of rules</title><style>
body{font:14px/1.45 system-ui,sans-serif;margin:0;display:grid;grid-template-columns:1fr 26rem;color:#1d2430}
main{padding:1.2rem 1.6rem;min-width:0}
aside{border-left:1px solid #d8dee6;padding:1.2rem;position:sticky;top:0;height:100vh;box-sizing:border-box;overflow:auto;background:#f7f9fb}
h1{font-size:1.3rem;margin:0 0 .4rem}h2{font-size:1rem;margin:1.6rem 0 .4rem}
table{border-collapse:collapse}td,th{padding:.15rem .9rem .15rem 0;text-align:left}
pre{font:13px/1.5 ui-monospace,monospace;margin:0;background:#fcfcfd;border:1px solid #e4e8ee;padding:.5rem 0;overflow-x:auto}
pre i{display:inline-block;width:3.2rem;text-align:right;margin-right:1rem;color:#98a2b0;font-style:normal;user-select:none}
.full,.part,.none{cursor:pointer;border-radius:3px;padding:0 1px;font:inherit;border:0}
.full{background:#c9efd2}.part{background:#ffe9a8}.none{background:#ffc9c4}
.on{outline:2px solid #2563c9}
</style></head><body><main>
)";

constexpr std::string_view kPageScript = R"(
const panel = document.querySelector('aside');
const rows = [['decided_true', 'decided alone, as true'], ['decided_false', 'decided alone, as false'],
              ['seen_true', 'seen true'], ['seen_false', 'seen false']];
const add = (parent, name, text) => {
  const e = parent.appendChild(document.createElement(name));
  e.textContent = text;
  return e;
};
document.querySelectorAll('main button').forEach(button => button.onclick = () => {
  document.querySelectorAll('.on').forEach(e => e.classList.remove('on'));
  document.querySelectorAll(`[data-c="${button.dataset.c}"]`).forEach(e => e.classList.add('on'));
  panel.textContent = '';
  for (const one of comparisons[button.dataset.c]) {
    add(panel, 'h2', one.rule);
    add(panel, 'code', one.condition);
    for (const [key, label] of rows) {
      add(panel, 'p', `${label}: ${one[key].count} test${one[key].count === 1 ? '' : 's'}`);
      const list = add(panel, 'ul', '');
      for (const name of one[key].tests) add(list, 'li', name);
      if (one[key].count > one[key].tests.length)
        add(list, 'li', `and ${one[key].count - one[key].tests.length} more`);
    }
  }
});
)";

// What stands at one place of a rule file: a comparison, in each rule that has it.
struct Spot {
    uint32_t end_line = 0, end_column = 0;
    ordered_json rules = ordered_json::array();
    size_t covered = 0;
};
using Position = std::pair<uint32_t, uint32_t>;  // line, column
using Spots = std::map<std::string, std::map<Position, Spot>>;

// The source with each spot as buttons, one for each of its lines.
std::string marked_source(const SourceFile& file, const std::map<Position, Spot>& spots, ordered_json& all) {
    struct Mark {
        uint32_t line, begin, end;  // columns; the end is behind the last character
        size_t id;
        const char* kind;
    };
    std::vector<Mark> marks;
    Position last{0, 0};
    for (const auto& [at, spot] : spots) {
        if (at < last) continue;  // within another
        last = {spot.end_line, spot.end_column};
        const char* kind = spot.covered == spot.rules.size() ? "full" : spot.covered == 0 ? "none" : "part";
        for (uint32_t line = at.first; line <= std::max(spot.end_line, at.first); ++line)
            marks.push_back({line, line == at.first ? at.second : 1,
                             line == spot.end_line ? std::max(spot.end_column, at.second + 1) : UINT32_MAX,
                             all.size(), kind});
        all.push_back(spot.rules);
    }
    std::string out = "<pre>";
    auto mark = marks.begin();
    auto lines = static_cast<uint32_t>(std::count(file.text().begin(), file.text().end(), '\n'));
    if (!file.text().ends_with('\n')) ++lines;
    for (uint32_t number = 1; number <= lines; ++number) {
        std::string_view line = file.line(number);
        out += fmt::format("<i>{}</i>", number);
        size_t at = 0;  // bytes
        auto byte_of = [&](uint32_t column) {
            size_t byte = 0;
            for (uint32_t c = 1; byte < line.size() && c < column; ++c) do
                    ++byte;
                while (byte < line.size() && (static_cast<unsigned char>(line[byte]) & 0xc0) == 0x80);
            return byte;
        };
        for (; mark != marks.end() && mark->line == number; ++mark) {
            size_t begin = byte_of(mark->begin), end = byte_of(mark->end);
            if (mark->begin == 1) begin = std::min(line.find_first_not_of(' '), line.size());
            if (begin >= end || begin < at) continue;
            out += html_text(line.substr(at, begin - at));
            out += fmt::format("<button class=\"{}\" data-c=\"{}\">{}</button>", mark->kind, mark->id,
                               html_text(line.substr(begin, end - begin)));
            at = end;
        }
        out += html_text(line.substr(at)) + "\n";
    }
    return out + "</pre>\n";
}

}  // namespace

std::string CoverageReport::html() const {
    Spots spots;
    std::map<std::string, const SourceFile*> files;
    ordered_json report = json();
    for (size_t r = 0; r < rules_.size(); ++r) {
        const Compilation& rules = *rules_[r].rules;
        for (uint32_t f = 0; f < rules.files.size(); ++f)
            files.try_emplace(rules.sources.file(f).name(), &rules.sources.file(f));
        std::vector<uint32_t> comparisons = rules_[r].comparisons();
        for (size_t i = 0; i < comparisons.size(); ++i) {
            const ConditionTree::Node& at = rules_[r].rule->tree.nodes[comparisons[i]];
            Spot& spot = spots[at.place.file][{at.place.line, at.place.column}];
            spot.end_line = std::max(spot.end_line, at.end_line);
            spot.end_column = at.end_column;
            spot.covered += rules_[r].nodes[comparisons[i]].covered();
            ordered_json one = report["rules"][r]["comparisons"][i];
            one["rule"] = rules_[r].rule->name;
            spot.rules.push_back(std::move(one));
        }
    }
    std::string out(kPageHead);
    out += fmt::format("<h1>Coverage of rules: {:.1f} %</h1><p>{} of {} comparisons decide both ways. ",
                       percent(), covered_, comparisons_);
    out +=
        "Green: decided the verdict alone as true and as false; yellow: in some rules only; red: not. "
        "Click one for its tests.</p><table>\n";
    for (const CoveredRule& rule : rules_)
        out += fmt::format("<tr><td>{:.1f} %</td><td>{} of {}</td><td>{}</td></tr>\n",
                           percent_of(rule.covered(), rule.comparisons().size()), rule.covered(),
                           rule.comparisons().size(), html_text(rule.rule->name));
    out += "</table>\n";
    ordered_json all = ordered_json::array();
    for (const auto& [name, file] : files)
        if (spots.contains(name))
            out += fmt::format("<h2>{}</h2>", html_text(name)) + marked_source(*file, spots[name], all);
    std::string data = all.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    std::string safe;  // nothing in it may end the script
    for (char c : data) safe += c == '<' ? std::string("\\u003c") : std::string(1, c);
    return out + "</main><aside>Click a comparison.</aside><script>const comparisons = " + safe + ";" +
           std::string(kPageScript) + "</script></body></html>\n";
}

}  // namespace stoop
