// SPDX-License-Identifier: Apache-2.0
// The rules, macros and lists of the rule files that Falco publishes.
#pragma once

#include <string_view>

namespace stoop {

struct PublishedName {
    std::string_view name, kind, file;
};
inline constexpr PublishedName kPublished[] = {
#define STOOP_UPSTREAM_NAME(name, kind, file) {name, kind, file},
#include "compiler/semantics/upstream_names.def"
#undef STOOP_UPSTREAM_NAME
};

}  // namespace stoop
