// SPDX-License-Identifier: Apache-2.0
#include "testing/workflow_command.h"

#include <fmt/format.h>

#include "runtime/base/printable.h"
#include "testing/workspace_path.h"

namespace stoop {

// What would end a workflow command, or one of its properties, is written as a percent code.
static std::string escaped(std::string_view text, std::string_view special) {
    std::string out;
    for (char c : text)
        out += special.find(c) == special.npos ? std::string(1, c)
                                               : fmt::format("%{:02X}", static_cast<unsigned>(c));
    return out;
}

static std::string property(const std::string& text) { return escaped(printable(text), "%:,"); }

// Of lines.
static std::string data(const std::string& text) { return escaped(printable_lines(text), "%\n"); }

std::string workflow_command(std::string_view level, const Place& place, const std::string& title,
                             const std::string& message) {
    return fmt::format("::{} file={},line={},col={},title={}::{}\n", level,
                       property(workspace_path(place.file)), place.line, place.column, property(title),
                       data(message));
}

std::string workflow_command(std::string_view level, const std::string& message) {
    return fmt::format("::{}::{}\n", level, data(message));
}

std::string workflow_command(const ReportedProblem& problem) {
    std::string_view level = problem.level() == "note" ? "notice" : problem.level();
    std::string text = full_text(problem.diagnostic);
    return problem.diagnostic.has_place
               ? workflow_command(level, problem.place(), std::string(problem.code()), text)
               : workflow_command(level, text);
}

}  // namespace stoop
