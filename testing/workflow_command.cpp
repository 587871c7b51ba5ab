// SPDX-License-Identifier: Apache-2.0
#include "testing/workflow_command.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "runtime/base/printable.h"

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

// GitHub counts paths from the top of the repository, wherever the command runs.
static std::string from_workspace(const std::string& path) {
    namespace fs = std::filesystem;
    const char* workspace = getenv("GITHUB_WORKSPACE");
    if (!workspace || !*workspace) return path;
    std::error_code error;
    std::string out =
        fs::weakly_canonical(path, error).lexically_relative(fs::weakly_canonical(workspace, error)).string();
    return out.empty() || out.starts_with("..") ? path : out;
}

std::string workflow_command(std::string_view level, const Place& place, const std::string& title,
                             const std::string& message) {
    return fmt::format("::{} file={},line={},col={},title={}::{}\n", level,
                       property(from_workspace(place.file)), place.line, place.column, property(title),
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
