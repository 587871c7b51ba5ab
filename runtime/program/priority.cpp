// SPDX-License-Identifier: Apache-2.0
#include "runtime/program/priority.h"

#include <cstddef>

namespace stoop {

std::string_view priority_name(Priority priority) {
    constexpr std::string_view kNames[] = {"Emergency", "Alert",  "Critical",      "Error",
                                           "Warning",   "Notice", "Informational", "Debug"};
    return kNames[static_cast<size_t>(priority)];
}

}  // namespace stoop
