// SPDX-License-Identifier: Apache-2.0
// The page of --coverage-html; what it looks like and does is in coverage_page/.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "coverage_page_css.h"
#include "coverage_page_html.h"
#include "coverage_page_js.h"
#include "runtime/base/excerpt.h"
#include "runtime/base/printable.h"
#include "runtime/base/utf8.h"
#include "testing/coverage_report.h"
#include "testing/markup.h"

namespace stoop {

using nlohmann::ordered_json;

namespace {

// One line.
std::string html_text(std::string_view text) {
    std::string blanks(text);
    std::replace(blanks.begin(), blanks.end(), '\t', ' ');
    return markup_text(printable(blanks));
}

// What stands at one place of a rule file: a comparison, in each rule that has it.
struct Spot {
    struct Use {
        const CoveredRule* rule;
        size_t comparison;
    };
    uint32_t end_line = 0, end_column = 0;
    std::vector<Use> uses;
    size_t covered = 0, never = 0;  // of the uses

    const char* state() const {
        return covered == uses.size() ? "full" : never == uses.size() ? "none" : "half";
    }
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
        const char* state;
        std::string title;
    };
    std::vector<Mark> marks;
    Position last{0, 0};
    for (const auto& [at, spot] : spots) {
        if (at < last) continue;  // within another
        last = {spot.end_line, spot.end_column};
        std::set<std::string> missing;
        for (const Spot::Use& use : spot.uses) missing.insert(lacking(use.rule->coverage[use.comparison]));
        missing.erase("");
        std::string title =
            missing.empty() ? "decides both ways" : fmt::format("{}", fmt::join(missing, "; "));
        for (uint32_t line = at.first; line <= std::max(spot.end_line, at.first); ++line)
            marks.push_back({line, line == at.first ? at.second : 1,
                             line == spot.end_line ? std::max(spot.end_column, at.second + 1) : UINT32_MAX,
                             shown.size(), spot.state(), title});
        shown.push_back(&spot);
    }
    write("<div class=\"source\">\n");
    auto mark = marks.begin();
    auto lines = static_cast<uint32_t>(std::count(file.text().begin(), file.text().end(), '\n'));
    if (!file.text().ends_with('\n')) ++lines;
    for (uint32_t number = 1; number <= lines; ++number) {
        std::string_view line = file.line(number);
        Columns columns(line);
        write(fmt::format("<div><i>{}</i><span>", number));
        size_t at = 0;  // bytes
        for (; mark != marks.end() && mark->line == number; ++mark) {
            if (mark->begin < columns.column()) continue;
            size_t begin = columns.byte_of(mark->begin), end = columns.byte_of(mark->end);
            if (mark->begin == 1) begin = std::min(line.find_first_not_of(' '), line.size());
            if (begin >= end) continue;
            write(html_text(line.substr(at, begin - at)));
            bool first = mark == marks.begin() || std::prev(mark)->id != mark->id;
            write(fmt::format("<button class=\"{}{}\" data-c=\"{}\" title=\"{}\">{}</button>", mark->state,
                              first ? "" : " more", mark->id, mark->title,
                              html_text(line.substr(begin, end - begin))));
            at = end;
        }
        write(html_text(line.substr(at)) + "</span></div>\n");
    }
    write("</div>\n");
}

// JSON within a script, which nothing in it may end.
std::string script_json(const ordered_json& value) {
    std::string out;
    for (char c : value.dump(-1, ' ', false, ordered_json::error_handler_t::replace))
        out += c == '<' ? std::string("\\u003c") : std::string(1, c);
    return out;
}

// The rules that tests are about, by file and line.
using Own = std::set<std::pair<std::string, uint32_t>>;
Own own_rules(const Suite& suite) {
    Own out;
    for (const LoadedTestFile& file : suite.files) {
        if (!file.rules || !file.rules->program) continue;
        const std::vector<SourceMap::Rule>& rules = file.rules->program->source_map.rules;
        for (size_t i = 0; i < std::min(rules.size(), file.under_test.size()); ++i)
            if (file.under_test[i]) out.emplace(rules[i].place.file, rules[i].place.line);
    }
    return out;
}

void write_table(const std::vector<const CoveredRule*>& rules, const Write& write) {
    write(
        "<table><thead><tr><th class=\"n\">decide</th><th class=\"n\">both ways</th>"
        "<th class=\"n soft\">seen true</th><th class=\"n soft\">seen "
        "false</th><th>rule</th></tr></thead>\n");
    for (const CoveredRule* rule : rules) {
        size_t all = rule->comparisons.size();
        CoveredRule::Counts counts = rule->counts();
        std::string name = html_text(excerpt(rule->rule->name)), file = html_text(rule->place().file);
        write(fmt::format(
            "<tr data-rule=\"{0}\" data-file=\"{1}\"><td class=\"n\">{2} %</td>"
            "<td class=\"n\">{3} of {4}</td><td class=\"n soft\">{5}</td><td class=\"n soft\">{6}</td>"
            "<td class=\"name\">{0} <span class=\"quiet\">{1}:{7}</span></td></tr>\n",
            name, file, rounded_down(counts.covered, all), counts.covered, all, counts.seen_true,
            counts.seen_false, rule->place().line));
    }
    write("</table>\n");
}

constexpr std::string_view kLegend =
    "<p><span class=\"full\">decides both ways</span> <span class=\"half\">seen, but one half is "
    "missing</span> "
    "<span class=\"none\">never seen</span></p>"
    "<p class=\"quiet\">Choose a comparison to see what is missing and which tests are about it.</p>\n"
    "<input id=\"filter\" type=\"search\" placeholder=\"Filter by rule or file\" "
    "aria-label=\"Filter by rule or file\">\n";

}  // namespace

