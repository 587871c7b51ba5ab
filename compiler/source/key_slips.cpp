// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/key_slips.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "runtime/base/ascii.h"
#include "runtime/base/nearest.h"
#include "runtime/program/priority.h"

namespace stoop {
namespace {

struct Row {
    std::string_view written, meant;
};
constexpr Row kKeys[] = {
    {"name", "rule"},
    {"title", "rule"},
    {"id", "rule"},
    {"description", "desc"},
    {"descr", "desc"},
    {"summary", "desc"},
    {"severity", "priority"},
    {"level", "priority"},
    {"prio", "priority"},
    {"cond", "condition"},
    {"filter", "condition"},
    {"expr", "condition"},
    {"expression", "condition"},
    {"query", "condition"},
    {"when", "condition"},
    {"if", "condition"},
    {"message", "output"},
    {"msg", "output"},
    {"text", "output"},
    {"alert", "output"},
    {"disabled", "enabled"},
    {"disable", "enabled"},
    {"enable", "enabled"},
    {"active", "enabled"},
    {"values", "items"},
    {"elements", "items"},
    {"entries", "items"},
    {"members", "items"},
    {"labels", "tags"},
    {"tag", "tags"},
    {"type", "source"},
    {"exception", "exceptions"},
    {"exclusions", "exceptions"},
    {"allow", "exceptions"},
    {"overrides", "override"},
};
constexpr Row kPriorities[] = {
    {"warn", "WARNING"},    {"err", "ERROR"},      {"crit", "CRITICAL"},    {"emerg", "EMERGENCY"},
    {"panic", "EMERGENCY"}, {"fatal", "CRITICAL"}, {"information", "INFO"}, {"trace", "DEBUG"},
};

}  // namespace

std::string meant_key(std::string_view key, std::span<const std::string_view> known) {
    std::string plain = lower(key);
    for (const Row& row : kKeys)
        if (row.written == plain && std::find(known.begin(), known.end(), row.meant) != known.end())
            return std::string(row.meant);
    return nearest(key, std::vector<std::string_view>(known.begin(), known.end()));
}

std::string help_for_priority(std::string_view word) {
    std::string plain = lower(word), meant;
    for (const Row& row : kPriorities)
        if (row.written == plain) meant = row.meant;
    std::vector<std::string> names;
    for (uint8_t i = 0; i <= static_cast<uint8_t>(Priority::Debug); ++i)
        names.push_back(upper(priority_name(static_cast<Priority>(i))));
    if (meant.empty()) meant = nearest(plain, names, [](const std::string& name) { return name; });
    return fmt::format(
        "{}priorities are EMERGENCY, ALERT, CRITICAL, ERROR, WARNING, NOTICE, INFORMATIONAL (or "
        "INFO) and DEBUG",
        meant.empty() ? "" : fmt::format("did you mean {}? ", meant));
}

}  // namespace stoop
