// SPDX-License-Identifier: Apache-2.0
// Which Stoop this is.
#pragma once

#include <string>

namespace stoop::cli {

std::string version_number();  // `0.1.0`

// For --version: the number and the commit, the version of Falco's engine whose rules load, what makes native
// code.
std::string version_text();

}  // namespace stoop::cli
