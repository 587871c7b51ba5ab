// SPDX-License-Identifier: Apache-2.0
#include "runtime/event/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>

#include "embedded_container_schema.h"
#include "embedded_syscall_schema.h"
#include "runtime/base/digits.h"
#include "runtime/base/nearest.h"

namespace stoop {
namespace {

using nlohmann::json;

// Of a document from outside: what walks it may recurse.
json parse(std::string_view text) {
    static constexpr int kDeepest = 100;
    return json::parse(text, [](int depth, json::parse_event_t, json&) {
        if (depth > kDeepest)
            throw std::runtime_error(
                fmt::format("values stand inside each other more than {} deep", kDeepest));
        return true;
    });
}

Comparison comparison_from(const std::string& name) {
    static const std::unordered_map<std::string, Comparison> kNames = {
        {"either_address", Comparison::EitherAddress},
        {"either_network", Comparison::EitherNetwork},
        {"either_port", Comparison::EitherPort},
        {"host_name", Comparison::HostName},
        {"any_ancestor", Comparison::AnyAncestor},
        {"raw_argument", Comparison::RawArgument},
        {"around", Comparison::Around},
    };
    return kNames.at(name);
}

ArgumentForm form_from(const std::string& name) {
    static const std::unordered_map<std::string, ArgumentForm> kNames = {
        {"index", ArgumentForm::Index},
        {"key", ArgumentForm::Key},
        {"key or index", ArgumentForm::KeyOrIndex},
        {"parameter", ArgumentForm::Parameter},
        {"event type", ArgumentForm::EventType},
        {"dotted", ArgumentForm::Dotted},
        {"dotted key", ArgumentForm::DottedKey},
        {"number", ArgumentForm::Number},
    };
    return kNames.at(name);
}

PrintFormat print_from(const std::string& name) {
    if (name == "hex") return PrintFormat::Hex;
    if (name == "octal") return PrintFormat::Octal;
    if (name == "padded") return PrintFormat::Padded;
    if (name == "none") return PrintFormat::None;
    throw std::out_of_range(name);
}

void set_flag(Field& field, const std::string& flag) {
    if (flag == "deprecated")
        field.deprecated = true;
    else if (flag == "table_only" || flag == "print_only")
        field.hidden = true;
    else if (flag == "filter_only")
        field.filter_only = true;
    else if (flag == "no_rhs")
        field.right_side = false;
    else if (flag == "no_transformer")
        field.transformer = false;
    else if (flag == "format_suggested")
        field.suggested = true;
    else
        throw std::out_of_range(flag);
}

// A name that conditions can write.
bool is_name(const std::string& name) {
    constexpr size_t kLongest =
        256;  // to find the field that a dotted name begins with takes the square of it
    return !name.empty() && name.size() <= kLongest &&
           std::all_of(name.begin(), name.end(), [](unsigned char c) {
               return c < 0x80 && (std::isalnum(c) || c == '_' || c == '.' || c == '-');
           });
}

bool is_alnum(unsigned char c) { return c < 0x80 && std::isalnum(c); }

// How much of a text behind a field and a dot is meant as the field's argument in brackets. A dot at its end
// ends a sentence.
size_t argument_length(ArgumentForm form, std::string_view text) {
    bool path = text.starts_with('/');
    auto while_it_is = [&](const auto& one) {
        return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), one) - text.begin());
    };
    auto without_end = [&](size_t length, const auto& ends) {
        while (length > 0 && !ends(text[length - 1])) --length;
        return length;
    };
    auto in_path = [](char c) {
        return is_alnum(c) || std::string_view("_./-").find(c) != std::string::npos;
    };
    switch (form) {
        case ArgumentForm::Index:
        case ArgumentForm::Number: return while_it_is([](char c) { return c >= '0' && c <= '9'; });
        case ArgumentForm::DottedKey: return without_end(while_it_is(in_path), is_alnum);
        case ArgumentForm::Key:
        case ArgumentForm::KeyOrIndex:
            if (path) return without_end(while_it_is(in_path), [](char c) { return c != '.'; });
            return while_it_is([](char c) { return is_alnum(c) || c == '_'; });
        default: return 0;
    }
}

constexpr std::string_view kDocumentKeys[] = {"source",       "plugin",           "version",
                                              "async_events", "fields",           "event_types",
                                              "parameters",   "generic_syscalls", "renamed_syscalls"};
