#include "compiler/source/rule_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "compiler/source/exception_item.h"
#include "compiler/source/requirements.h"
#include "compiler/source/yaml_item.h"
#include "compiler/source/yaml_node.h"
#include "runtime/base/nearest.h"

namespace stoop {
namespace {

using Keys = std::span<const std::string_view>;

constexpr std::array<std::string_view, 5> kItemKinds = {"required_engine_version", "required_plugin_versions",
                                                        "list", "macro", "rule"};
constexpr std::array<std::string_view, 1> kEngineKeys = {"required_engine_version"};
constexpr std::array<std::string_view, 1> kPluginKeys = {"required_plugin_versions"};
constexpr std::array<std::string_view, 4> kListKeys = {"list", "items", "append", "override"};
constexpr std::array<std::string_view, 4> kMacroKeys = {"macro", "condition", "append", "override"};
constexpr std::array<std::string_view, 15> kRuleKeys = {"rule",
                                                        "condition",
                                                        "output",
                                                        "desc",
                                                        "priority",
                                                        "source",
                                                        "enabled",
                                                        "tags",
                                                        "exceptions",
                                                        "append",
                                                        "override",
                                                        "warn_evttypes",
                                                        "skip-if-unknown-filter",
                                                        "capture",
                                                        "capture_duration"};

// What a definition must have.
constexpr std::array<std::string_view, 4> kDefinitionKeys = {"condition", "output", "desc", "priority"};

// What `override` may do to each key, in the order in which Falco looks at them (spec: rules-files.md §5,
// §9).
constexpr std::array<std::string_view, 5> kAppendable = {"condition", "output", "desc", "tags", "exceptions"};
constexpr std::array<std::string_view, 11> kReplaceable = {"condition",
                                                           "output",
                                                           "desc",
                                                           "priority",
                                                           "tags",
                                                           "exceptions",
                                                           "enabled",
                                                           "capture",
                                                           "capture_duration",
                                                           "warn_evttypes",
                                                           "skip-if-unknown-filter"};
constexpr std::array<std::string_view, 1> kListOverride = {"items"};
constexpr std::array<std::string_view, 1> kMacroOverride = {"condition"};

bool among(Keys keys, std::string_view key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); }

std::string item_name(const YamlNode& item) {
    for (std::string_view kind : kItemKinds) {
        YamlNode name = item[kind];
        if (!name.IsDefined()) continue;
        return std::string(kind) + (name.IsScalar() ? " '" + name.Scalar() + "'" : "");
    }
    return "item";
}

bool is_identifier(const std::string& text) {
    auto letter = [](unsigned char c) { return std::isalpha(c) && c < 0x80; };
    return letter(text[0]) && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
               return letter(c) || std::isdigit(c) || c == '_';
           });
}

std::optional<Priority> read_priority(const YamlItem& item, const MappedText& text) {
    std::string name = text.text();
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (name == "info") return Priority::Informational;
    for (uint8_t i = 0; i <= static_cast<uint8_t>(Priority::Debug); ++i) {
        std::string known(priority_name(static_cast<Priority>(i)));
        known[0] = static_cast<char>(std::tolower(known[0]));
        if (name == known) return static_cast<Priority>(i);
    }
    item.report(item.falco_in("rule priority", "priority").saying("Invalid priority"), Problem::BadValue,
                text.span(), fmt::format("'{}' is not a priority", text.text()), "",
                "priorities are EMERGENCY, ALERT, CRITICAL, ERROR, WARNING, NOTICE, INFORMATIONAL (or INFO) "
                "and DEBUG");
    return std::nullopt;
}

class Reader {
  public:
    Reader(YamlFile& file, Version engine) : file_(file), engine_(engine) {}

    RuleFile read();

  private:
    void read_document(const YamlNode& document);
    void read_item(const YamlNode& node);
    void read_rule(YamlItem item);
    void read_macro(YamlItem item);
    void read_list(YamlItem item);

    // Sets the form and the overrides; false after a report.
    bool read_form(const YamlItem& item, Keys appendable, Keys replaceable, Form& form,
                   std::map<std::string, Change>& out);
    bool read_override(const YamlItem& item, Keys appendable, Keys replaceable,
                       std::map<std::string, Change>& out);
    bool read_rule_keys(const YamlItem& item, RuleItem& rule);
    bool check_override(const YamlItem& item, const RuleItem& rule, Keys overridable);

