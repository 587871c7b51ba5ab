// SPDX-License-Identifier: Apache-2.0
// Diagnostics as programs read them: an object of JSON, one line, a place with its end.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/source/diagnostic.h"

namespace stoop {

// One, with the files that it is about.
struct ReportedProblem {
    Diagnostic diagnostic;
    const Sources* sources = nullptr;

    std::string_view code() const { return problem_info(diagnostic.problem).code; }
    std::string_view level() const { return severity_name(severity_of(diagnostic)); }
    // Only of those that have a place.
    Place place() const { return sources->place(diagnostic.span); }
};

// Those of `found`, by place, that are not yet among `out`: rule sets share files.
void add_problems(const Diagnostics& found, const Sources& sources, std::vector<ReportedProblem>& out);

nlohmann::json as_json(const ReportedProblem& problem);
// Message, notes and help as one text.
std::string full_text(const Diagnostic& diagnostic);
// The same behind the place: `FILE:LINE:COLUMN: `.
std::string placed_text(const ReportedProblem& problem);

}  // namespace stoop
