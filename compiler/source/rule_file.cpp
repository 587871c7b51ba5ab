#include "compiler/source/rule_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "compiler/source/yaml_scalar.h"
#include "runtime/event/schema.h"

namespace stoop {
namespace {

constexpr std::array<std::string_view, 2> kListKeys = {"list", "items"};
constexpr std::array<std::string_view, 2> kMacroKeys = {"macro", "condition"};
constexpr std::array<std::string_view, 9> kRuleKeys = {
    "rule", "condition", "output", "desc", "priority", "source", "tags", "enabled", "warn_evttypes"};
// Keys of Falco's that change what a rule set means and that this version does not read.
constexpr std::array<std::string_view, 6> kUnsupportedKeys = {
    "append", "override", "exceptions", "skip-if-unknown-filter", "capture", "capture_duration"};
constexpr std::array<std::string_view, 5> kItemKinds = {"required_engine_version", "required_plugin_versions",
                                                        "list", "macro", "rule"};

class Reader {
  public:
    Reader(const Sources& sources, uint32_t file, Diagnostics& diagnostics)
        : source_(sources.file(file)), file_(file), diagnostics_(diagnostics) {}

    RuleFile read();

  private:
    void read_document(const YAML::Node& document);
    void read_item(const YAML::Node& item);
    void read_rule(const YAML::Node& item);
    void read_macro(const YAML::Node& item);
    void read_list(const YAML::Node& item);
    template <size_t N>
    bool check_keys(const YAML::Node& item, const std::array<std::string_view, N>& known);

    // The scalar under `key`, or nothing after a report.
    std::optional<MappedText> text(const YAML::Node& item, const char* key);
    std::optional<Priority> priority(const YAML::Node& item);
    bool flag(const YAML::Node& item, const char* key, bool otherwise);
    std::optional<std::vector<MappedText>> sequence(const YAML::Node& item, const char* key);

    Span span_at(const YAML::Mark& mark, size_t length = 1) const {
        uint32_t begin = mark.is_null() ? 0 : static_cast<uint32_t>(mark.pos);
        return {file_, begin, begin + static_cast<uint32_t>(length)};
    }
    // The first line of a node as it stands in the file, at most.
    Span span_of(const YAML::Node& node) const;
    Span span_of_key(const YAML::Node& item, std::string_view key) const;
    MappedText mapped(const YAML::Node& scalar) const {
        return map_yaml_scalar(source_, file_, static_cast<uint32_t>(scalar.Mark().pos), scalar.Scalar());
    }
    void report(Problem problem, Span span, std::string message, std::string label = "",
                std::string help = "") {
        diagnostics_.report({problem, std::move(message), true, span, std::move(label), {}, std::move(help)});
    }