    YamlFile& file_;
    Version engine_;
    RuleFile out_;
};

RuleFile Reader::read() {
    bool empty_seen = false;
    try {
        YamlDocuments documents(file_.source.text(), file_.diagnostics.limits());
        for (const YamlNode& document : documents.roots()) {
            bool empty = !document.IsDefined() || document.IsNull();
            if (!empty && empty_seen) {
                file_.report({}, Problem::IgnoredDocument, file_.span(document.Mark()),
                             "this document is not read, since one before it is empty",
                             "ignored from here on", "remove the stray '---' above");
                break;
            }
            empty_seen = empty_seen || empty;
            if (!empty) read_document(document);
        }
    } catch (const YamlLimitExceeded& e) {
        file_.report({}, Problem::LimitExceeded, file_.span(e.mark), e.msg, "here",
                     limit_help(e.limit, file_.diagnostics.limits()[e.limit]));
    } catch (const YAML::Exception& e) {
        FalcoContext falco = FalcoContext().in("value for", "", file_.span(e.mark)).saying(e.what());
        file_.report(std::move(falco), Problem::NotYaml, file_.span(e.mark),
                     "this is not valid YAML: " + yaml_problem(e), "here",
                     "indentation, quotes and colons are the usual culprits");
    }
    return std::move(out_);
}

void Reader::read_document(const YamlNode& document) {
    if (!document.IsSequence()) {
        file_.report(FalcoContext().saying(document.IsMap() ? "Rules content is not yaml array of objects"
                                                            : "Rules content is not yaml"),
                     Problem::NotAList, file_.span(document),
                     "a rule file must be a list of rules, macros and lists",
                     document.IsMap() ? "this is a mapping" : "this is a single value",
                     "begin each item with a dash: '- rule: ...'");
        return;
    }
    for (const YamlNode& item : document) {
        ++file_.item;
        if (item.IsNull()) continue;
        if (!item.IsMap()) {
            file_.report(FalcoContext()
                             .in("rules content item", "", file_.span(item.Mark()))
                             .saying("Unexpected element type. Each element should be a yaml associative "
                                     "array."),
                         Problem::BadItem, file_.span(item), "an item of a rule file must be a mapping",
                         item.IsSequence() ? "this is a list" : "this is a single value",
                         "an item begins with '- rule:', '- macro:' or '- list:'");
            continue;
        }
        read_item(item);
    }
}

void Reader::read_item(const YamlNode& node) {
    for (const auto& entry : node)
        if (entry.first.IsSequence() || entry.first.IsMap())
            return file_.report({}, Problem::NotYaml, file_.span(entry.first), "a key must be a text",
                                "this is not a text");
    Span place = file_.span(node.Mark());
    auto as = [&](const char* kind) {
        return YamlItem(file_, node, item_name(node), FalcoContext().in(kind, "", place));
    };
    auto has = [&](const char* key) { return node[key].IsDefined(); };
    // Falco takes the first of these that is there (spec: rules-files.md §2).
    if (has("required_engine_version")) {
        YamlItem item = as("required_engine_version");
        check_engine_requirement(item, engine_);
        return item.warn_unknown_keys(kEngineKeys);
    }
    if (has("required_plugin_versions")) {
        YamlItem item = as("required plugin versions");
        out_.plugins.merge(check_plugin_requirements(item));
        return item.warn_unknown_keys(kPluginKeys);
    }
    if (has("list")) return read_list(as("list"));
    if (has("macro")) return read_macro(as("macro"));
    if (has("rule")) return read_rule(as("rule"));
    std::string key;
    for (const auto& entry : node) {
        if (entry.first.IsScalar()) key = entry.first.Scalar();
        break;
    }
    std::string near = nearest(key, {kItemKinds.begin(), kItemKinds.end()});
    YamlItem item = as("rules content item");
    item.report(item.falco().saying("Unknown top level item"), Problem::UnknownItem, item.span(),
                "this item is neither a rule, a macro nor a list; it is ignored", "",
                near.empty() ? "" : fmt::format("did you mean '{}'?", near));
}