constexpr std::string_view kFieldKeys[] = {
    "name", "type",  "print",   "argument", "compare",     "operands",    "selects",     "every_source",
    "list", "flags", "pointer", "plugin",   "deprecation", "description", "may_be_empty"};

// What is misspelt must not be ignored: a version that is not read would let any rules in.
void check_keys(const json& object, std::span<const std::string_view> known, const std::string& what) {
    for (const auto& [key, value] : object.items()) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        std::string near = nearest(key, {known.begin(), known.end()});
        throw std::runtime_error(fmt::format("'{}' is not a key of {}{}", key, what,
                                             near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
    }
}

// The plugin that a document describes, if it names one.
std::optional<Plugin> plugin_from(const json& document) {
    if (!document.contains("plugin")) {
        for (const char* key : {"version", "async_events"})
            if (document.contains(key))
                throw std::runtime_error(
                    fmt::format("'{}' is a plugin's, and 'plugin' is missing beside it", key));
        return std::nullopt;
    }
    const json& name = document["plugin"];
    if (!name.is_string() || name.get<std::string>().empty())
        throw std::runtime_error("'plugin' must be the name of a plugin, such as \"okta\"");
    Plugin out{name, {}, document.value("async_events", std::vector<std::string>())};
    if (!document.contains("version")) return out;
    const json& version = document["version"];
    if (version.is_string()) out.version = parse_version(version.get<std::string>());
    if (!out.version)
        throw std::runtime_error("'version' must be a text of three numbers, such as \"0.11.0\"");
    return out;
}

// Two descriptions of one plugin must be of the same version.
void merge(Plugin& into, const Plugin& from) {
    if (into.version && from.version && *into.version != *from.version)
        throw std::runtime_error(fmt::format("plugin '{}' is of version {} here, but of {} in another schema",
                                             into.name, from.version->text(), into.version->text()));
    if (!into.version) into.version = from.version;
    into.async_events.insert(into.async_events.end(), from.async_events.begin(), from.async_events.end());
}

Field field_from(const json& j) {
    Field f;
    f.name = j.at("name");
    check_keys(j, kFieldKeys, fmt::format("the field '{}'", f.name));
    if (!is_name(f.name) || f.name.find('.') == f.name.npos)
        throw std::runtime_error("'" + f.name + "' is not a field's name: a word, a dot, and a word");
    std::string type = j.at("type");
    auto known = type_from_name(type);
    if (!known) throw std::runtime_error("unknown type '" + type + "'");
    f.type = *known;
    f.list = j.value("list", false);
    f.may_be_empty = j.value("may_be_empty", false);
    f.event_types = j.value("operands", "") == "event_types";
    f.selects = j.value("selects", "") == "event_types";
    f.every_source = j.value("every_source", false);
    f.pointer = j.value("pointer", "");
    if (!f.pointer.empty()) (void)json::json_pointer(f.pointer);  // throws if it is not one
    f.deprecation = j.value("deprecation", "");
    f.plugin = j.value("plugin", "");
    f.description = j.value("description", "");
    if (j.contains("print")) f.print = print_from(j["print"]);
    if (j.contains("compare")) f.comparison = comparison_from(j["compare"]);
    if (j.contains("argument")) {
        f.argument = form_from(j["argument"].at("form"));
        f.argument_required = j["argument"].at("need") == "required";
    }
    if (j.contains("flags"))
        for (const json& flag : j["flags"]) set_flag(f, flag);
    return f;
}

EventTypes event_types_from(const json& document) {
    if (!document.contains("event_types")) return {};
    std::vector<EventTypes::Entry> entries;
    for (const auto& [name, j] : document["event_types"].items())
        entries.push_back(
            {name, j.at("codes"), j.value("same_as", std::vector<std::string>()), j.value("bare", false)});
    return {std::move(entries), document.at("generic_syscalls"), document.at("renamed_syscalls")};
}

bool is_index(std::string_view text) {
    if (!text.empty() && text[0] == '-') text.remove_prefix(1);
    return all_digits(text);
}

}  // namespace

bool FieldRef::holds_list() const { return field->list || stands_for_several(comparison); }

