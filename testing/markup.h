// SPDX-License-Identifier: Apache-2.0
// Text within XML and HTML.
#pragma once

#include <string>
#include <string_view>

namespace stoop {

// What stands in elements and attributes: the signs of the language escaped. What XML forbids must be gone
// (runtime/base/printable).
std::string markup_text(std::string_view text);

}  // namespace stoop