bool Reader::read_override(const YamlItem& item, Keys appendable, Keys replaceable,
                           std::map<std::string, Change>& out) {
    for (const auto& entry : item["override"]) {
        Span span = file_.span(entry.first);
        FalcoContext overrides = item.falco().in("overrides", "", item.span());
        if (!entry.first.IsScalar() || !entry.second.IsScalar()) {
            item.report(FalcoContext().saying("bad conversion"), Problem::BadOverrideShape, span,
                        "an override must be a key and 'append' or 'replace'");
            return false;
        }
        std::string key = entry.first.Scalar();
        std::string change = entry.second.Scalar();
        bool append = among(appendable, key), replace = among(replaceable, key);
        if (change == "append" ? append : change == "replace" && replace) {
            out[key] = change == "append" ? Change::Append : Change::Replace;
            continue;
        }
        std::string near = nearest(key, {replaceable.begin(), replaceable.end()});
        std::string help = append && replace ? "it can be appended to or replaced"
                           : replace         ? "it can be replaced"
                           : near.empty()    ? ""
                                             : "did you mean '" + near + "'?";
        if (change != "append" && change != "replace")
            item.report(
                overrides.in("value for", key, file_.span(entry.second.Mark()))
                    .saying(fmt::format("Invalid override operation for key '{}': '{}'. Allowed values "
                                        "are: {}{}",
                                        key, change, append ? "append " : "", replace ? "replace " : "")),
                Problem::BadOverride, file_.span(entry.second),
                fmt::format("'{}' is not something that can be done to '{}'", change, key), "", help);
        else
            item.report(overrides.in("overrides", key, span)
                            .saying(fmt::format(
                                "Key '{}' cannot be {}", key,
                                change == "append" ? "appended to, use 'replace' instead" : "replaced")),
                        Problem::BadOverride, span,
                        fmt::format("'{}' of {} cannot be {}", key, item.name(),
                                    change == "append" ? "appended to" : "replaced"),
                        "", help);
        return false;
    }
    return true;
}

bool Reader::read_form(const YamlItem& item, Keys appendable, Keys replaceable, Form& form,
                       std::map<std::string, Change>& out) {
    bool append = false;
    if (item.has("append")) {
        auto flag = item.flag("append");
        if (!flag) return false;
        append = *flag;
    }
    if (append)
        item.report(item.falco().saying("'append' key is deprecated. Add an 'append' entry (e.g. 'condition: "
                                        "append') under 'override' instead."),
                    Problem::Deprecated, item.span_of_key("append"),
                    fmt::format("'append' in {} is deprecated", item.name()), "",
                    "say what to append under 'override', for instance 'condition: append'");
    // A scalar or empty `override` counts as none.
    bool override = item.has("override") && item["override"].IsMap() && item["override"].size() > 0;
    if (item.has("override") && item["override"].IsSequence()) {
        item.report(FalcoContext().saying("invalid node; this may result from using a map iterator as a "
                                          "sequence iterator, or vice-versa"),
                    Problem::BadOverrideShape, item.span_of_key("override"),
                    "'override' must be a mapping of keys to 'append' or 'replace'");
        return false;
    }
    if (override && !read_override(item, appendable, replaceable, out)) return false;
    if (override && append) {
        item.report(
            item.falco().saying("Keys 'override' and 'append: true' cannot be used together. Add an "
                                "'append' entry (e.g. 'condition: append') under 'override' instead."),
            Problem::BadOverride, item.span_of_key("append"),
            "'append: true' and 'override' cannot be used together", "",
            "say what to append under 'override', for instance 'condition: append'");
        return false;
    }
    form = append ? Form::Append : override ? Form::Override : Form::Definition;
    return true;
}