void CoverageReport::html(const Write& write) const {
    Spots spots;
    Own own = own_rules(suite_);
    std::set<std::string> own_files;
    std::vector<const CoveredRule*> rules;
    for (const CoveredRule& rule : rules_) {
        rules.push_back(&rule);
        if (own.contains({rule.place().file, rule.place().line})) own_files.insert(rule.place().file);
        for (size_t i = 0; i < rule.comparisons.size(); ++i) {
            const ConditionTree::Node& at = rule.node(i);
            const AtomCoverage& atom = rule.coverage[i];
            Spot& spot = spots[at.place.file][{at.place.line, at.place.column}];
            spot.end_line = std::max(spot.end_line, at.end_line);
            spot.end_column = at.end_column;
            spot.covered += atom.covered();
            spot.never += atom.seen_true.empty() && atom.seen_false.empty();
            spot.uses.push_back({&rule, i});
        }
    }
    // Those that tests are about come first.
    std::stable_partition(rules.begin(), rules.end(), [&](const CoveredRule* rule) {
        return own.contains({rule->place().file, rule->place().line});
    });
    std::map<std::pair<bool, std::string>, const SourceFile*> files;  // not own, name
    for (const auto& [paths, compiled] : suite_.rule_sets)
        for (uint32_t f = 0; compiled && f < compiled->files.size(); ++f) {
            const SourceFile& file = compiled->sources.file(f);
            files.try_emplace({!own_files.contains(file.name()), file.name()}, &file);
        }
    std::string_view page = embedded::kCoveragePage_html;
    // The page up to a mark, without it.
    auto write_until = [&](std::string_view mark) {
        size_t at = page.find(mark);
        write(page.substr(0, at));
        page.remove_prefix(at + mark.size());
    };
    write_until("@STYLE@");
    write(embedded::kCoveragePage_css);
    write_until("@BODY@");
    write(fmt::format(
        "<h1>Coverage of rules: {} %</h1><p>{} of {} comparisons decide both ways; {} were seen true, "
        "{} seen false.</p>\n",
        percent_text(), seen_.covered, comparisons_, seen_.seen_true, seen_.seen_false));
    write(kLegend);
    write_table(rules, write);
    std::vector<const Spot*> shown;
    for (const auto& [key, file] : files) {
        const std::string& name = key.second;
        if (!spots.contains(name)) continue;
        write(fmt::format("<section data-file=\"{0}\"><h2>{0}</h2>", html_text(name)));
        write_source(*file, spots[name], shown, write);
        write("</section>\n");
    }
    write_until("@COMPARISONS@");
    for (const Spot* spot : shown) {
        write(spot == shown.front() ? "[" : ",[");
        for (const Spot::Use& use : spot->uses) {
            const AtomCoverage& atom = use.rule->coverage[use.comparison];
            ordered_json one = comparison_json(*use.rule, use.comparison);
            one["rule"] = cut(use.rule->rule->name);
            one["lacking"] = lacking(atom);
            one["state"] = atom.covered()                                      ? "full"
                           : atom.seen_true.empty() && atom.seen_false.empty() ? "none"
                                                                               : "half";
            write((&use == &spot->uses.front() ? "" : ",") + script_json(one));
        }
        write("]");
    }
    write_until("@SCRIPT@");
    write(embedded::kCoveragePage_js);
    write(page);
}

}  // namespace stoop
