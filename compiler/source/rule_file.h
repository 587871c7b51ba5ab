// SPDX-License-Identifier: Apache-2.0
// Rule files as their author wrote them: YAML lists of rules, macros and lists, every value with its place.
// Reading checks the shape of each item (spec: rules-files.md §2 to §5, §8), not what it means: conditions
// and outputs are still text, and an item that changes an earlier one is still apart from it.
//
// All problems of a file are reported, in the order in which Falco would meet them; a bad item is left out
// and reading goes on with the next.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "compiler/source/diagnostic.h"
#include "compiler/source/source.h"
#include "runtime/program/priority.h"

namespace stoop {

// What an item does to an earlier one of its name.
enum class Form : uint8_t {
    Definition,  // takes its place, if there is one
    Append,      // `append: true`, the old way
    Override,    // as its `override` says, key by key
    EnableOnly,  // a rule with nothing but `enabled`, the old way
};

enum class Change : uint8_t { Append, Replace };

// One element of an exception's `values`, or of a tuple in it.
struct ExceptionValue {
    bool list = false;
    MappedText text;                    // if it is a scalar
    std::vector<ExceptionValue> items;  // if it is a list
    Span span;
};

// One field or comparison, or a list of them.
struct ExceptionNames {
    bool list = false;
    std::vector<MappedText> names;
};

struct ExceptionItem {
    MappedText name;
    std::optional<ExceptionNames> fields;  // nothing if the key is not there
    std::optional<ExceptionNames> comps;
    std::optional<std::vector<ExceptionValue>> values;
    Span span;
};

// What an item gives is set; the rest is not.
struct RuleItem {
    uint32_t number = 0;                 // of all items of its file, as for macros and lists
    Span span;                           // its first key
    Span condition_value, output_value;  // where YAML has these values begin
    Form form = Form::Definition;
    bool by_override = false;  // a definition that `override` asks for
    MappedText name;
    std::optional<MappedText> condition;
    std::optional<MappedText> output;
    std::optional<MappedText> description;
    std::optional<Priority> priority;
    std::optional<MappedText> source;
    std::optional<std::vector<std::string>> tags;
    std::optional<std::vector<ExceptionItem>> exceptions;
    std::optional<bool> enabled;
    std::optional<bool> warn_event_types;
    std::optional<bool> skip_if_unknown;
    std::optional<bool> capture;
    std::optional<uint32_t> capture_duration;  // milliseconds
    std::map<std::string, Change> overrides;
};

struct MacroItem {
    uint32_t number = 0;
    Span span;
    Span condition_value;
    Form form = Form::Definition;
    bool by_override = false;  // a definition that `override` asks for
    MappedText name;
    MappedText condition;
};

struct ListItem {
    uint32_t number = 0;
    Span span;
    Form form = Form::Definition;
    bool by_override = false;  // a definition that `override` asks for
    MappedText name;
    std::vector<MappedText> items;
};

struct RuleFile {
    std::vector<std::variant<RuleItem, MacroItem, ListItem>> items;  // in file order
    std::set<std::string> plugins;                                   // that it requires
    // Definitions that are left out since they have mistakes: `rule NAME`, `macro NAME`, `list NAME`.
    std::set<std::string> faulty;
    size_t rules_written = 0;  // also those with mistakes
};

// Where Falco says that a problem with an item is.
FalcoContext falco_item(const RuleItem& item);
FalcoContext falco_item(const MacroItem& item);
FalcoContext falco_item(const ListItem& item);

struct Provided;

// Reads the file that `sources` holds as `file`. What it requires is held against what is provided.
RuleFile read_rule_file(const Sources& sources, uint32_t file, const Provided& provided,
                        Diagnostics& diagnostics);

}  // namespace stoop