Schema::Schema(const std::vector<std::string_view>& documents) {
    for (std::string_view document : documents) add(document);
    for (size_t i = 0; i < fields_.size(); ++i) {
        std::string_view name = fields_[i].name;
        if (!by_name_.emplace(name, i).second)
            throw std::runtime_error("field '" + fields_[i].name + "' is there twice");
        longest_name_ = std::max(longest_name_, name.size());
        if (!fields_[i].deprecation.empty()) deprecated_.push_back(&fields_[i]);
        for (size_t dot = name.find('.'); dot != name.npos; dot = name.find('.', dot + 1))
            prefixes_.insert(name.substr(0, dot));
    }
}

void Schema::add(std::string_view text) {
    json document;
    try {
        document = parse(text);
        source_ = document.at("source");
        if (!is_name(source_)) throw std::runtime_error("'" + source_ + "' is not a source's name");
        check_keys(document, kDocumentKeys, "a schema");
        auto described = plugin_from(document);
        auto add_plugin = [&](const Plugin& plugin) {
            auto [entry, fresh] = plugin_index_.try_emplace(plugin.name, plugins_.size());
            if (fresh)
                plugins_.push_back(plugin);
            else
                merge(plugins_[entry->second], plugin);
            for (const std::string& name : plugin.async_events)
                async_events_.try_emplace(name, entry->second);
        };
        if (described) add_plugin(*described);
        for (const auto& j : document.at("fields")) {
            Field& field = fields_.emplace_back(field_from(j));
            if (field.plugin.empty() && described) field.plugin = described->name;
            if (!field.plugin.empty() && !plugin_index_.contains(field.plugin))
                add_plugin({field.plugin, {}, {}});
        }
        if (document.contains("event_types")) event_types_ = event_types_from(document);
        if (!document.contains("parameters")) return;
        for (const auto& [name, description] : document["parameters"].items()) {
            // "FLAGS32 hex": the type and, if it is not decimal, how the number is printed
            std::string words = description.get<std::string>();
            size_t blank = words.find(' ');
            auto known = type_from_name(words.substr(0, blank));
            if (!known) throw std::runtime_error("unknown type '" + words + "'");
            PrintFormat print =
                blank == words.npos ? PrintFormat::Decimal : print_from(words.substr(blank + 1));
            auto [entry, fresh] = parameters_.emplace(name, Parameter{*known, print});
            if (fresh) parameter_names_.push_back(entry->first);
        }
    } catch (const std::out_of_range& e) {
        throw std::runtime_error(std::string("unknown word: ") + e.what());
    } catch (const json::exception& e) {
        throw std::runtime_error(e.what());
    }
}

const Field* Schema::exact(std::string_view name) const {
    auto it = by_name_.find(name);
    return it == by_name_.end() ? nullptr : &fields_[it->second];
}

Schema::Lookup Schema::find(std::string_view name, std::optional<std::string_view> argument) const {
    const Field* field = exact(name);
    if (!field) {
        if (!argument) {
            if (Lookup found = dotted(name); found.ref || !found.error.empty()) return found;
        }
        return {std::nullopt, "no such field in source '" + source_ + "'", ""};
    }
    FieldRef ref{field, field->name, "", field->type, field->print, field->comparison, false};
    auto no = [](std::string why) { return Lookup{std::nullopt, std::move(why), ""}; };
    if (!argument) {
        if (!field->argument_required) return {ref, "", ""};
        bool dot = field->argument == ArgumentForm::Parameter || field->argument == ArgumentForm::EventType ||
                   field->argument == ArgumentForm::Dotted;
        return no("field '" + field->name + "' needs an argument: " + field->name +
                  (dot ? ".NAME" : "[...]"));
    }
    ref.argument = *argument;
    ref.has_argument = true;
    ref.spelling = field->name + "[" + ref.argument + "]";
    if (argument->find(']') != argument->npos) return no("an argument cannot contain ']'");
    switch (field->argument) {
        case ArgumentForm::None: return no("field '" + field->name + "' takes no argument");
        case ArgumentForm::EventType:
        case ArgumentForm::Dotted:
            return no("the argument of '" + field->name + "' is written with a dot: " + field->name +
                      ".NAME");
        case ArgumentForm::Index:
            if (!is_index(*argument)) return no("the argument of '" + field->name + "' must be a number");
            break;
        case ArgumentForm::Parameter:
            if (field->comparison == Comparison::RawArgument || !all_digits(*argument))
                return no("the argument of '" + field->name + "' is written with a dot: " + field->name +
                          ".NAME");
            break;
        case ArgumentForm::Number:
            if (!all_digits(*argument)) return no("the argument of '" + field->name + "' must be a number");
            break;
        case ArgumentForm::Key:
        case ArgumentForm::DottedKey:
        case ArgumentForm::KeyOrIndex: break;
    }
    // With an index (or the key of an environment variable) an ancestor field is one ordinary value; -1 means
    // "no argument", and so does a number where a variable's name belongs (spec: condition-language.md §6,
    // §11).
    if (ref.comparison == Comparison::AnyAncestor) {
        bool as_if_none =
            field->argument == ArgumentForm::KeyOrIndex ? all_digits(*argument) : *argument == "-1";
        if (!as_if_none) {
            ref.comparison = Comparison::Ordinary;
        } else if (*argument == "-1") {
            ref.spelling = field->name;
            ref.has_argument = false;
        }
    }
    return {ref, "", ""};
}

