#include "cli/diagnostic_formats.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

namespace stoop::cli {
namespace {

using nlohmann::json;

template <typename Visit>
void for_each(const LoadedRules& rules, Visit&& visit) {
    for (const Diagnostic& d : rules.unreadable.all()) visit(d);
    for (const Diagnostic& d : rules.compilation->diagnostics.by_place()) visit(d);
}

void print(const json& document) {
    fmt::print("{}\n", document.dump(2, ' ', false, json::error_handler_t::replace));
}

json as_json(const Diagnostic& d, const Sources& sources) {
    const ProblemInfo& info = problem_info(d.problem);
    json out = {{"code", info.code},
                {"name", problem_name(d.problem)},
                {"severity", severity_name(info.severity)},
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

json as_sarif(const Diagnostic& d, const Sources& sources) {
    json out = {{"ruleId", problem_info(d.problem).code},
                {"level", severity_name(problem_info(d.problem).severity)},
                {"message", {{"text", full_text(d)}}}};
    if (!d.has_place) return out;
    Place place = sources.place(d.span);
    out["locations"] =
        json::array({{{"physicalLocation",
                       {{"artifactLocation", {{"uri", place.file}}},
                        {"region", {{"startLine", place.line}, {"startColumn", place.column}}}}}}});
    return out;
}

// What would end a workflow command, or one of its properties, is written as a percent code.
std::string escaped(const std::string& raw, bool property) {
    // What is not UTF-8 is replaced, as in the other formats.
    auto text =
        json::parse(json(raw).dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
    std::string out;
    for (char c : text) {
        bool code = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
        out += code ? fmt::format("%{:02X}", static_cast<unsigned>(c)) : std::string(1, c);
    }
    return out;
}

}  // namespace

void print_json(const LoadedRules& rules) {
    const Compilation& c = *rules.compilation;
    json list = json::array();
    for_each(rules, [&](const Diagnostic& d) { list.push_back(as_json(d, c.sources)); });
    print({{"errors", c.diagnostics.errors() + rules.unreadable.errors()},
           {"warnings", c.diagnostics.warnings()},
           {"diagnostics", std::move(list)}});
}

void print_sarif(const LoadedRules& rules) {
    json results = json::array(), kinds = json::array();
    std::set<Problem> seen;
    for_each(rules, [&](const Diagnostic& d) {
        results.push_back(as_sarif(d, rules.compilation->sources));
        if (!seen.insert(d.problem).second) return;
        const ProblemInfo& info = problem_info(d.problem);
        kinds.push_back({{"id", info.code},
                         {"name", problem_name(d.problem)},
                         {"shortDescription", {{"text", info.meaning}}}});
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
        std::string where;
        if (d.has_place) {
            Place place = rules.compilation->sources.place(d.span);
            where = fmt::format(" file={},line={},col={},title={}", escaped(place.file, true), place.line,
                                place.column, problem_info(d.problem).code);
        }
        Severity severity = problem_info(d.problem).severity;
        fmt::print("::{}{}::{}\n", severity == Severity::Note ? "notice" : severity_name(severity), where,
                   escaped(full_text(d), false));
    });
}

}  // namespace stoop::cli
