// SPDX-License-Identifier: Apache-2.0
// The fields of one event source: names, types, arguments and how they compare. A schema is data
// (schema/*.json, embedded in the binary); code asks it and holds no field name of its own, except where a
// derivation or a time field needs one.
//
// Immutable after loading, so any thread may read it; fields and references live as long as the schema.
// Looking a field up costs a hash probe or two.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/text_map.h"
#include "runtime/event/event_types.h"
#include "runtime/event/types.h"
#include "runtime/event/version.h"

namespace stoop {

// What may or must follow the name of a field.
enum class ArgumentForm : uint8_t {
    None,
    Index,       // [N]
    Key,         // [KEY]
    KeyOrIndex,  // [KEY] or [N]
    Parameter,   // .NAME of an event parameter, or [N]
    EventType,   // .NAME of an event type
    Dotted,      // .NAME
    DottedKey,   // [KEY]; in events also .KEY, as older versions of Falco printed it
    Number,      // [N], N a number of nanoseconds
};

struct Field {
    std::string name;
    Type type = Type::CHARBUF;
    PrintFormat print = PrintFormat::Decimal;
    ArgumentForm argument = ArgumentForm::None;
    Comparison comparison = Comparison::Ordinary;
    bool argument_required = false;
    bool list = false;
    bool may_be_empty = false;  // a list without values is one, too, and not absent
    bool deprecated = false;
    bool hidden = false;  // usable, but not in listings
    bool filter_only = false;
    bool right_side = true;     // may be the right side of a comparison
    bool transformer = true;    // may be an argument of a transformer
    bool suggested = false;     // what Falco appends to outputs by default
    bool event_types = false;   // its operands must be names of event types
    bool selects = false;       // comparing it with names tells which event types a rule is for
    bool every_source = false;  // events of all sources have it
    std::string pointer;        // JSON pointer to its value in the source's own documents; empty if not given
    std::string deprecation;    // why conditions should not use it
    std::string plugin;         // the plugin that provides it, empty if built in
    std::string description;
};

// A field as a condition or an output names it, with its argument.
struct FieldRef {
    const Field* field = nullptr;
    std::string spelling;  // canonical: proc.aname[2], evt.arg.flags
    std::string argument;
    // The field's, or those of the event's parameter for evt.rawarg.
    Type type = Type::CHARBUF;
    PrintFormat print = PrintFormat::Decimal;
    Comparison comparison = Comparison::Ordinary;
    bool has_argument = false;

    // The value is a list: a list field, or one of those that stand for several values at once.
    bool holds_list() const;
};

// Rules and events that name no source are for this one.
constexpr std::string_view kDefaultSource = "syscall";

// A plugin whose fields or events a schema describes.
struct Plugin {
    std::string name;
    std::optional<Version> version;         // that the schema describes, if it says so
    std::vector<std::string> async_events;  // names of event types that it makes itself
};

class Schema {
  public:
    // Documents as in schema/, later ones adding fields to the first. Throws std::runtime_error with what is
    // wrong with one.
    explicit Schema(const std::vector<std::string_view>& documents);
    Schema(const Schema&) = delete;  // the index refers to the fields
    Schema& operator=(const Schema&) = delete;

    const std::string& source() const { return source_; }
    const std::vector<Field>& fields() const { return fields_; }

    struct Lookup {
        std::optional<FieldRef> ref;
        std::string error;    // why there is none, for people
        std::string instead;  // the spelling that was meant, where that is certain
    };
    // `name` without brackets; `argument` is what was between them, unescaped, if there were any.
    Lookup find(std::string_view name, std::optional<std::string_view> argument) const;
    // What a text means that begins with a field and, behind a dot, an argument that belongs in brackets:
    // `k8s.pod.label.app.kubernetes.io/name`, `proc.aname.2`.
    struct Bracketed {
        std::string spelling;  // k8s.pod.label[app.kubernetes.io/name]
        size_t length;         // of the text that it stands for
    };
    std::optional<Bracketed> bracketed(std::string_view text) const;
    // `find` for the spelling with brackets, as in the keys of recorded events.
    Lookup find(std::string_view spelling) const;
    // The field that an older version of Falco spelled so: container.label.KEY for container.label[KEY].
    std::optional<FieldRef> older_spelling(std::string_view name) const;
    bool knows(std::string_view name) const { return exact(name) || dotted(name).ref; }

