// SPDX-License-Identifier: Apache-2.0
// What to say of a file that is not there: the name in its folder that is nearest to its own.
#pragma once

#include <string>

namespace stoop {

std::string help_for_missing_file(const std::string& path);

}  // namespace stoop
