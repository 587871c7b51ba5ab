// SPDX-License-Identifier: Apache-2.0
#include "runtime/event/version.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>

namespace stoop {

bool Version::satisfies(const Version& required) const {
    return major == required.major && std::tie(minor, patch) >= std::tie(required.minor, required.patch);
}

std::string Version::text() const { return fmt::format("{}.{}.{}", major, minor, patch); }

std::optional<Version> parse_version(std::string_view text) {
    Version out;
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    for (uint32_t* part : {&out.major, &out.minor, &out.patch}) {
        if (part != &out.major) {
            if (!text.starts_with('.')) return std::nullopt;
            text.remove_prefix(1);
        }
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *part);
        if (error != std::errc()) return std::nullopt;
        text.remove_prefix(static_cast<size_t>(end - text.data()));
    }
    return out;
}

}  // namespace stoop