    // Some argument of an event has a name that `text` begins with.
    bool begins_with_parameter(std::string_view text) const;

    const std::vector<Plugin>& plugins() const { return plugins_; }
    // The plugin that makes the events of this source; null for `syscall`, or if no schema names one.
    const Plugin* sourcing_plugin() const {
        return source_ == kDefaultSource || plugins_.empty() ? nullptr : &plugins_[0];
    }
    const Plugin* plugin(std::string_view name) const;  // null if no document names it

    // The field that may have been meant by a spelling that `find` does not know, or empty. Takes up to a
    // millisecond.
    std::string suggest(std::string_view spelling) const;
    // Whether the names of some fields begin with this and a dot.
    bool is_prefix(std::string_view name) const { return prefixes_.contains(name); }

    // The names that operands of evt.type may have.
    bool is_event_type(std::string_view name) const {
        return event_types_.knows(name) || async_event_plugin(name);
    }
    const Plugin* async_event_plugin(std::string_view name) const;  // that makes such events, or null
    std::string suggest_event_type(std::string_view name) const;
    const EventTypes& event_types() const { return event_types_; }

    // The field of exactly this name, without an argument; null if there is none.
    const Field* exact(std::string_view name) const;
    // The longest one that a text is, or begins with before a dot; null if there is none.
    const Field* named_in(std::string_view text) const;
    // Fields that conditions should not use.
    const std::vector<const Field*>& deprecated() const { return deprecated_; }

  private:
    Lookup dotted(std::string_view name) const;

    void add(std::string_view document);

    std::string source_;
    std::vector<Field> fields_;
    std::vector<Plugin> plugins_;
    TextMap<size_t> plugin_index_;
    TextMap<size_t> async_events_;  // to the plugin
    TextViewMap<size_t> by_name_;
    TextViewSet prefixes_;
    size_t longest_name_ = 0;
    std::vector<const Field*> deprecated_;
    struct Parameter {  // of an event
        Type type;
        PrintFormat print;
    };
    TextMap<Parameter> parameters_;
    std::vector<std::string_view> parameter_names_;  // in the order of the documents
    EventTypes event_types_;
};

// The schema of the source `syscall`, container plugin included, that is built in. Loaded on first use.
const Schema& syscall_schema();

// The event sources of a run: `syscall`, and those that were added.
class Schemas {
  public:
    Schemas();

    // Adds a source, or fields to one that is there; `text` is a JSON document as in schema/. A new source
    // has the fields of every event (evt.num, evt.time …), too. Throws std::runtime_error with what is wrong;
    // nothing has changed then, nor if it is there already. References to a schema that is added to end.
    void add(std::string text);

    const Schema* find(std::string_view source) const;  // null if it is not known
    std::vector<const Schema*> all() const;             // `syscall` first
    // The plugins that the schemas of all sources describe, each once, by name.
    const std::map<std::string, Plugin, std::less<>>& plugins() const { return plugins_; }

  private:
    struct Entry {
        std::vector<std::string> documents;
        std::shared_ptr<const Schema> schema;
    };
    std::vector<Entry> entries_;
    std::map<std::string, Plugin, std::less<>> plugins_;
};

// Adds a document that may be wrong. Returns what is wrong with it, or an empty text; what it holds is not
// quoted where `why_not_quoted` says why not.
std::string try_add(Schemas& schemas, std::string text, const std::string& why_not_quoted);

}  // namespace stoop
