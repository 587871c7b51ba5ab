// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/requirements.h"

#include <fmt/format.h>

#include <algorithm>

namespace stoop {

void check_engine_requirement(const YamlItem& item, Version engine) {
    constexpr const char* kKey = "required_engine_version";
    auto text = item.text(kKey);
    if (!text) return;
    Span span = text->span();
    auto required = parse_version(text->text());
    if (auto number = item[kKey].number(); number && !text->text().starts_with('-'))
        required = Version{0, *number, 0};
    if (!required)
        return item.report(item.falco().saying(fmt::format("Unable to parse engine version '{}' as a semver "
                                                           "string. Expected \"x.y.z\" semver format.",
                                                           text->text())),
                           Problem::BadValue, span,
                           fmt::format("'{}' is not an engine version", text->text()), "",
                           "write it as 0.57.0 or, for short, as 57");
    if (!engine.satisfies(*required))
        item.report(
            item.falco().saying(fmt::format("Rules require engine version {}, but engine version is {}",
                                            required->text(), engine.text())),
            Problem::EngineVersion, span,
            fmt::format("these rules need engine version {}, but this is {}", required->text(),
                        engine.text()),
            "", "to load them all the same: --engine-version " + required->text());
}

namespace {

constexpr std::string_view kDigits = "0123456789";

struct Requirement {
    std::string name;
    Version version;
    Span span;
};

// `write it as 0.1.0` of `0.1` and `v0.1`.
std::string version_help(std::string_view written) {
    std::string numbers;
    size_t count = 0;
    for (size_t at = 0; count < 3 && (at = written.find_first_of(kDigits, at)) != written.npos; ++count) {
        size_t end = std::min(written.find_first_not_of(kDigits, at), written.size());
        numbers.append(count == 0 ? "" : ".").append(written.substr(at, end - at));
        at = end;
    }
    if (count == 0) return "write three numbers, such as 0.1.0";
    for (; count < 3; ++count) numbers += ".0";
    return parse_version(numbers) ? "write it as " + numbers : "its numbers are too large";
}

// A mapping of name and version; nothing after a report.
std::optional<Requirement> read_requirement(YamlFile& file, const YamlNode& node, const FalcoContext& falco,
                                            const char* shape) {
    if (!node.IsMap()) {
        file.report(falco.saying(shape), Problem::BadValue, file.span(node),
                    "a required plugin must be a mapping of name and version");
        return std::nullopt;
    }
    YamlItem item(file, node, "a required plugin", falco);
    auto name = item.text("name");
    if (!name) return std::nullopt;
    FalcoContext named = falco;
    named.locations.back().name = name->text();
    item.set_falco(named);
    auto version = item.text("version");
    if (!version) return std::nullopt;
    Span span = version->span();
    auto parsed = parse_version(version->text());
    if (!parsed) {
        item.report(item.falco().saying(fmt::format("Invalid required version '{}' for plugin '{}'",
                                                    version->text(), name->text())),
                    Problem::PluginVersion, span,
                    fmt::format("'{}' is not a version of plugin '{}'", version->text(), name->text()), "",
                    version_help(version->text()));
        return std::nullopt;
    }
    return Requirement{name->text(), *parsed, span};
}

std::string with_version(const std::string& name, const Version& version) {
    return fmt::format("'{}' {}", name, version.text());
}

constexpr size_t kMostNamed = 8;  // plugins in a message

// `'container' 0.7.1, 'okta' (its schema names no version)`
std::string known_plugins(const Schemas& schemas) {
    std::string out;
    size_t named = 0;
    for (const auto& [name, plugin] : schemas.plugins()) {
        if (named++ == kMostNamed) return out + ", ...";
        if (!out.empty()) out += ", ";
        out += plugin.version ? with_version(name, *plugin.version)
                              : fmt::format("'{}' (its schema names no version)", name);
    }
    return out;
}

void report_missing(const YamlItem& item, const FalcoContext& falco,
                    const std::vector<Requirement>& alternatives, const Schemas& schemas) {
    constexpr size_t kMostWanted = 10;
    std::string wanted, falco_wanted;
    for (size_t i = 0; i < alternatives.size(); ++i) {
        const Requirement& r = alternatives[i];
        if (i < kMostWanted) wanted += (i == 0 ? "" : ", ") + with_version(r.name, r.version);
        falco_wanted += fmt::format("{}{} (>= {})", i == 0 ? "" : ", ", r.name, r.version.text());
    }
    if (alternatives.size() > kMostWanted)
        wanted += fmt::format(" and {} more", alternatives.size() - kMostWanted);
    item.report(
        falco.saying("Plugin requirement not satisfied, must load one of: " + falco_wanted),
        Problem::PluginMissing, alternatives[0].span,
        alternatives.size() == 1
            ? fmt::format("these rules need plugin {}, which no schema describes", wanted)
            : fmt::format("these rules need one of the plugins {}; no schema describes any of them", wanted),
        "",
        fmt::format(
            "describe it with '--schema FILE', where FILE has \"plugin\": \"{}\" (docs/schemas.md); known "
            "are {}",
            alternatives[0].name, known_plugins(schemas)));
}

// The schema is of another version than the rules need.
void report_unfit(const YamlItem& item, const FalcoContext& falco, const Requirement& wanted,
                  const Plugin& plugin, bool chosen) {
    const Version& have = *plugin.version;
    bool other_major = have.major != wanted.version.major;
    std::string message =
        other_major
            ? fmt::format(
                  "these rules need version {}.x of plugin '{}', and its schema is of {}: another major "
                  "version is not compatible",
                  wanted.version.major, wanted.name, have.text())
            : fmt::format("these rules need plugin '{}' in version {} or later, but its schema is of {}",
                          wanted.name, wanted.version.text(), have.text());
    std::string help = other_major && have > wanted.version
                           ? "take rules that were written for this version, or an older schema"
                           : "take a schema that describes such a version of the plugin";
    if (chosen) help += "; of several plugins the first that is known decides, as in Falco";
    item.report(falco.saying(fmt::format("Plugin '{}' version '{}' is not compatible with required plugin "
                                         "version '{}'",
                                         wanted.name, have.text(), wanted.version.text())),
                Problem::PluginMissing, wanted.span, message, "", help);
}

// The first alternative that names a plugin that is there decides.
void check_alternatives(const YamlItem& item, const FalcoContext& falco,
                        const std::vector<Requirement>& alternatives, const Schemas& schemas) {
    std::set<std::string_view> names;
    for (const Requirement& alternative : alternatives)
        if (!names.insert(alternative.name).second)
            return item.report(
                falco.saying(fmt::format("Defined multiple alternative version requirements for plugin '{}'",
                                         alternative.name)),
                Problem::PluginVersion, alternative.span,
                fmt::format("plugin '{}' is required in two versions", alternative.name));
    for (const Requirement& wanted : alternatives) {
        auto known = schemas.plugins().find(wanted.name);
        if (known == schemas.plugins().end()) continue;
        const Plugin& plugin = known->second;
        if (!plugin.version)
            return item.report(
                falco, Problem::PluginVersionUnknown, wanted.span,
                fmt::format(
                    "these rules need plugin '{}' in version {}; its schema names no version and is taken "
                    "to fit",
                    wanted.name, wanted.version.text()),
                "",
                fmt::format("say in the schema which version it describes: \"version\": \"{}\"",
                            wanted.version.text()));
        if (!plugin.version->satisfies(wanted.version))
            report_unfit(item, falco, wanted, plugin, alternatives.size() > 1);
        return;
    }
    report_missing(item, falco, alternatives, schemas);
}

// The plugins that a list of requirements names, whatever is wrong with it.
void add_names(const YamlNode& list, std::set<std::string>& out) {
    if (!list.IsSequence()) return;
    for (const YamlNode& node : list) {
        if (!node.IsMap()) continue;
        if (node["name"].IsScalar()) out.insert(node["name"].Scalar());
        add_names(node["alternatives"], out);
    }
}

}  // namespace

std::set<std::string> check_plugin_requirements(const YamlItem& item, const Schemas& schemas) {
    std::set<std::string> out;
    constexpr const char* kKey = "required_plugin_versions";
    YamlFile& file = item.file();
    YamlNode list = item[kKey];
    add_names(list, out);
    FalcoContext falco = FalcoContext().in("required plugin versions", "", file.span(list.Mark()));
    if (!list.IsSequence()) {
        item.report(falco.saying("Value of required_plugin_versions must be a sequence"), Problem::BadValue,
                    list.IsNull() ? item.span_of_key(kKey) : file.span(list),
                    "required_plugin_versions must be a list");
        return out;
    }
    for (const YamlNode& node : list) {
        FalcoContext entry = falco.in("required plugin versions entry", "", file.span(node.Mark()));
        auto first = read_requirement(file, node, entry, "Plugin version must be a mapping");
        if (!first) return out;
        entry.locations.back().name = first->name;
        std::vector<Requirement> alternatives{*first};
        if (YamlNode more = node["alternatives"]; more.IsDefined()) {
            if (!more.IsSequence()) {
                item.report(entry.saying("Value of plugin version alternatives must be a sequence"),
                            Problem::BadValue, file.span(more),
                            "the alternatives of a required plugin must be a list");
                return out;
            }
            for (const YamlNode& alternative : more) {
                auto requirement = read_requirement(
                    file, alternative,
                    entry.in("required plugin versions alternative", "", file.span(alternative.Mark())),
                    "Plugin version alternative must be a mapping");
                if (!requirement) return out;
                alternatives.push_back(*requirement);
            }
        }
        check_alternatives(item, entry, alternatives, schemas);
    }
    return out;
}

}  // namespace stoop
