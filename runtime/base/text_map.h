// SPDX-License-Identifier: Apache-2.0
// Hash tables by text. They are looked up without making a std::string, and their hash has a key of its own
// in each process: names come from outside, and nobody outside can choose many that fall together.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "runtime/base/text_hash.h"

namespace stoop {

struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return hash_text(text); }
};

// The order of the entries differs from run to run.
template <typename Mapped>
using TextMap = std::unordered_map<std::string, Mapped, TextHash, std::equal_to<>>;
using TextSet = std::unordered_set<std::string, TextHash, std::equal_to<>>;

// The same of texts that outlive the table.
template <typename Mapped>
using TextViewMap = std::unordered_map<std::string_view, Mapped, TextHash, std::equal_to<>>;
using TextViewSet = std::unordered_set<std::string_view, TextHash, std::equal_to<>>;

}  // namespace stoop
