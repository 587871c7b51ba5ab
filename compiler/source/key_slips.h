// SPDX-License-Identifier: Apache-2.0
// Keys of rule files as other tools and habit call them: `description`, `severity`, `disabled`.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace stoop {

// The key that was meant by one that is not known: of nearly this name, or another word for it. Empty if that
// is not known. `known` are the keys of the item.
std::string meant_key(std::string_view key, std::span<const std::string_view> known);

inline constexpr const char* kNoMergeKey = "Falco does not read YAML's merge key '<<': write the keys out";

// What was meant by a word that is no priority, for the end of a message.
std::string help_for_priority(std::string_view word);

}  // namespace stoop
