// SPDX-License-Identifier: Apache-2.0
// Annotations of a GitHub workflow: lines that its runner reads from a step's output.
#pragma once

#include <string>

#include "runtime/program/program.h"
#include "testing/reported_problem.h"

namespace stoop {

// `level` is error, warning or notice; `title` may be empty.
std::string workflow_command(std::string_view level, const Place& place, const std::string& title,
                             const std::string& message);
// Without a place.
std::string workflow_command(std::string_view level, const std::string& message);
std::string workflow_command(const ReportedProblem& problem);

}  // namespace stoop
