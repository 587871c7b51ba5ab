#include "testing/coverage_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "runtime/base/excerpt.h"
#include "runtime/base/printable.h"
#include "runtime/base/utf8.h"
#include "testing/workflow_command.h"

namespace stoop {
namespace {

using nlohmann::ordered_json;

double percent_of(size_t part, size_t all) {
    return all == 0 ? 100.0 : 100.0 * static_cast<double>(part) / static_cast<double>(all);
}

// `99.9`: rounded down, so that 100.0 is all.
std::string rounded_down(size_t part, size_t all) {
    size_t tenths = all == 0 ? 1000 : part * 1000 / all;
    return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

// What the tests have not shown of a comparison; empty if it is covered.
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

}  // namespace

size_t CoveredRule::covered() const {
    return static_cast<size_t>(
        std::count_if(coverage.begin(), coverage.end(), [](const AtomCoverage& a) { return a.covered(); }));
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
                for (uint32_t i = 0; i < size; ++i)
                    if (rule.tree.nodes[i].kind == ConditionTree::Kind::Atom) out.comparisons.push_back(i);
                out.coverage.resize(out.comparisons.size());
            }
            if (!found) continue;
            size_t seen = std::min((*found)[r].size(), out.coverage.size());
            for (size_t i = 0; i < seen; ++i) out.coverage[i].merge((*found)[r][i]);
        }
    }
    for (auto& [key, rule] : rules) rules_.push_back(std::move(rule));
    std::stable_sort(rules_.begin(), rules_.end(), [](const CoveredRule& a, const CoveredRule& b) {
        return std::tie(a.rule->place.file, a.rule->place.line) <
               std::tie(b.rule->place.file, b.rule->place.line);
    });
    for (const CoveredRule& rule : rules_) {
        comparisons_ += rule.comparisons.size();
        covered_ += rule.covered();
    }
}

double CoverageReport::percent() const { return percent_of(covered_, comparisons_); }
std::string CoverageReport::percent_text() const { return rounded_down(covered_, comparisons_); }