    const SourceFile& source_;
    uint32_t file_;
    Diagnostics& diagnostics_;
    RuleFile out_;
};

Span Reader::span_of(const YAML::Node& node) const {
    Span span = span_at(node.Mark());
    if (node.IsScalar() && !node.Scalar().empty()) {
        MappedText text = mapped(node);
        return text.span(0, std::min(text.text().size(), text.text().find('\n')));
    }
    return span;
}

Span Reader::span_of_key(const YAML::Node& item, std::string_view key) const {
    for (const auto& entry : item)
        if (entry.first.IsScalar() && entry.first.Scalar() == key)
            return span_at(entry.first.Mark(), key.size());
    return span_at(item.Mark());
}

std::string first_key(const YAML::Node& item) {
    for (const auto& entry : item)
        if (entry.first.IsScalar()) return entry.first.Scalar();
    return "";
}

// `rule 'name'`, for messages about an item.
std::string item_name(const YAML::Node& item) {
    for (std::string_view kind : kItemKinds) {
        YAML::Node name = item[std::string(kind)];
        if (!name.IsDefined()) continue;
        return std::string(kind) + (name.IsScalar() ? " '" + name.Scalar() + "'" : "");
    }
    return "item";
}

RuleFile Reader::read() {
    try {
        for (const YAML::Node& document : YAML::LoadAll(std::string(source_.text()))) {
            if (!document.IsDefined() || document.IsNull()) continue;
            read_document(document);
        }
    } catch (const YAML::Exception& e) {
        report(Problem::NotYaml, span_at(e.mark), "this is not valid YAML: " + e.msg, "here",
               "indentation, quotes and colons are the usual culprits");
    }
    return std::move(out_);
}

void Reader::read_document(const YAML::Node& document) {
    if (!document.IsSequence()) {
        report(Problem::NotAList, span_of(document), "a rule file must be a list of rules, macros and lists",
               document.IsMap() ? "this is a mapping" : "this is a single value",
               "begin each item with a dash: '- rule: ...'");
        return;
    }
    for (const YAML::Node& item : document) {
        if (item.IsNull()) continue;
        if (!item.IsMap()) {
            report(Problem::BadItem, span_of(item), "an item of a rule file must be a mapping",
                   item.IsSequence() ? "this is a list" : "this is a single value",
                   "an item begins with '- rule:', '- macro:' or '- list:'");
            continue;
        }
        read_item(item);
    }
}

void Reader::read_item(const YAML::Node& item) {
    // Falco takes the first of these that is there (spec: rules-files.md §2).
    if (item["required_engine_version"] || item["required_plugin_versions"]) return;
    if (item["list"]) return read_list(item);
    if (item["macro"]) return read_macro(item);
    if (item["rule"]) return read_rule(item);
    std::string near = nearest(first_key(item), {kItemKinds.begin(), kItemKinds.end()});
    report(Problem::UnknownItem, span_at(item.Mark(), std::max<size_t>(1, first_key(item).size())),
           "this item is neither a rule, a macro nor a list; it is ignored", "",
           near.empty() ? "" : "did you mean '" + near + "'?");
}

// False if the item has a key that would change its meaning and that cannot be honoured.
template <size_t N>
bool Reader::check_keys(const YAML::Node& item, const std::array<std::string_view, N>& known) {
    bool usable = true;
    for (const auto& entry : item) {
        std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        Span span = span_at(entry.first.Mark(), std::max<size_t>(1, key.size()));
        if (std::find(kUnsupportedKeys.begin(), kUnsupportedKeys.end(), key) != kUnsupportedKeys.end()) {
            report(Problem::Unsupported, span,
                   "'" + key + "' in " + item_name(item) + " is not supported yet");
            usable = false;
            continue;
        }
        std::string near = nearest(key, {known.begin(), known.end()});
        report(Problem::UnknownKey, span,
               "unknown key '" + key + "' in " + item_name(item) + "; it is ignored", "",
               near.empty() ? "" : "did you mean '" + near + "'?");
    }
    return usable;
}

std::optional<MappedText> Reader::text(const YAML::Node& item, const char* key) {
    YAML::Node value = item[key];
    if (!value) {
        report(Problem::MissingKey, span_at(item.Mark(), std::max<size_t>(1, first_key(item).size())),
               item_name(item) + " has no '" + key + "'", std::string("'") + key + "' is missing",
               std::string("add '") + key + ": ...' to this item");
        return std::nullopt;
    }
    if (value.IsNull() || (value.IsScalar() && value.Scalar().empty())) {
        report(Problem::BadValue, span_of_key(item, key),
               std::string("'") + key + "' in " + item_name(item) + " is empty");
        return std::nullopt;
    }
    if (!value.IsScalar()) {
        report(Problem::BadValue, span_of(value),
               std::string("'") + key + "' in " + item_name(item) + " must be a text",
               value.IsSequence() ? "this is a list" : "this is a mapping");
        return std::nullopt;
    }
    return mapped(value);
}

std::optional<Priority> Reader::priority(const YAML::Node& item) {
    auto value = text(item, "priority");
    if (!value) return std::nullopt;
    std::string name = value->text();
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (name == "info") return Priority::Informational;
    for (uint8_t i = 0; i <= static_cast<uint8_t>(Priority::Debug); ++i) {
        std::string known(priority_name(static_cast<Priority>(i)));
        known[0] = static_cast<char>(std::tolower(known[0]));
        if (name == known) return static_cast<Priority>(i);
    }
    report(Problem::BadValue, value->span(0, value->text().size()),
           "'" + value->text() + "' is not a priority", "",
           "priorities are EMERGENCY, ALERT, CRITICAL, ERROR, WARNING, NOTICE, INFORMATIONAL (or INFO) and "
           "DEBUG");
    return std::nullopt;
}

bool Reader::flag(const YAML::Node& item, const char* key, bool otherwise) {
    YAML::Node value = item[key];
    if (!value) return otherwise;
    bool out;
    if (value.IsScalar() && YAML::convert<bool>::decode(value, out)) return out;
    report(Problem::BadValue, span_of(value), std::string("'") + key + "' must be true or false");
    return otherwise;
}

std::optional<std::vector<MappedText>> Reader::sequence(const YAML::Node& item, const char* key) {
    YAML::Node value = item[key];
    if (!value.IsSequence()) {
        report(Problem::BadValue, span_of(value),
               std::string("'") + key + "' in " + item_name(item) + " must be a list", "",
               std::string("write '") + key + ": [a, b]'");
        return std::nullopt;
    }
    std::vector<MappedText> out;
    for (const YAML::Node& element : value) {
        if (!element.IsScalar()) {
            report(Problem::BadValue, span_of(element),
                   std::string("an element of '") + key + "' must be a text");
            return std::nullopt;
        }
        out.push_back(mapped(element));
    }
    return out;
}

MappedText trimmed(const MappedText& text) {
    constexpr const char* kSpace = " \t\n\r\v\f";
    size_t begin = std::min(text.text().find_first_not_of(kSpace), text.text().size());
    size_t end = text.text().find_last_not_of(kSpace) + 1;
    MappedText out;
    if (begin < end) out.append(text, begin, end);
    return out;
}

void Reader::read_rule(const YAML::Node& item) {
    bool usable = check_keys(item, kRuleKeys);
    auto name = text(item, "rule");
    auto condition = text(item, "condition");
    auto output = text(item, "output");
    auto description = text(item, "desc");
    auto priority_ = priority(item);
    RuleItem rule;
    rule.span = span_at(item.Mark());
    rule.enabled = flag(item, "enabled", true);
    if (item["source"]) {
        auto source = text(item, "source");
        usable = usable && source;
        if (source) rule.source = *source;
    }
    if (item["tags"]) {
        auto tags = sequence(item, "tags");
        usable = usable && tags;
        for (const MappedText& tag : tags.value_or(std::vector<MappedText>()))
            rule.tags.push_back(tag.text());
        std::sort(rule.tags.begin(), rule.tags.end());
        rule.tags.erase(std::unique(rule.tags.begin(), rule.tags.end()), rule.tags.end());
    }
    if (!usable || !name || !condition || !output || !description || !priority_) return;
    rule.name = *name;
    rule.condition = *condition;
    rule.output = trimmed(*output);
    rule.description = description->text();
    rule.priority = *priority_;
    out_.items.emplace_back(std::move(rule));
}

void Reader::read_macro(const YAML::Node& item) {
    bool usable = check_keys(item, kMacroKeys);
    auto name = text(item, "macro");
    auto condition = text(item, "condition");
    if (!usable || !name || !condition) return;
    out_.items.emplace_back(MacroItem{*name, *condition, span_at(item.Mark())});
}

void Reader::read_list(const YAML::Node& item) {
    bool usable = check_keys(item, kListKeys);
    auto name = text(item, "list");
    if (!item["items"]) {
        text(item, "items");
        return;
    }
    auto items = sequence(item, "items");
    if (!usable || !name || !items) return;
    out_.items.emplace_back(ListItem{*name, std::move(*items), span_at(item.Mark())});
}

}  // namespace

RuleFile read_rule_file(const Sources& sources, uint32_t file, Diagnostics& diagnostics) {
    return Reader(sources, file, diagnostics).read();
}

}  // namespace stoop
