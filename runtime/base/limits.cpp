// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/limits.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace stoop {
namespace {

constexpr LimitInfo kLimits[] = {
#define STOOP_LIMIT(id, name, unit, value, largest, meaning) {name, LimitUnit::unit, value, largest, meaning},
#include "runtime/base/limits.def"
#undef STOOP_LIMIT
};

}  // namespace

size_t limit_count() { return std::size(kLimits); }
const LimitInfo& limit_info(Limit limit) { return kLimits[static_cast<size_t>(limit)]; }

std::optional<Limit> find_limit(std::string_view name) {
    for (size_t i = 0; i < limit_count(); ++i)
        if (kLimits[i].name == name) return static_cast<Limit>(i);
    return std::nullopt;
}

std::optional<uint64_t> parse_limit_value(std::string_view text) {
    constexpr uint64_t kMost = std::numeric_limits<int64_t>::max();
    constexpr std::string_view kUnits = "KMG";
    unsigned shift = 0;
    if (size_t unit = text.empty() ? kUnits.npos : kUnits.find(text.back()); unit != kUnits.npos) {
        shift = static_cast<unsigned>(10 * (unit + 1));
        text.remove_suffix(1);
    }
    uint64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > kMost >> shift)
        return std::nullopt;
    return value << shift;
}

std::string limit_text(Limit limit, uint64_t value) {
    if (limit_info(limit).unit == LimitUnit::Count) return fmt::format("at most {}", value);
    for (auto [shift, unit] : {std::pair{30, "GiB"}, {20, "MiB"}, {10, "KiB"}})
        if (value != 0 && value % (uint64_t{1} << shift) == 0)
            return fmt::format("at most {} {}", value >> shift, unit);
    return fmt::format("at most {} bytes", value);
}

std::string limit_help(Limit limit, uint64_t value) {
    const LimitInfo& info = limit_info(limit);
    return value < info.largest ? fmt::format("'--limit {}=VALUE' allows more", info.name) : "";
}

Limits::Limits() {
    for (size_t i = 0; i < kCount; ++i) values_[i] = kLimits[i].value;
}

}  // namespace stoop
