// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/field_synonyms.h"

#include <fmt/format.h>

#include "runtime/base/ascii.h"

namespace stoop {
namespace {

struct Row {
    std::string_view written, meant;
};
constexpr Row kRows[] = {
#define STOOP_FIELD_SYNONYM(written, meant) {written, meant},
#include "compiler/semantics/field_synonyms.def"
#undef STOOP_FIELD_SYNONYM
};

struct PluginFields {
    std::string_view prefix, plugin, source;  // of the plugin's events; empty if it has none
};
constexpr PluginFields kPlugins[] = {
    {"ka.", "k8saudit", "k8s_audit"},
    {"ct.", "cloudtrail", "aws_cloudtrail"},
    {"okta.", "okta", "okta"},
    {"github.", "github", "github"},
    {"gcp.", "gcpaudit", "gcp_auditlog"},
    {"json.", "json", ""},
    {"jevt.", "json", ""},
    {"k8smeta.", "k8smeta", ""},
};

std::string find(std::string_view name, const Schema& schema) {
    for (const Row& row : kRows)
        if (row.written == name && schema.knows(row.meant)) return std::string(row.meant);
    return "";
}

}  // namespace

std::string synonym_of_field(std::string_view name, const Schema& schema) {
    constexpr size_t kLongest = 128;
    std::string plain = lower(name.substr(0, name.find('[')));
    if (plain.size() > kLongest) return "";
    if (std::string meant = find(plain, schema); !meant.empty()) return meant;
    if (plain.starts_with("not") && schema.exact(plain.substr(3))) return "not " + plain.substr(3);
    for (size_t at = plain.find('_'); at != plain.npos; at = plain.find('_', at + 1)) {
        std::string dotted = plain;
        dotted[at] = '.';
        if (const Field* field = schema.exact(dotted); field && !field->hidden) return dotted;
        if (std::string meant = find(dotted, schema); !meant.empty()) return meant;
    }
    return "";
}

std::string plugin_of_field(std::string_view name, const Schema& schema) {
    for (const PluginFields& row : kPlugins) {
        if (!name.starts_with(row.prefix) || schema.is_prefix(row.prefix.substr(0, row.prefix.size() - 1)))
            continue;
        std::string out =
            fmt::format("'{}' is a field of the plugin {}", name.substr(0, name.find('[')), row.plugin);
        if (!row.source.empty() && schema.source() != row.source)
            out += fmt::format("; a rule for it says 'source: {}'", row.source);
        return out + "; '--schema FILE' describes the plugin's fields (docs/schemas.md)";
    }
    return "";
}

std::vector<std::string_view> sources_of_plugins() {
    std::vector<std::string_view> out;
    for (const PluginFields& row : kPlugins)
        if (!row.source.empty()) out.push_back(row.source);
    return out;
}

}  // namespace stoop
