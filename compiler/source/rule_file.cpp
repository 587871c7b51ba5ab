// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/rule_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "compiler/source/exception_item.h"
#include "compiler/source/key_slips.h"
#include "compiler/source/other_files.h"
#include "compiler/source/requirements.h"
#include "compiler/source/yaml_item.h"
#include "compiler/source/yaml_node.h"
#include "compiler/source/yaml_slips.h"
#include "runtime/base/ascii.h"
#include "runtime/base/nearest.h"
#include "runtime/base/utf8.h"

namespace stoop {
namespace {

using Keys = std::span<const std::string_view>;

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

// The order in which Falco reads the keys of a definition.
constexpr std::array<std::string_view, 12> kDecodingOrder = {"condition",     "output",
                                                             "desc",          "priority",
                                                             "source",        "enabled",
                                                             "capture",       "capture_duration",
                                                             "warn_evttypes", "skip-if-unknown-filter",
                                                             "tags",          "exceptions"};

// What the old forms of an item look at.
constexpr std::array<std::string_view, 2> kOldAppendKeys = {"condition", "exceptions"};
constexpr std::array<std::string_view, 1> kEnableKeys = {"enabled"};
constexpr std::array<std::string_view, 4> kAnyForm = {"rule", "source", "append", "override"};

// What a definition must have.
constexpr std::array<std::string_view, 4> kDefinitionKeys = {"condition", "output", "desc", "priority"};

// What `override` may do to each key, in the order in which Falco looks at them (spec: rules-files.md §5,
// §9).
constexpr std::array<std::string_view, 5> kAppendable = {"condition", "exceptions", "output", "desc", "tags"};
constexpr std::array<std::string_view, 11> kReplaceable = {"condition",
                                                           "exceptions",
                                                           "output",
                                                           "desc",
                                                           "tags",
                                                           "priority",
                                                           "enabled",
                                                           "capture",
                                                           "capture_duration",
                                                           "warn_evttypes",
                                                           "skip-if-unknown-filter"};
constexpr std::array<std::string_view, 1> kOverrideKey = {"override"};
constexpr std::array<std::string_view, 1> kListOverride = {"items"};
constexpr std::array<std::string_view, 1> kMacroOverride = {"condition"};

bool among(Keys keys, std::string_view key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); }

// A key or a word, as Falco reads it.
std::string text_of(const YamlNode& node) { return node.IsNull() ? "null" : node.Scalar(); }

// What the YAML library says where a text was wanted.
std::string bad_conversion(const YamlNode& node) {
    YAML::Mark mark = node.Mark();
    return fmt::format("yaml-cpp: error at line {}, column {}: bad conversion", mark.line + 1,
                       mark.column + 1);
}

// What the YAML library of Falco says, which names the anchor of an alias.
std::string yaml_error(const YAML::Exception& e, std::string_view text) {
    std::string out = e.what();
    if (e.msg != YAML::ErrorMsg::UNKNOWN_ANCHOR) return out;
    std::string_view alias = text.substr(std::min<size_t>(static_cast<size_t>(e.mark.pos) + 1, text.size()));
    return out.append(": ").append(alias.substr(0, alias.find_first_of(" \t\r\n,[]{}")));
}

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
    std::string name = lower(text.text());
    if (name == "info") return Priority::Informational;
    for (uint8_t i = 0; i <= static_cast<uint8_t>(Priority::Debug); ++i) {
        if (name == lower(priority_name(static_cast<Priority>(i)))) return static_cast<Priority>(i);
    }
    item.report(item.falco_in("rule priority", "priority").saying("Invalid priority"), Problem::BadValue,
                text.span(), fmt::format("'{}' is not a priority", text.text()), "",
                help_for_priority(text.text()));
    return std::nullopt;
}

// Where a file of another kind was given.
constexpr const char* kRulesWanted =
    "in a file of rules each item begins with '- rule:', '- macro:' or '- list:'";

class Reader {
  public:
    Reader(YamlFile& file, const Provided& provided) : file_(file), provided_(provided) {}

    RuleFile read();

