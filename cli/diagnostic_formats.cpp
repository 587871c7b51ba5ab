// SPDX-License-Identifier: Apache-2.0
#include "cli/diagnostic_formats.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/message.h"
#include "compiler/project/project.h"
#include "runtime/base/ascii.h"
#include "testing/workflow_command.h"
#include "testing/workspace_path.h"

namespace stoop::cli {
namespace {

using nlohmann::json;

std::string dumped(const json& document) {
    return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

// What SARIF calls a rule.
json as_sarif_kind(Problem problem) {
    const ProblemInfo& info = problem_info(problem);
    json out = {{"id", info.code},
                {"name", problem_name(problem)},
                {"shortDescription", {{"text", info.meaning}}},
                {"help", {{"text", info.mend}, {"markdown", info.mend}}},
                {"defaultConfiguration", {{"level", severity_name(info.severity)}}}};
    constexpr std::string_view kDocs = STOOP_DOCS_URL;
    if (!kDocs.empty()) out["helpUri"] = fmt::format("{}/codes.md#{}", kDocs, lower(info.code));
    return out;
}

// A path as a relative reference, or as a URI of its own if it is absolute (RFC 3986).
std::string file_uri(const std::string& path) {
    constexpr std::string_view kPlain = "-._~/!$&'()*+,;=@";
    std::string out = path.starts_with('/') ? "file://" : "";
    for (char c : path) {
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     kPlain.find(c) != kPlain.npos;
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

json physical_location(const Sources& sources, Span span) {
    const SourceFile& file = sources.file(span.file);
    auto begin = file.position(span.begin), end = file.position(std::max(span.end, span.begin));
    bool empty = end.line == begin.line && end.column <= begin.column;
    return {{"artifactLocation", {{"uri", file_uri(workspace_path(file.name()))}}},
            {"region",
             {{"startLine", begin.line},
              {"startColumn", begin.column},
              {"endLine", end.line},
              {"endColumn", empty ? begin.column + 1 : end.column}}}};
}

json as_sarif(const ReportedProblem& problem) {
    const Diagnostic& d = problem.diagnostic;
    json out = {
        {"ruleId", problem.code()}, {"level", problem.level()}, {"message", {{"text", full_text(d)}}}};
    if (!d.has_place) return out;
    out["locations"] = json::array({{{"physicalLocation", physical_location(*problem.sources, d.span)}}});
    for (const Note& note : d.notes)
        if (note.where)
            out["relatedLocations"].push_back(
                {{"physicalLocation", physical_location(*problem.sources, *note.where)},
                 {"message", {{"text", note.text}}}});
    return out;
}

// FNV-1a, 64 bits: the same on every machine, and nothing more is asked of it.
uint64_t stable_hash(std::string_view text) {
    uint64_t out = 0xcbf29ce484222325;
    for (unsigned char c : text) out = (out ^ c) * 0x100000001b3;
    return out;
}

}  // namespace

void print_json(const Problems& problems, size_t errors, size_t warnings, const RuleCounts& counts) {
    json list = json::array();
    for (const ReportedProblem& problem : problems) list.push_back(as_json(problem));
    write_output(dumped({{"errors", errors},
                         {"warnings", warnings},
                         {"rules",
                          {{"all", counts.all},
                           {"checked", counts.checked()},
                           {"disabled", counts.disabled},
                           {"skipped", counts.skipped},
                           {"unknown_sources", counts.unknown_sources}}},
                         {"diagnostics", std::move(list)}}));
}

void print_sarif(const Problems& problems) {
    json results = json::array(), kinds = json::array();
    std::set<Problem> seen;
    for (const ReportedProblem& problem : problems) {
        results.push_back(as_sarif(problem));
        if (seen.insert(problem.diagnostic.problem).second)
            kinds.push_back(as_sarif_kind(problem.diagnostic.problem));
    }
    json driver = {{"name", "stoop"}, {"version", STOOP_VERSION}, {"rules", std::move(kinds)}};
    write_output(dumped({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                         {"version", "2.1.0"},
                         {"runs", json::array({{{"tool", {{"driver", std::move(driver)}}},
                                                {"columnKind", "unicodeCodePoints"},
                                                {"results", std::move(results)}}})}}));
}

void print_github(const Problems& problems) {
    for (const ReportedProblem& problem : problems) write_output(workflow_command(problem));
}

std::string codequality_document(const std::vector<QualityIssue>& issues) {
    json out = json::array();
    std::map<std::string, size_t> seen;
    for (const QualityIssue& issue : issues) {
        std::string file = workspace_path(issue.place ? issue.place->file : kProjectFileName);
        // The line is left out, so that a problem is known again when lines before it come or go.
        std::string what = fmt::format("{}\n{}\n{}", issue.check, file, issue.text);
        uint64_t fingerprint = stable_hash(fmt::format("{}\n{}", what, seen[what]++));
        std::string_view severity = issue.severity == Severity::Error     ? "major"
                                    : issue.severity == Severity::Warning ? "minor"
                                                                          : "info";
        out.push_back(
            {{"description", issue.text},
             {"check_name", issue.check},
             {"fingerprint", fmt::format("{:016x}", fingerprint)},
             {"severity", severity},
             {"location", {{"path", file}, {"lines", {{"begin", issue.place ? issue.place->line : 1}}}}}});
    }
    return dumped(out);
}

void print_codequality(const Problems& problems) {
    std::vector<QualityIssue> issues;
    for (const ReportedProblem& problem : problems) {
        const Diagnostic& d = problem.diagnostic;
        issues.push_back({problem_name(d.problem), full_text(d), severity_of(d),
                          d.has_place ? std::optional(problem.place()) : std::nullopt});
    }
    write_output(codequality_document(issues));
}

}  // namespace stoop::cli
