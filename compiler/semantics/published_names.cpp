// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/published_names.h"

#include <unordered_map>

namespace stoop {
namespace {

constexpr PublishedName kPublished[] = {
#define STOOP_UPSTREAM_NAME(name, kind, file) {name, kind, file},
#include "compiler/semantics/upstream_names.def"
#undef STOOP_UPSTREAM_NAME
};

}  // namespace

std::span<const PublishedName> published_names() { return kPublished; }

const PublishedName* find_published(std::string_view kind, std::string_view name) {
    static const auto by_name = [] {
        std::unordered_multimap<std::string_view, const PublishedName*> out;
        for (const PublishedName& one : kPublished) out.emplace(one.name, &one);
        return out;
    }();
    auto [begin, end] = by_name.equal_range(name);
    for (auto at = begin; at != end; ++at)
        if (at->second->kind == kind) return at->second;
    return nullptr;
}

}  // namespace stoop