// Reads every key that is there; false after a report.
bool Reader::read_rule_keys(const YamlItem& item, RuleItem& rule) {
    bool usable = true;
    auto take = [&](const char* key, auto& into, auto read) {
        bool required = rule.form == Form::Definition && among(kDefinitionKeys, key);
        if (!required && !item.has(key)) return;
        into = read(key);
        usable = usable && into;
    };
    auto text = [&](const char* key) { return item.text(key); };
    auto flag = [&](const char* key) { return item.flag(key); };
    take("condition", rule.condition, text);
    take("output", rule.output, text);
    take("desc", rule.description, text);
    if (item.has("priority") || rule.form == Form::Definition) {
        auto name = item.text("priority");
        if (name) rule.priority = read_priority(item, *name);
        usable = usable && rule.priority;
    }
    // Falco takes an empty source in an item that only changes a rule.
    bool empty_source =
        item.has("source") &&
        (item["source"].IsNull() || (item["source"].IsScalar() && item["source"].Scalar().empty()));
    if (!(empty_source && rule.form != Form::Definition)) take("source", rule.source, text);
    take("enabled", rule.enabled, flag);
    take("capture", rule.capture, flag);
    take("capture_duration", rule.capture_duration, [&](const char* key) { return item.number(key); });
    take("warn_evttypes", rule.warn_event_types, flag);
    take("skip-if-unknown-filter", rule.skip_if_unknown, flag);
    if (item.has("tags")) {
        auto tags = item.texts("tags");
        usable = usable && tags;
        rule.tags.emplace();
        for (const MappedText& tag : tags.value_or(std::vector<MappedText>()))
            rule.tags->push_back(tag.text());
    }
    if (item.has("exceptions") && item["exceptions"].IsNull()) rule.exceptions.emplace();
    if (item.has("exceptions") && !item["exceptions"].IsNull()) {
        YamlNode exceptions = item["exceptions"];
        rule.exceptions.emplace();
        if (!exceptions.IsSequence()) {
            item.report(
                item.falco_in("exceptions", "exceptions").saying("Rule exceptions must be a sequence"),
                Problem::BadValue, file_.span(exceptions),
                fmt::format("the exceptions of {} must be a list", item.name()));
            return false;
        }
        for (const YamlNode& node : exceptions) {
            auto change = rule.overrides.find("exceptions");
            bool appended = rule.form == Form::Append ||
                            (change != rule.overrides.end() && change->second == Change::Append);
            auto exception = read_exception(item, node, appended);
            usable = usable && exception;
            if (exception) rule.exceptions->push_back(std::move(*exception));
        }
    }
    return usable;
}

// Every key that can be overridden and is there must be named under `override`, and every one named be there.
bool Reader::check_override(const YamlItem& item, const RuleItem& rule, Keys overridable) {
    for (const auto& [key, change] : rule.overrides) {
        if (item.has(key.c_str())) continue;
        item.report(
            item.falco().saying(fmt::format("An {} override for '{}' was specified but '{}' is not defined",
                                            change == Change::Append ? "append" : "replace", key, key)),
            Problem::BadOverride, item.span_of_key("override"),
            fmt::format("'override' of {} names '{}', which is not given", item.name(), key), "",
            fmt::format("add '{}: ...' to this item", key));
        return false;
    }
    for (std::string_view key : overridable) {
        if (!item.has(std::string(key).c_str()) || rule.overrides.contains(std::string(key))) continue;
        std::string name(key);
        item.report(item.falco_in("overrides", name.c_str(), name)
                        .saying(fmt::format(
                            "Unexpected key '{}': no corresponding entry under 'override' is defined.", key)),
                    Problem::BadOverride, item.span_of_key(key),
                    fmt::format("'{}' of {} is given but not named under 'override'", key, item.name()), "",
                    fmt::format("add '{}: replace' to 'override'", key));
        return false;
    }
    return true;
}

