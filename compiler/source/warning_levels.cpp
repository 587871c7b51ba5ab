// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/warning_levels.h"

namespace stoop {
namespace {

bool has_level(Problem problem) { return problem_info(problem).severity != Severity::Error; }

}  // namespace

std::vector<std::string> warning_names() {
    std::vector<std::string> out;
    for (size_t i = 0; i < problem_count(); ++i)
        if (has_level(static_cast<Problem>(i))) out.push_back(problem_name(static_cast<Problem>(i)));
    return out;
}

std::optional<Problem> find_warning(std::string_view name) {
    for (size_t i = 0; i < problem_count(); ++i)
        if (auto problem = static_cast<Problem>(i); has_level(problem) && problem_name(problem) == name)
            return problem;
    return std::nullopt;
}

bool set_level(Problem problem, std::string_view word, WarningLevels& levels) {
    if (word == "off") {
        levels[problem] = std::nullopt;
        return true;
    }
    for (Severity severity : {Severity::Error, Severity::Warning, Severity::Note})
        if (severity_name(severity) == word) {
            levels[problem] = severity;
            return true;
        }
    return false;
}

}  // namespace stoop