Schema::Lookup Schema::find(std::string_view spelling) const {
    size_t open = spelling.find('[');
    if (open == spelling.npos || spelling.back() != ']') return find(spelling, std::nullopt);
    return find(spelling.substr(0, open), spelling.substr(open + 1, spelling.size() - open - 2));
}

const Field* Schema::named_in(std::string_view text) const {
    if (const Field* field = exact(text)) return field;
    for (size_t dot = text.rfind('.', longest_name_); dot != text.npos && dot > 0;
         dot = text.rfind('.', dot - 1))
        if (const Field* field = exact(text.substr(0, dot))) return field;
    return nullptr;
}

// evt.arg.NAME, evt.type.is.NAME, thread.cgroup.NAME …: a field that a dot and an argument follow. An empty
// answer means that there is none.
Schema::Lookup Schema::dotted(std::string_view name) const {
    const Field* field = named_in(name);
    if (!field || field->name.size() == name.size()) return {};
    std::string argument(name.substr(field->name.size() + 1));
    FieldRef ref{field, std::string(name), argument, field->type, field->print, field->comparison, true};
    switch (field->argument) {
        case ArgumentForm::None: return {};
        case ArgumentForm::Dotted: return {ref, "", ""};
        case ArgumentForm::Index:
        case ArgumentForm::Number:
        case ArgumentForm::Key:
        case ArgumentForm::KeyOrIndex:
        case ArgumentForm::DottedKey: {
            auto meant = bracketed(name);
            return {std::nullopt, fmt::format("the argument of '{}' is written in brackets", field->name),
                    meant ? meant->spelling : fmt::format("{}[...]", field->name)};
        }
        case ArgumentForm::Parameter: break;
        case ArgumentForm::EventType:
            if (event_types_.knows(argument)) return {ref, "", ""};
            return {std::nullopt, "no event type '" + argument + "'", ""};
    }
    auto parameter = parameters_.find(argument);
    if (parameter == parameters_.end())
        return {std::nullopt, "no event has an argument '" + argument + "'", ""};
    if (field->comparison == Comparison::RawArgument) {
        ref.type = parameter->second.type;
        ref.print = parameter->second.print;
    }
    return {ref, "", ""};
}

std::optional<Schema::Bracketed> Schema::bracketed(std::string_view text) const {
    auto in_name = [](char c) { return is_alnum(c) || c == '_' || c == '.' || c == '-'; };
    size_t end = 0;
    while (end < text.size() && in_name(text[end])) ++end;
    std::string_view name = text.substr(0, end);
    const Field* field = named_in(name);
    if (!field || field->name.size() == name.size()) return std::nullopt;
    size_t begin = field->name.size() + 1;
    size_t length = argument_length(field->argument, text.substr(begin));
    std::string_view argument = text.substr(begin, length);
    if (length == 0 || !find(field->name, argument).ref) return std::nullopt;
    return Bracketed{fmt::format("{}[{}]", field->name, argument), begin + length};
}

std::optional<FieldRef> Schema::older_spelling(std::string_view name) const {
    const Field* field = named_in(name);
    if (!field || field->name.size() == name.size() || field->argument != ArgumentForm::DottedKey)
        return std::nullopt;
    return find(field->name, name.substr(field->name.size() + 1)).ref;
}

bool Schema::begins_with_parameter(std::string_view text) const {
    return std::any_of(parameter_names_.begin(), parameter_names_.end(),
                       [&](std::string_view name) { return text.starts_with(name); });
}

