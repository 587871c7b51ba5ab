// SPDX-License-Identifier: Apache-2.0
#include "cli/diagnostic_formats.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "cli/message.h"
#include "runtime/base/ascii.h"
#include "testing/workflow_command.h"

namespace stoop::cli {
namespace {

using nlohmann::json;

template <typename Visit>
void for_each(const LoadedRules& rules, Visit&& visit) {
    for (const Diagnostic& d : rules.unreadable.all()) visit(d);
    for (const Diagnostic& d : rules.compilation->diagnostics.by_place()) visit(d);
}

void print(const json& document) {
    write_output(document.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

json as_json(const Diagnostic& d, const Sources& sources) {
    const ProblemInfo& info = problem_info(d.problem);
    json out = {{"code", info.code},
                {"name", problem_name(d.problem)},
                {"severity", severity_name(severity_of(d))},
                {"message", d.message}};
    if (!info.falco_code.empty()) out["falco_code"] = info.falco_code;
    if (!d.label.empty()) out["label"] = d.label;
    if (!d.notes.empty()) out["notes"] = d.notes;
    if (!d.help.empty()) out["help"] = d.help;
    if (d.has_place) {
        Place place = sources.place(d.span);
        out["file"] = place.file;
        out["line"] = place.line;
        out["column"] = place.column;
    }
    return out;
}

// Message, label and help as one text.
std::string full_text(const Diagnostic& d) {
    std::string out = d.message;
    for (const std::string& note : d.notes) out += "; " + note;
    if (!d.help.empty()) out += " (help: " + d.help + ")";
    return out;
}

// What SARIF calls a rule.
json as_sarif_kind(Problem problem) {
    const ProblemInfo& info = problem_info(problem);
    json out = {{"id", info.code},
                {"name", problem_name(problem)},
                {"shortDescription", {{"text", info.meaning}}},
                {"help", {{"text", info.mend}}}};
    constexpr std::string_view kDocs = STOOP_DOCS_URL;
    if (!kDocs.empty()) out["helpUri"] = fmt::format("{}/codes.md#{}", kDocs, lower(info.code));
    return out;
}

json as_sarif(const Diagnostic& d, const Sources& sources) {
    json out = {{"ruleId", problem_info(d.problem).code},
                {"level", severity_name(severity_of(d))},
                {"message", {{"text", full_text(d)}}}};
    if (!d.has_place) return out;
    Place place = sources.place(d.span);
    out["locations"] =
        json::array({{{"physicalLocation",
                       {{"artifactLocation", {{"uri", place.file}}},
                        {"region", {{"startLine", place.line}, {"startColumn", place.column}}}}}}});
    return out;
}

}  // namespace

void print_json(const LoadedRules& rules, const RuleCounts& counts) {
    const Compilation& c = *rules.compilation;
    json list = json::array();
    for_each(rules, [&](const Diagnostic& d) { list.push_back(as_json(d, c.sources)); });
    print({{"errors", c.diagnostics.errors() + rules.unreadable.errors()},
           {"warnings", c.diagnostics.warnings()},
           {"rules",
            {{"all", counts.all},
             {"checked", counts.checked()},
             {"disabled", counts.disabled},
             {"skipped", counts.skipped},
             {"unknown_sources", counts.unknown_sources}}},
           {"diagnostics", std::move(list)}});
}

void print_sarif(const LoadedRules& rules) {
    json results = json::array(), kinds = json::array();
    std::set<Problem> seen;
    for_each(rules, [&](const Diagnostic& d) {
        results.push_back(as_sarif(d, rules.compilation->sources));
        if (seen.insert(d.problem).second) kinds.push_back(as_sarif_kind(d.problem));
    });
    json driver = {{"name", "stoop"}, {"version", STOOP_VERSION}, {"rules", std::move(kinds)}};
    print({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
           {"version", "2.1.0"},
           {"runs", json::array({{{"tool", {{"driver", std::move(driver)}}},
                                  {"columnKind", "unicodeCodePoints"},
                                  {"results", std::move(results)}}})}});
}

void print_github(const LoadedRules& rules) {
    for_each(rules, [&](const Diagnostic& d) {
        Severity severity = severity_of(d);
        std::string_view level = severity == Severity::Note ? "notice" : severity_name(severity);
        write_output(d.has_place ? workflow_command(level, rules.compilation->sources.place(d.span),
                                                    std::string(problem_info(d.problem).code), full_text(d))
                                 : workflow_command(level, full_text(d)));
    });
}

}  // namespace stoop::cli
