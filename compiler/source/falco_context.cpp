// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/falco_context.h"

#include <algorithm>

namespace stoop {

FalcoLines::FalcoLines(std::string_view counted) : begins_{0} {
    for (size_t at = 0; (at = counted.find_first_of("\n\r", at)) != counted.npos;)
        begins_.push_back(static_cast<uint32_t>(++at));
}

FalcoExpression FalcoLines::place(std::shared_ptr<const std::string> text, uint32_t at) const {
    auto next = std::upper_bound(begins_.begin(), begins_.end(), at);
    return {std::move(text), static_cast<uint32_t>(next - begins_.begin()), at - *(next - 1) + 1, at};
}

}  // namespace stoop