  private:
    void read_document(const YamlNode& document);
    void read_item(const YamlNode& node);
    bool read(YamlItem& item, RuleItem& rule);  // each: false after a report
    bool read(YamlItem& item, MacroItem& macro);
    bool read(YamlItem& item, ListItem& list);
    template <typename Item>
    void read_as(YamlItem item, const char* kind, Keys keys);

    // What `override` asks for: keys to append to, and keys to replace.
    struct Overrides {
        std::set<std::string> append, replace;
    };
    // Sets the form and the overrides; false after a report.
    bool read_form(const YamlItem& item, Keys appendable, Keys replaceable, Form& form, Overrides& out);
    bool read_override(const YamlItem& item, Keys appendable, Keys replaceable, Overrides& out);

    // Each reads the value of one key, or of all that matter to a form; false after a report.
    bool read_key(const YamlItem& item, std::string_view key, RuleItem& rule);
    bool read_priority_key(const YamlItem& item, RuleItem& rule);
    bool read_tags(const YamlItem& item, RuleItem& rule);
    bool read_exceptions(const YamlItem& item, RuleItem& rule);
    bool read_source(const YamlItem& item, RuleItem& rule);
    bool read_definition(YamlItem& item, RuleItem& rule);
    bool read_old_append(const YamlItem& item, RuleItem& rule);
    bool read_enable_only(const YamlItem& item, RuleItem& rule);
    bool read_changes(YamlItem& item, const Overrides& overrides, RuleItem& rule);
    // The keys of `part` that are to be changed so; false after a report. What is read is no longer `given`.
    bool read_part(const YamlItem& item, const std::set<std::string>& part, Change change,
                   std::set<std::string_view>& given, RuleItem& rule);
    void warn_ignored_keys(const YamlItem& item, Keys used, const char* why);

    YamlFile& file_;
    const Provided& provided_;
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
        FalcoContext falco =
            FalcoContext().in("value for", "", file_.span(e.mark)).saying(yaml_error(e, file_.source.text()));
        auto slip = find_yaml_slip(file_.source.text(), e);
        if (OtherFile other = recognise_text(file_.source.text()); !other.what.empty())
            slip = YamlSlip{0, other.what, kRulesWanted};
        Span span = file_.span(e.mark);
        if (slip) {
            span = {file_.index, slip->offset, slip->offset + 1};
            while (span.end < file_.source.text().size() && !starts_character(file_.source.text()[span.end]))
                ++span.end;
        }
        file_.report(std::move(falco), Problem::NotYaml, span,
                     slip ? slip->message : "this is not valid YAML: " + yaml_problem(e), "here",
                     slip ? slip->help : "indentation, quotes and colons are the usual culprits");
    }
    return std::move(out_);
}

