// SPDX-License-Identifier: Apache-2.0
#include "testing/reported_problem.h"

#include <fmt/format.h>

#include <algorithm>

namespace stoop {
namespace {

bool same(const ReportedProblem& a, const ReportedProblem& b) {
    const Diagnostic &x = a.diagnostic, &y = b.diagnostic;
    if (x.problem != y.problem || x.message != y.message || x.has_place != y.has_place) return false;
    if (!x.has_place) return true;
    Place p = a.place(), q = b.place();
    return p.file == q.file && p.line == q.line && p.column == q.column;
}

}  // namespace

void add_problems(const Diagnostics& found, const Sources& sources, std::vector<ReportedProblem>& out) {
    auto known = static_cast<ptrdiff_t>(out.size());
    for (Diagnostic& d : found.by_place()) {
        ReportedProblem one{std::move(d), &sources};
        if (std::none_of(out.begin(), out.begin() + known,
                         [&](const auto& other) { return same(one, other); }))
            out.push_back(std::move(one));
    }
}

nlohmann::json as_json(const ReportedProblem& problem) {
    const Diagnostic& d = problem.diagnostic;
    const ProblemInfo& info = problem_info(d.problem);
    nlohmann::json out = {{"code", info.code},
                          {"name", problem_name(d.problem)},
                          {"severity", problem.level()},
                          {"message", d.message}};
    if (!info.falco_code.empty()) out["falco_code"] = info.falco_code;
    if (!d.label.empty()) out["label"] = d.label;
    for (const Note& note : d.notes) out["notes"].push_back(note.text);
    if (!d.help.empty()) out["help"] = d.help;
    if (d.has_place) {
        Place place = problem.place();
        out["file"] = place.file;
        out["line"] = place.line;
        out["column"] = place.column;
    }
    return out;
}

std::string full_text(const Diagnostic& d) {
    std::string out = d.message;
    for (const Note& note : d.notes) out += "; " + note.text;
    if (!d.help.empty()) out += " (help: " + d.help + ")";
    return out;
}

std::string placed_text(const ReportedProblem& problem) {
    std::string text = full_text(problem.diagnostic);
    if (!problem.diagnostic.has_place) return text;
    Place place = problem.place();
    return fmt::format("{}:{}:{}: {}", place.file, place.line, place.column, text);
}

}  // namespace stoop
