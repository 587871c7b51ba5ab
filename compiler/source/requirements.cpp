#include "compiler/source/requirements.h"

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

struct Requirement {
    std::string name;
    Version version;
    Span span;
};

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
        item.report(item.falco(), Problem::PluginVersion, span,
                    fmt::format("'{}' is not a version of plugin '{}'", version->text(), name->text()), "",
                    "write it as 0.4.0");
        return std::nullopt;
    }
    return Requirement{name->text(), *parsed, span};
}

// The first alternative that names a plugin that is there decides.
void check_alternatives(const YamlItem& item, const FalcoContext& falco,
                        const std::vector<Requirement>& alternatives) {
    std::set<std::string_view> names;
    for (const Requirement& alternative : alternatives)
        if (!names.insert(alternative.name).second)
            return item.report(falco, Problem::PluginVersion, alternative.span,
                               fmt::format("plugin '{}' is required in two versions", alternative.name));
    auto known = std::find_if(alternatives.begin(), alternatives.end(),
                              [](const Requirement& r) { return r.name == kContainerPlugin; });
    if (known == alternatives.end())
        return item.report(
            falco, Problem::PluginMissing, alternatives[0].span,
            fmt::format("these rules need plugin '{}', whose fields are not known", alternatives[0].name), "",
            fmt::format("known plugins: {} {}", kContainerPlugin, kContainerPluginVersion.text()));
    if (!kContainerPluginVersion.satisfies(known->version))
        item.report(falco, Problem::PluginMissing, known->span,
                    fmt::format("these rules need plugin '{}' in version {}, but the known one is {}",
                                known->name, known->version.text(), kContainerPluginVersion.text()));
}

}  // namespace

std::set<std::string> check_plugin_requirements(const YamlItem& item) {
    std::set<std::string> out;
    constexpr const char* kKey = "required_plugin_versions";
    YamlFile& file = item.file();
    YamlNode list = item[kKey];
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
        check_alternatives(item, entry, alternatives);
        for (const Requirement& requirement : alternatives) out.insert(requirement.name);
    }
    return out;
}

}  // namespace stoop