const Plugin* Schema::plugin(std::string_view name) const {
    auto entry = plugin_index_.find(name);
    return entry == plugin_index_.end() ? nullptr : &plugins_[entry->second];
}

const Plugin* Schema::async_event_plugin(std::string_view name) const {
    auto plugin = async_events_.find(name);
    return plugin == async_events_.end() ? nullptr : &plugins_[plugin->second];
}

std::string Schema::suggest(std::string_view spelling) const {
    std::string_view name = spelling.substr(0, spelling.find('['));
    if (exact(name)) return "";
    if (name == spelling) {
        if (Lookup found = dotted(name); !found.instead.empty()) return found.instead;
        const Field* field = named_in(name);
        std::string near;
        if (field && field->argument == ArgumentForm::Parameter)
            near = nearest(name.substr(field->name.size() + 1), parameter_names_);
        if (field && field->argument == ArgumentForm::EventType)
            near = suggest_event_type(name.substr(field->name.size() + 1));
        if (field &&
            (field->argument == ArgumentForm::Parameter || field->argument == ArgumentForm::EventType))
            return near.empty() ? "" : field->name + "." + near;
    }
    Nearest out(name);
    for (const Field& field : fields_)
        if (!field.hidden && !out.consider(field.name)) break;
    return out.name();
}

std::string Schema::suggest_event_type(std::string_view name) const {
    return nearest(name, event_types_.names(), [](const std::string& type) { return type; });
}

const Schema& syscall_schema() {
    static const Schema schema({embedded::kSyscallSchema, embedded::kContainerSchema});
    return schema;
}

Schemas::Schemas() {
    // The built-in schema lives as long as the program; nobody is to delete it.
    entries_.push_back({{std::string(embedded::kSyscallSchema), std::string(embedded::kContainerSchema)},
                        std::shared_ptr<const Schema>(std::shared_ptr<void>(), &syscall_schema())});
    for (const Plugin& plugin : syscall_schema().plugins()) plugins_.emplace(plugin.name, plugin);
}

void Schemas::add(std::string text) {
    std::string source;
    try {
        source = parse(text).at("source");
    } catch (const json::exception& e) {
        throw std::runtime_error(e.what());
    }
    auto known = std::find_if(entries_.begin(), entries_.end(),
                              [&](const Entry& entry) { return entry.schema->source() == source; });
    Entry entry;
    if (known != entries_.end()) {
        const std::vector<std::string>& there = known->documents;
        if (std::find(there.begin(), there.end(), text) != there.end()) return;
        entry.documents = known->documents;
    } else {
        json common = json::parse(embedded::kSyscallSchema);
        json fields = json::array();
        for (json& field : common["fields"])
            if (field.value("every_source", false)) fields.push_back(std::move(field));
        entry.documents.push_back(json{{"source", source}, {"fields", std::move(fields)}}.dump());
    }
    entry.documents.push_back(std::move(text));
    entry.schema = std::make_shared<Schema>(
        std::vector<std::string_view>(entry.documents.begin(), entry.documents.end()));
    std::map<std::string, Plugin, std::less<>> plugins;
    auto add_plugins = [&](const Schema& schema) {
        for (const Plugin& plugin : schema.plugins()) {
            auto [other, fresh] = plugins.try_emplace(plugin.name, plugin);
            if (!fresh) merge(other->second, plugin);
        }
    };
    for (const Entry& other : entries_)
        if (other.schema->source() != source) add_plugins(*other.schema);
    add_plugins(*entry.schema);
    plugins_ = std::move(plugins);
    if (known != entries_.end())
        *known = std::move(entry);
    else
        entries_.push_back(std::move(entry));
}

const Schema* Schemas::find(std::string_view source) const {
    for (const Entry& entry : entries_)
        if (entry.schema->source() == source) return entry.schema.get();
    return nullptr;
}

std::vector<const Schema*> Schemas::all() const {
    std::vector<const Schema*> out;
    for (const Entry& entry : entries_) out.push_back(entry.schema.get());
    return out;
}

std::string try_add(Schemas& schemas, std::string text, const std::string& why_not_quoted) {
    try {
        schemas.add(std::move(text));
        return "";
    } catch (const std::runtime_error& e) {
        return why_not_quoted.empty() ? e.what() : "what it holds is not shown: " + why_not_quoted;
    }
}

}  // namespace stoop
