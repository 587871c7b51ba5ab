// SPDX-License-Identifier: Apache-2.0
// Warnings and notes by name, and the words for their levels: of the option -W and of project files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/diagnostic.h"

namespace stoop {

std::vector<std::string> warning_names();
std::optional<Problem> find_warning(std::string_view name);

// Sets a level by its word: off, note, warning or error. False if it is none.
bool set_level(Problem problem, std::string_view word, WarningLevels& levels);

}  // namespace stoop
