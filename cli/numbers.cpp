// SPDX-License-Identifier: Apache-2.0
#include "cli/numbers.h"

#include <fmt/format.h>

#include <charconv>

namespace stoop::cli {
namespace {

bool starts_with_digit(std::string_view text) { return !text.empty() && text[0] >= '0' && text[0] <= '9'; }

template <typename Number>
std::optional<Number> all_of(std::string_view text, auto... format) {
    Number out{};
    const char* behind = text.data() + text.size();
    auto [end, error] = std::from_chars(text.data(), behind, out, format...);
    if (error != std::errc() || end != behind) return std::nullopt;
    return out;
}

}  // namespace

std::optional<double> decimal(std::string_view text) {
    if (!starts_with_digit(text)) return std::nullopt;
    return all_of<double>(text, std::chars_format::fixed);
}

CLI::Validator whole_number(uint64_t least, uint64_t most) {
    return CLI::Validator(
        [=](const std::string& text) {
            bool octal = text.size() > 1 && text[0] == '0';
            auto value = starts_with_digit(text) && !octal ? all_of<uint64_t>(text) : std::nullopt;
            if (value && *value >= least && *value <= most) return std::string();
            return fmt::format("'{}' is not a whole number from {} to {}", text, least, most);
        },
        "");
}

CLI::Validator percent() {
    return CLI::Validator(
        [](const std::string& text) {
            auto value = decimal(text);
            if (value && *value <= 100) return std::string();
            return fmt::format("'{}' is not a percentage from 0 to 100", text);
        },
        "");
}

}  // namespace stoop::cli