void CoverageReport::human(bool verbose, const Write& write) const {
    for (const CoveredRule& rule : rules_) {
        size_t covered = rule.covered(), all = rule.comparisons.size();
        write(format_printable("{:>5} %  {} of {}  {}:{}  {}\n", rounded_down(covered, all), covered, all,
                               rule.rule->place.file, rule.rule->place.line, excerpt(rule.rule->name)));
        for (size_t i = 0; i < all; ++i) {
            std::string missing = lacking(rule.coverage[i]);
            if (missing.empty() && !verbose) continue;
            const Place& place = rule.node(i).place;
            write(format_printable("         {}:{}:{}  {}  {}\n", place.file, place.line, place.column,
                                   excerpt(rule.text(i)), missing.empty() ? "covered" : missing));
        }
    }
    write(fmt::format("coverage: {} %, {} of {} comparisons decide both ways\n", percent_text(), covered_,
                      comparisons_));
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
    out.put_all({{"percent", percent()}, {"comparisons", comparisons_}, {"covered", covered_}});
    out.open_array("rules");
    for (const CoveredRule& rule : rules_) {
        out.open_object();
        out.put_all({{"rule", rule.rule->name},
                     {"file", rule.rule->place.file},
                     {"line", rule.rule->place.line},
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
    struct Use {
        const CoveredRule* rule;
        size_t comparison;
    };
    uint32_t end_line = 0, end_column = 0;
    std::vector<Use> uses;
    size_t covered = 0;
};
using Position = std::pair<uint32_t, uint32_t>;  // line, column
using Spots = std::map<std::string, std::map<Position, Spot>>;

// Columns of a line as bytes, each at or behind the last one.
class Columns {
  public:
    explicit Columns(std::string_view line) : line_(line) {}
    uint32_t column() const { return column_; }
    size_t byte_of(uint32_t column) {
        for (; byte_ < line_.size() && column_ < column; ++column_) do
                ++byte_;
            while (byte_ < line_.size() && !starts_character(line_[byte_]));
        return byte_;
    }

  private:
    std::string_view line_;
    size_t byte_ = 0;
    uint32_t column_ = 1;
};

// Writes the source with each spot as buttons, one for each of its lines. Spots get numbers from `shown`'s
// size on.
void write_source(const SourceFile& file, const std::map<Position, Spot>& spots,
                  std::vector<const Spot*>& shown, const Write& write) {
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
        const char* kind = spot.covered == spot.uses.size() ? "full" : spot.covered == 0 ? "none" : "part";
        for (uint32_t line = at.first; line <= std::max(spot.end_line, at.first); ++line)
            marks.push_back({line, line == at.first ? at.second : 1,
                             line == spot.end_line ? std::max(spot.end_column, at.second + 1) : UINT32_MAX,
                             shown.size(), kind});
        shown.push_back(&spot);
    }
    write("<pre>");
    auto mark = marks.begin();
    auto lines = static_cast<uint32_t>(std::count(file.text().begin(), file.text().end(), '\n'));
    if (!file.text().ends_with('\n')) ++lines;
    for (uint32_t number = 1; number <= lines; ++number) {
        std::string_view line = file.line(number);
        Columns columns(line);
        write(fmt::format("<i>{}</i>", number));
        size_t at = 0;  // bytes
        for (; mark != marks.end() && mark->line == number; ++mark) {
            if (mark->begin < columns.column()) continue;
            size_t begin = columns.byte_of(mark->begin), end = columns.byte_of(mark->end);
            if (mark->begin == 1) begin = std::min(line.find_first_not_of(' '), line.size());
            if (begin >= end) continue;
            write(html_text(line.substr(at, begin - at)));
            write(fmt::format("<button class=\"{}\" data-c=\"{}\">{}</button>", mark->kind, mark->id,
                              html_text(line.substr(begin, end - begin))));
            at = end;
        }
        write(html_text(line.substr(at)) + "\n");
    }
    write("</pre>\n");
}

// JSON within a script, which nothing in it may end.
std::string script_json(const ordered_json& value) {
    std::string out;
    for (char c : value.dump(-1, ' ', false, ordered_json::error_handler_t::replace))
        out += c == '<' ? std::string("\\u003c") : std::string(1, c);
    return out;
}

}  // namespace

void CoverageReport::html(const Write& write) const {
    Spots spots;
    for (const CoveredRule& rule : rules_)
        for (size_t i = 0; i < rule.comparisons.size(); ++i) {
            const ConditionTree::Node& at = rule.node(i);
            Spot& spot = spots[at.place.file][{at.place.line, at.place.column}];
            spot.end_line = std::max(spot.end_line, at.end_line);
            spot.end_column = at.end_column;
            spot.covered += rule.coverage[i].covered();
            spot.uses.push_back({&rule, i});
        }
    std::map<std::string, const SourceFile*> files;
    for (const auto& [paths, rules] : suite_.rule_sets)
        for (uint32_t f = 0; rules && f < rules->files.size(); ++f)
            files.try_emplace(rules->sources.file(f).name(), &rules->sources.file(f));
    write(kPageHead);
    write(fmt::format("<h1>Coverage of rules: {} %</h1><p>{} of {} comparisons decide both ways. ",
                      percent_text(), covered_, comparisons_));
    write(
        "Green: decided the verdict alone as true and as false; yellow: in some rules only; red: not. "
        "Click one for its tests.</p><table>\n");
    for (const CoveredRule& rule : rules_)
        write(fmt::format("<tr><td>{} %</td><td>{} of {}</td><td>{}</td></tr>\n",
                          rounded_down(rule.covered(), rule.comparisons.size()), rule.covered(),
                          rule.comparisons.size(), html_text(excerpt(rule.rule->name))));
    write("</table>\n");
    std::vector<const Spot*> shown;
    for (const auto& [name, file] : files) {
        if (!spots.contains(name)) continue;
        write(fmt::format("<h2>{}</h2>", html_text(name)));
        write_source(*file, spots[name], shown, write);
    }
    write("</main><aside>Click a comparison.</aside><script>const comparisons = [");
    for (const Spot* spot : shown) {
        write(spot == shown.front() ? "[" : ",[");
        for (const Spot::Use& use : spot->uses) {
            ordered_json one = comparison_json(*use.rule, use.comparison);
            one["rule"] = cut(use.rule->rule->name);
            write((&use == &spot->uses.front() ? "" : ",") + script_json(one));
        }
        write("]");
    }
    write("];");
    write(kPageScript);
    write("</script></body></html>\n");
}

}  // namespace stoop