void Reader::read_document(const YamlNode& document) {
    if (!document.IsSequence()) {
        OtherFile other = recognise(document, file_.source.text());
        file_.report(
            FalcoContext().saying(document.IsMap() ? "Rules content is not yaml array of objects"
                                                   : "Rules content is not yaml"),
            Problem::NotAList, file_.span(document),
            other.what.empty() ? "a rule file must be a list of rules, macros and lists" : other.what,
            document.IsMap() ? "this is a mapping" : "this is a single value",
            !other.instead.empty() ? other.instead
            : other.what.empty()   ? "begin each item with a dash: '- rule: ...'"
                                   : kRulesWanted);
        return;
    }
    for (const YamlNode& item : document) {
        ++file_.item;
        if (item.IsNull()) {
            file_.report({}, Problem::EmptyItem, file_.span_before(item), "this item is empty", "",
                         "remove the dash, or indent what belongs to it");
            continue;
        }
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

// What changes another item is none of its own, whatever is wrong with it.
bool is_definition(const YamlItem& item, std::string_view kind) {
    if (item.has("append") || item.has("override")) return false;
    return kind != "rule" || std::any_of(kDefinitionKeys.begin(), kDefinitionKeys.end(),
                                         [&](std::string_view key) { return item.has(key); });
}

template <typename Item>
void Reader::read_as(YamlItem item, const char* kind, Keys keys) {
    Item out;
    out.number = file_.item;
    out.span = file_.span(item.node().Mark());
    auto name = item.text(kind);
    if (!name) return;
    item.set_falco(FalcoContext().in(kind, name->text(), out.span));
    out.name = std::move(*name);
    if (read(item, out)) {
        out_.items.emplace_back(std::move(out));
        item.warn_unknown_keys(keys);
    } else if (is_definition(item, kind)) {
        out_.faulty.insert(fmt::format("{} {}", kind, out.name.text()));
    }
}

void Reader::read_item(const YamlNode& node) {
    for (const auto& entry : node)
        if (entry.first.IsSequence() || entry.first.IsMap())
            return file_.report(FalcoContext().saying(bad_conversion(entry.first)), Problem::NotYaml,
                                file_.span(entry.first), "a key must be a text", "this is not a text");
    warn_twice(file_, node);
    Span place = file_.span(node.Mark());
    auto as = [&](const char* kind) {
        return YamlItem(file_, node, item_name(node), FalcoContext().in(kind, "", place));
    };
    auto has = [&](const char* key) { return node[key].IsDefined(); };
    // Falco takes the first of these that is there (spec: rules-files.md §2).
    if (has("required_engine_version")) {
        YamlItem item = as("required_engine_version");
        check_engine_requirement(item, provided_.engine);
        return item.warn_unknown_keys(kEngineKeys);
    }
    if (has("required_plugin_versions")) {
        YamlItem item = as("required plugin versions");
        out_.plugins.merge(check_plugin_requirements(item, provided_.schemas));
        return item.warn_unknown_keys(kPluginKeys);
    }
    if (has("list")) return read_as<ListItem>(as("list"), "list", kListKeys);
    if (has("macro")) return read_as<MacroItem>(as("macro"), "macro", kMacroKeys);
    if (has("rule")) {
        ++out_.rules_written;
        return read_as<RuleItem>(as("rule"), "rule", kRuleKeys);
    }
    std::string near;
    for (const auto& entry : node) {
        if (!near.empty() || !entry.first.IsScalar()) break;
        near = meant_key(entry.first.Scalar(), kItemKinds);
    }
    YamlItem item = as("rules content item");
    OtherFile other = recognise_item(node);
    std::string what = other.what.empty() ? "this item is neither a rule, a macro nor a list" : other.what;
    item.report(item.falco().saying("Unknown top level item"), Problem::UnknownItem, item.span(),
                what + "; it is ignored", "",
                !other.what.empty() ? other.instead
                : near.empty()      ? "an item begins with '- rule:', '- macro:' or '- list:'"
                                    : fmt::format("did you mean '{}'?", near));
}

bool Reader::read_override(const YamlItem& item, Keys appendable, Keys replaceable, Overrides& out) {
    for (const auto& entry : item["override"]) {
        Span span = file_.span(entry.first);
        FalcoContext overrides = item.falco().in("overrides", "", item.span());
        for (const YamlNode* node : {&entry.first, &entry.second}) {
            if (node->IsScalar() || node->IsNull()) continue;
            item.report(FalcoContext().saying(bad_conversion(*node)), Problem::BadOverrideShape, span,
                        "an override must be a key and 'append' or 'replace'");
            return false;
        }
        std::string key = text_of(entry.first), change = text_of(entry.second);
        bool append = among(appendable, key), replace = among(replaceable, key);
        if (change == "append" ? append : change == "replace" && replace) {
            (change == "append" ? out.append : out.replace).insert(key);
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

bool Reader::read_form(const YamlItem& item, Keys appendable, Keys replaceable, Form& form, Overrides& out) {
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

bool Reader::read_priority_key(const YamlItem& item, RuleItem& rule) {
    auto name = item.text("priority");
    if (name) rule.priority = read_priority(item, *name);
    return rule.priority.has_value();
}

bool Reader::read_tags(const YamlItem& item, RuleItem& rule) {
    auto tags = item.texts("tags");
    rule.tags.emplace();
    for (const MappedText& tag : tags.value_or(std::vector<MappedText>())) rule.tags->push_back(tag.text());
    return tags.has_value();
}

bool Reader::read_exceptions(const YamlItem& item, RuleItem& rule) {
    YamlNode exceptions = item["exceptions"];
    rule.exceptions.emplace();
    if (exceptions.IsNull()) return true;
    if (!exceptions.IsSequence()) {
        item.report(item.falco_in("exceptions", "exceptions").saying("Rule exceptions must be a sequence"),
                    Problem::BadValue, file_.span(exceptions),
                    fmt::format("the exceptions of {} must be a list", item.name()), "",
                    "begin each with a dash: '- name: ...'");
        return false;
    }
    auto change = rule.overrides.find("exceptions");
    bool appended =
        rule.form == Form::Append || (change != rule.overrides.end() && change->second == Change::Append);
    bool usable = true;
    TextMap<size_t> names;
    for (const YamlNode& node : exceptions) {
        auto exception = read_exception(item, node, names, appended);
        usable = usable && exception;
        if (exception) rule.exceptions->push_back(std::move(*exception));
    }
    return usable;
}

// Falco takes an empty source in an item that only changes a rule.
bool Reader::read_source(const YamlItem& item, RuleItem& rule) {
    YamlNode source = item["source"];
    bool empty = source.IsNull() || (source.IsScalar() && source.Scalar().empty());
    if (!item.has("source") || (empty && rule.form != Form::Definition)) return true;
    rule.source = item.text("source");
    return rule.source.has_value();
}

bool Reader::read_key(const YamlItem& item, std::string_view key, RuleItem& rule) {
    auto set = [](auto& into, auto value) {
        into = std::move(value);
        return into.has_value();
    };
    if (key == "condition") {
        rule.condition_value = file_.span(item["condition"].Mark());
        return set(rule.condition, item.text("condition"));
    }
    if (key == "output") {
        rule.output_value = file_.span(item["output"].Mark());
        return set(rule.output, item.text("output"));
    }
    if (key == "desc") return set(rule.description, item.text("desc"));
    if (key == "priority") return read_priority_key(item, rule);
    if (key == "source") return read_source(item, rule);
    if (key == "enabled") return set(rule.enabled, item.flag("enabled"));
    if (key == "capture") return set(rule.capture, item.flag("capture"));
    if (key == "capture_duration") return set(rule.capture_duration, item.number("capture_duration"));
    if (key == "warn_evttypes") return set(rule.warn_event_types, item.flag("warn_evttypes"));
    if (key == "skip-if-unknown-filter")
        return set(rule.skip_if_unknown, item.flag("skip-if-unknown-filter"));
    return key == "tags" ? read_tags(item, rule) : read_exceptions(item, rule);
}

// An item that has only a part of a rule is more likely a change of one that is defined before.
static std::string help_for_part(const YamlItem& item) {
    std::string given;
    for (std::string_view key : kReplaceable) {
        if (!item.has(key)) continue;
        bool appended = key == "exceptions" || key == "tags";
        if (key == "condition") {
            std::string_view text = item["condition"].Scalar();
            text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
            appended = text.starts_with("and ") || text.starts_with("or ") || text.starts_with("and(") ||
                       text.starts_with("or(");
        }
        given += fmt::format("{}{}: {}", given.empty() ? "" : ", ", key, appended ? "append" : "replace");
    }
    auto missing = std::count_if(kDefinitionKeys.begin(), kDefinitionKeys.end(),
                                 [&](std::string_view key) { return !item.has(key); });
    if (missing < 2) return "";
    return fmt::format(
        "a rule has 'desc', 'condition', 'output' and 'priority'; to change one that is defined "
        "before: 'override: {{{}}}'",
        given);
}

bool Reader::read_definition(YamlItem& item, RuleItem& rule) {
    bool usable = true;
    std::string help = help_for_part(item);
    for (const auto& entry : item.node())
        if (entry.first.IsScalar() && !meant_key(entry.first.Scalar(), kOverrideKey).empty())
            help = fmt::format("did you mean 'override' by '{}'?", entry.first.Scalar());
    item.set_help_for_missing(help);
    for (std::string_view key : kDecodingOrder) {
        if (among(kDefinitionKeys, key) || item.has(key)) usable = read_key(item, key, rule) && usable;
        if (!usable && !help.empty()) return false;  // what else is missing says nothing new
    }
    if (rule.output) rule.output = rule.output->trimmed();
    return usable;
}

bool Reader::read_old_append(const YamlItem& item, RuleItem& rule) {
    bool usable = read_source(item, rule);
    for (std::string_view key : kOldAppendKeys)
        if (item.has(key)) usable = read_key(item, key, rule) && usable;
    return usable;
}

bool Reader::read_enable_only(const YamlItem& item, RuleItem& rule) {
    rule.form = Form::EnableOnly;
    if (!item.has("enabled")) {
        std::string changes;
        for (std::string_view key : kReplaceable)
            if (item.has(std::string(key).c_str()))
                changes += fmt::format("{}{}: {}", changes.empty() ? "" : ", ", key,
                                       among(kAppendable, key) ? "append" : "replace");
        item.report(item.falco().saying("Item has no mapping for key 'enabled'"), Problem::MissingKey,
                    item.span(),
                    fmt::format("{} has no condition, and does not say how it changes a rule", item.name()),
                    "neither defines a rule nor changes one",
                    item.has("<<") ? kNoMergeKey
                    : changes.empty()
                        ? "a rule has the keys 'desc', 'condition', 'output' and 'priority', indented as "
                          "'rule' is"
                        : fmt::format("to change the rule of this name: 'override: {{{}}}'", changes));
        return false;
    }
    rule.enabled = item.flag("enabled");
    if (!rule.enabled) return false;
    item.report(item.falco().saying("The standalone 'enabled' key usage is deprecated. The correct approach "
                                    "requires also a 'replace' entry under the 'override' key (i.e. "
                                    "'enabled: replace')."),
                Problem::Deprecated, item.span_of_key("enabled"),
                fmt::format("{} sets 'enabled' without 'override', which is deprecated", item.name()), "",
                "add 'override: {enabled: replace}'");
    return true;
}

bool Reader::read_part(const YamlItem& item, const std::set<std::string>& part, Change change,
                       std::set<std::string_view>& given, RuleItem& rule) {
    bool usable = true;
    std::vector<std::string_view> read;
    for (std::string_view key : kReplaceable) {
        std::string name(key);
        if (!part.contains(name)) continue;
        const char* word = change == Change::Append ? "append" : "replace";
        if (given.erase(key) == 0) {
            usable = false;
            bool both = item.has(key);
            item.report(
                item.falco().saying(fmt::format(
                    "An {} override for '{}' was specified but '{}' is not defined", word, key, key)),
                Problem::BadOverride, item.span_of_key("override"),
                both ? fmt::format("'override' of {} names '{}' twice", item.name(), key)
                     : fmt::format("'override' of {} names '{}', which is not given", item.name(), key),
                "",
                both ? "either append to it or replace it" : fmt::format("add '{}: ...' to this item", key));
            continue;
        }
        rule.overrides[name] = change;  // which tells how exceptions are read
        usable = read_key(item, key, rule) && usable;
        read.push_back(key);
    }
    // Falco applies all of a part or nothing.
    if (!usable)
        for (std::string_view key : read) rule.overrides.erase(std::string(key));
    return usable;
}

// What is appended is read and applied before what replaces; a key that is given but not named is found last
// of all (spec: rules-files.md §9). False if nothing is to be applied.
bool Reader::read_changes(YamlItem& item, const Overrides& overrides, RuleItem& rule) {
    auto at = [&](FalcoOrder::Step step) {
        FalcoContext falco = item.falco();
        falco.order.step = step;
        item.set_falco(std::move(falco));
    };
    std::set<std::string_view> given;
    for (std::string_view key : kReplaceable)
        if (item.has(key)) given.insert(key);
    bool usable = read_source(item, rule);
    usable = read_part(item, overrides.append, Change::Append, given, rule) && usable;
    at(FalcoOrder::DecodeReplacements);
    read_part(item, overrides.replace, Change::Replace, given, rule);
    at(FalcoOrder::UnnamedKeys);
    for (std::string_view key : given) {
        std::string name(key);
        item.report(item.falco_in("overrides", name.c_str(), name)
                        .saying(fmt::format(
                            "Unexpected key '{}': no corresponding entry under 'override' is defined.", key)),
                    Problem::BadOverride, item.span_of_key(key),
                    fmt::format("'{}' of {} is given but not named under 'override'", key, item.name()), "",
                    fmt::format("add '{}: replace' to 'override'", key));
    }
    at(FalcoOrder::Decode);
    return usable && !rule.overrides.empty();
}

// Falco does not say so.
void Reader::warn_ignored_keys(const YamlItem& item, Keys used, const char* why) {
    for (std::string_view key : kRuleKeys)
        if (!among(kAnyForm, key) && !among(used, key) && item.has(key))
            item.report({}, Problem::IgnoredKey, item.span_of_key(key),
                        fmt::format("'{}' in {} is ignored: {}", key, item.name(), why), "",
                        fmt::format("to change it: 'override: {{{}: {}}}'", key,
                                    among(kAppendable, key) ? "append" : "replace"));
}

bool Reader::read(YamlItem& item, RuleItem& rule) {
    Overrides overrides;
    if (item.has("source") && !item["source"].IsNull() && !item["source"].IsScalar()) {
        item.text("source");
        return false;
    }
    if (!read_form(item, kAppendable, kReplaceable, rule.form, overrides)) return false;
    bool any = item.has("condition") || item.has("output") || item.has("desc") || item.has("priority");
    bool usable = false;
    if (rule.form == Form::Override) {
        usable = read_changes(item, overrides, rule);
    } else if (rule.form == Form::Append) {
        usable = read_old_append(item, rule);
        warn_ignored_keys(item, kOldAppendKeys, "'append: true' adds to the condition and exceptions only");
    } else if (!any) {
        usable = read_enable_only(item, rule);
        if (usable) warn_ignored_keys(item, kEnableKeys, "without a condition this item only sets 'enabled'");
    } else {
        usable = read_definition(item, rule);
    }
    return usable;
}

bool Reader::read(YamlItem& item, MacroItem& macro) {
    Overrides overrides;
    if (!is_identifier(macro.name.text()))
        item.report(item.falco().saying("Macro has an invalid name. Macro names should match a regular "
                                        "expression: ([a-zA-Z]+[a-zA-Z0-9_]*)"),
                    Problem::MacroName, macro.name.span(),
                    fmt::format("no condition can refer to a macro named '{}'", macro.name.text()), "",
                    "use letters, digits and _, beginning with a letter");
    auto condition = item.text("condition");
    if (!condition) return false;
    macro.condition_value = file_.span(item["condition"].Mark());
    macro.condition = std::move(*condition);
    if (!read_form(item, kMacroOverride, kMacroOverride, macro.form, overrides)) return false;
    macro.by_override = macro.form == Form::Override;
    if (macro.form == Form::Override) macro.form = overrides.append.empty() ? Form::Definition : Form::Append;
    return true;
}

bool Reader::read(YamlItem& item, ListItem& list) {
    Overrides overrides;
    if (list.name.text().find_first_of("()\"'=, \t\n\v\f\r") != std::string::npos)
        item.report(item.falco().saying("List has an invalid name. List names should match a regular "
                                        "expression: ([^()\"'[:space:]=,]+)"),
                    Problem::ListName, list.name.span(),
                    fmt::format("conditions split the list name '{}'", list.name.text()), "",
                    "leave out blanks, quotes, commas, parentheses and =");
    auto items = item.texts("items");
    if (!items) return false;
    list.items = std::move(*items);
    if (!read_form(item, kListOverride, kListOverride, list.form, overrides)) return false;
    list.by_override = list.form == Form::Override;
    if (list.form == Form::Override) list.form = overrides.append.empty() ? Form::Definition : Form::Append;
    return true;
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

RuleFile read_rule_file(const Sources& sources, uint32_t file, const Provided& provided,
                        Diagnostics& diagnostics) {
    YamlFile yaml{sources.file(file), file, diagnostics};
    return Reader(yaml, provided).read();
}

}  // namespace stoop