void Reader::read_rule(YamlItem item) {
    RuleItem rule;
    auto name = item.text("rule");
    if (!name) return;
    rule.number = file_.item;
    rule.span = file_.span(item.node().Mark());
    item.set_falco(FalcoContext().in("rule", name->text(), rule.span));
    if (item.has("source") && !item["source"].IsNull() && !item["source"].IsScalar()) {
        item.text("source");
        return;
    }
    if (!read_form(item, kAppendable, kReplaceable, rule.form, rule.overrides)) return;
    rule.name = std::move(*name);
    bool any = item.has("condition") || item.has("output") || item.has("desc") || item.has("priority");
    bool usable = true;
    if (rule.form == Form::Definition && !any) {
        rule.form = Form::EnableOnly;
        if (!item.has("enabled")) {
            item.text("enabled");
            return;
        }
        rule.enabled = item.flag("enabled");
        item.report(
            item.falco().saying("The standalone 'enabled' key usage is deprecated. The correct approach "
                                "requires also a 'replace' entry under the 'override' key (i.e. "
                                "'enabled: replace')."),
            Problem::Deprecated, item.span_of_key("enabled"),
            fmt::format("{} has nothing but 'enabled', which is deprecated", item.name()), "",
            "add 'override: {enabled: replace}'");
        usable = rule.enabled.has_value();
    } else {
        usable = read_rule_keys(item, rule);
        if (rule.condition) rule.condition_value = file_.span(item["condition"].Mark());
        if (rule.output) rule.output_value = file_.span(item["output"].Mark());
        if (rule.form == Form::Definition && rule.output) rule.output = rule.output->trimmed();
        if (rule.form == Form::Append && !rule.condition && !rule.exceptions && usable) {
            item.report(item.falco().saying("Appended rule must have exceptions or condition property"),
                        Problem::BadAppend, item.span(),
                        fmt::format("{} appends neither a condition nor exceptions", item.name()));
            return;
        }
        if (usable && rule.form == Form::Override) usable = check_override(item, rule, kReplaceable);
    }
    if (!usable) return;
    out_.items.emplace_back(std::move(rule));
    item.warn_unknown_keys(kRuleKeys);
}

void Reader::read_macro(YamlItem item) {
    MacroItem macro;
    std::map<std::string, Change> overrides;
    auto name = item.text("macro");
    if (!name) return;
    macro.number = file_.item;
    macro.span = file_.span(item.node().Mark());
    item.set_falco(FalcoContext().in("macro", name->text(), macro.span));
    if (!read_form(item, kMacroOverride, kMacroOverride, macro.form, overrides)) return;
    auto condition = item.text("condition");
    if (!condition) return;
    macro.condition_value = file_.span(item["condition"].Mark());
    if (macro.form == Form::Override)
        macro.form = overrides.at("condition") == Change::Append ? Form::Append : Form::Definition;
    macro.name = std::move(*name);
    if (!is_identifier(macro.name.text()))
        item.report(item.falco().saying("Macro has an invalid name. Macro names should match a regular "
                                        "expression: ([a-zA-Z]+[a-zA-Z0-9_]*)"),
                    Problem::MacroName, macro.name.span(),
                    fmt::format("no condition can refer to a macro named '{}'", macro.name.text()), "",
                    "use letters, digits and _, beginning with a letter");
    macro.condition = std::move(*condition);
    out_.items.emplace_back(std::move(macro));
    item.warn_unknown_keys(kMacroKeys);
}

void Reader::read_list(YamlItem item) {
    ListItem list;
    std::map<std::string, Change> overrides;
    auto name = item.text("list");
    if (!name) return;
    list.number = file_.item;
    list.span = file_.span(item.node().Mark());
    item.set_falco(FalcoContext().in("list", name->text(), list.span));
    if (!read_form(item, kListOverride, kListOverride, list.form, overrides)) return;
    auto items = item.texts("items");
    if (!items) return;
    if (list.form == Form::Override)
        list.form = overrides.at("items") == Change::Append ? Form::Append : Form::Definition;
    list.name = std::move(*name);
    if (list.name.text().find_first_of("()\"'=, \t\n\v\f\r") != std::string::npos)
        item.report(item.falco().saying("List has an invalid name. List names should match a regular "
                                        "expression: ([^()\"'[:space:]=,]+)"),
                    Problem::ListName, list.name.span(),
                    fmt::format("conditions split the list name '{}'", list.name.text()), "",
                    "leave out blanks, quotes, commas, parentheses and =");
    list.items = std::move(*items);
    out_.items.emplace_back(std::move(list));
    item.warn_unknown_keys(kListKeys);
}

}  // namespace

FalcoContext falco_item(const RuleItem& item) {
    return FalcoContext().in("rule", item.name.text(), item.span);
}
FalcoContext falco_item(const MacroItem& item) {
    return FalcoContext().in("macro", item.name.text(), item.span);
}
FalcoContext falco_item(const ListItem& item) {
    return FalcoContext().in("list", item.name.text(), item.span);
}

RuleFile read_rule_file(const Sources& sources, uint32_t file, Version engine, Diagnostics& diagnostics) {
    YamlFile yaml{sources.file(file), file, diagnostics};
    return Reader(yaml, engine).read();
}

}  // namespace stoop
