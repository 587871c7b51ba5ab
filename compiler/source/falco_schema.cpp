// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/falco_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <sstream>
#include <string_view>

#include "compiler/source/yaml_node.h"

namespace stoop {
namespace {

struct Property;

// What a value must be. Falco's validator takes a scalar for a flag or a number if its text reads as one.
struct Shape {
    enum class Kind : uint8_t { Anything, Text, Flag, Integer, Word, Choice, List, Object };

    Kind kind = Kind::Anything;
    std::span<const std::string_view> choices{};   // Choice
    const Shape* element = nullptr;                // List
    std::span<const Property> properties{};        // Object; in the order of their names
    std::span<const std::string_view> required{};  // Object
    size_t least = 0;                              // Object: how many properties
};

struct Property {
    std::string_view name;
    const Shape* shape;
};

using Kind = Shape::Kind;

constexpr Shape kAnything;
constexpr Shape kText{Kind::Text};
constexpr Shape kFlag{Kind::Flag};
constexpr Shape kInteger{Kind::Integer};
constexpr Shape kWord{Kind::Word};

constexpr std::array<std::string_view, 9> kPriorityNames = {
    "EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "INFORMATIONAL", "DEBUG"};
constexpr Shape kPriority{Kind::Choice, kPriorityNames};
constexpr std::array<std::string_view, 2> kChanges = {"append", "replace"};
constexpr Shape kChange{Kind::Choice, kChanges};

constexpr std::array<std::string_view, 2> kNameAndVersion = {"name", "version"};
constexpr Property kAlternativeKeys[] = {{"name", &kText}, {"version", &kText}};
constexpr Shape kAlternative{Kind::Object, {}, nullptr, kAlternativeKeys, kNameAndVersion};
constexpr Shape kAlternatives{Kind::List, {}, &kAlternative};
constexpr Property kPluginKeys[] = {{"alternatives", &kAlternatives}, {"name", &kText}, {"version", &kText}};
constexpr Shape kPlugin{Kind::Object, {}, nullptr, kPluginKeys, kNameAndVersion};
constexpr Shape kPlugins{Kind::List, {}, &kPlugin};

constexpr std::array<std::string_view, 1> kName = {"name"};
constexpr Property kExceptionKeys[] = {
    {"comps", &kAnything}, {"fields", &kAnything}, {"name", &kText}, {"values", &kAnything}};
constexpr Shape kException{Kind::Object, {}, nullptr, kExceptionKeys, kName};
constexpr Shape kExceptions{Kind::List, {}, &kException};

constexpr Property kOverrideKeys[] = {{"capture", &kChange},   {"capture_duration", &kChange},
                                      {"condition", &kChange}, {"desc", &kChange},
                                      {"enabled", &kChange},   {"exceptions", &kChange},
                                      {"items", &kChange},     {"output", &kChange},
                                      {"priority", &kChange},  {"skip-if-unknown-filter", &kChange},
                                      {"tags", &kChange},      {"warn_evttypes", &kChange}};
constexpr Shape kOverride{Kind::Object, {}, nullptr, kOverrideKeys, {}, 1};

constexpr Shape kTags{Kind::List, {}, &kText};
constexpr Shape kItems{Kind::List, {}, &kWord};
constexpr Property kItemKeys[] = {
    {"append", &kFlag},
    {"capture", &kFlag},
    {"capture_duration", &kInteger},
    {"condition", &kText},
    {"desc", &kText},
    {"enabled", &kFlag},
    {"exceptions", &kExceptions},
    {"items", &kItems},
    {"list", &kText},
    {"macro", &kText},
    {"output", &kText},
    {"override", &kOverride},
    {"priority", &kPriority},
    {"required_engine_version", &kText},
    {"required_plugin_versions", &kPlugins},
    {"rule", &kText},
    {"skip-if-unknown-filter", &kFlag},
    {"source", &kText},
    {"tags", &kTags},
    {"warn_evttypes", &kFlag},
};
constexpr Shape kItem{Kind::Object, {}, nullptr, kItemKeys};
constexpr Shape kFile{Kind::List, {}, &kItem};

bool is_integer(const std::string& text) {
    std::istringstream stream(text);
    int64_t number;
    return stream >> number && stream.get() == EOF;
}

bool is_of_type(const YamlNode& node, Kind kind) {
    switch (kind) {
        case Kind::Anything: return true;
        case Kind::Flag: return node.IsScalar() && (node.Scalar() == "true" || node.Scalar() == "false");
        case Kind::Integer: return node.IsScalar() && is_integer(node.Scalar());
        case Kind::Text:
        case Kind::Word:
        case Kind::Choice: return node.IsScalar();
        case Kind::List: return node.IsSequence();
        case Kind::Object: return node.IsMap();
    }
    return false;
}

// The text of a key; a key without a value is the word `null`.
std::string_view name_of(const YamlNode& key) {
    return key.IsScalar() ? std::string_view(key.Scalar()) : "null";
}

// Goes no deeper than the shapes do. Aliases may repeat a node any number of times: one that is valid is
// looked at once, and there is an end to the lines.
class Validator {
  public:
    bool check(const YamlNode& node, const Shape& shape) {
        if (lines_.size() >= kMostLines) return false;
        if (valid_.contains({node.identity(), &shape})) return true;
        bool valid = look_at(node, shape);
        if (valid && !node.IsScalar()) valid_.insert({node.identity(), &shape});
        return valid;
    }
    std::vector<std::string> lines() && { return std::move(lines_); }

  private:
    static constexpr size_t kMostLines = 10'000;

    bool look_at(const YamlNode& node, const Shape& shape) {
        if (shape.kind == Kind::Word) return check_word(node);
        bool valid = is_of_type(node, shape.kind) || fail("Value type not permitted by 'type' constraint.");
        if (shape.kind == Kind::Choice && !among(node, shape.choices))
            valid = fail("Failed to match against any enum values.");
        if (node.IsSequence() && shape.kind == Kind::List) valid &= check_elements(node, *shape.element);
        if (node.IsMap() && shape.kind == Kind::Object) valid &= check_properties(node, shape);
        return valid;
    }

    bool fail(std::string_view what) {
        lines_.push_back(fmt::format("failed for {}: {}", path_, what));
        return false;
    }

    static bool among(const YamlNode& node, std::span<const std::string_view> choices) {
        return node.IsScalar() && std::find(choices.begin(), choices.end(), node.Scalar()) != choices.end();
    }

    // A number or a text, each tried by itself.
    bool check_word(const YamlNode& node) {
        if (node.IsScalar()) return true;
        for (int alternative : {0, 1}) {
            fail("Value type not permitted by 'type' constraint.");
            fail(fmt::format("Failed to validate against child schema #{}.", alternative));
        }
        return fail("Failed to validate against any schemas allowed by anyOf constraint.");
    }

    bool check_elements(const YamlNode& node, const Shape& shape) {
        bool valid = true;
        size_t index = 0;
        for (const YamlNode& element : node) {
            if (lines_.size() >= kMostLines) return false;
            if (!check_below(element, shape, fmt::format("[{}]", index)))
                valid = fail(fmt::format("Failed to validate item #{} in array.", index));
            ++index;
        }
        return valid;
    }

    bool check_properties(const YamlNode& node, const Shape& shape) {
        bool valid = true;
        if (node.size() < shape.least)
            valid = fail(fmt::format("Object should have no fewer than {} properties.", shape.least));
        std::set<std::string_view> known;
        for (const Property& property : shape.properties) {
            YamlNode value = node[property.name];
            if (!value.IsDefined()) continue;
            known.insert(property.name);
            if (!check_below(value, *property.shape, fmt::format("[{}]", property.name)))
                valid = fail(fmt::format(
                    "Failed to validate against schema associated with property name '{}'.", property.name));
        }
        // Falco counts: of a key that is there twice one is left over, but none is unknown.
        if (known.size() != node.size()) {
            std::string_view unknown;
            for (const auto& entry : node)
                if (!known.contains(name_of(entry.first))) {
                    unknown = name_of(entry.first);
                    break;
                }
            valid =
                fail(fmt::format("Object contains a property that could not be validated using 'properties' "
                                 "or 'additionalProperties' constraints: '{}'.",
                                 unknown));
        }
        for (std::string_view name : shape.required)
            if (!node[name].IsDefined()) valid = fail(fmt::format("Missing required property '{}'.", name));
        return valid;
    }

    bool check_below(const YamlNode& node, const Shape& shape, std::string step) {
        size_t length = path_.size();
        path_ += step;
        bool valid = check(node, shape);
        path_.resize(length);
        return valid;
    }

    std::string path_ = "<root>";
    std::vector<std::string> lines_;
    std::set<std::pair<const void*, const Shape*>> valid_;
};

}  // namespace

std::vector<std::string> falco_schema_lines(std::string_view text, const Limits& limits) try {
    std::vector<std::string> out;
    YamlDocuments documents(text, limits);
    for (const YamlNode& document : documents.roots()) {
        if (!document.IsDefined() || document.IsNull()) break;  // Falco reads no further
        Validator validator;
        if (validator.check(document, kFile)) {
            out.emplace_back("ok");
            continue;
        }
        std::vector<std::string> lines = std::move(validator).lines();
        out.insert(out.end(), std::make_move_iterator(lines.begin()), std::make_move_iterator(lines.end()));
    }
    return out;
} catch (const YAML::Exception&) {
    return {};
}

}  // namespace stoop
