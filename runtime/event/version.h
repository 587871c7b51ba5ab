// SPDX-License-Identifier: Apache-2.0
// Versions of Falco's engine and of plugins.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stoop {

struct Version {
    uint32_t major = 0, minor = 0, patch = 0;

    // Same major, and not older.
    bool satisfies(const Version& required) const;
    std::string text() const;
    auto operator<=>(const Version&) const = default;
};

// `D.D.D` at the beginning, whatever follows.
std::optional<Version> parse_version(std::string_view text);

}  // namespace stoop
