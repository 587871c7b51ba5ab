// SPDX-License-Identifier: Apache-2.0
// The rules, macros and lists of the rule files that Falco publishes.
#pragma once

#include <span>
#include <string_view>

namespace stoop {

struct PublishedName {
    std::string_view name, kind, file;
};
std::span<const PublishedName> published_names();

// Null if no published file defines it. Takes a look into a hash table.
const PublishedName* find_published(std::string_view kind, std::string_view name);

}  // namespace stoop
