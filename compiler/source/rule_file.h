// Rule files as their author wrote them: YAML lists of rules, macros and lists, every value with its place.
// Reading checks the shape of each item (spec: rules-files.md §2 to §5), not what it means: conditions and
// outputs are still text. All problems of a file are reported; a bad item is left out and reading goes on
// with the next.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/source/diagnostic.h"
#include "compiler/source/source.h"
#include "runtime/match/plan.h"

namespace stoop {

struct RuleItem {
    MappedText name;
    MappedText condition;
    MappedText output;  // leading and trailing white space removed
    std::string description;
    Priority priority = Priority::Debug;
    MappedText source;  // empty: syscall
    std::vector<std::string> tags;
    bool enabled = true;
    Span span;  // of the item
};

struct MacroItem {
    MappedText name;
    MappedText condition;
    Span span;
};

struct ListItem {
    MappedText name;
    std::vector<MappedText> items;
    Span span;
};

struct RuleFile {
    std::vector<std::variant<RuleItem, MacroItem, ListItem>> items;  // in file order
};

// Reads the file that `sources` holds as `file`.
RuleFile read_rule_file(const Sources& sources, uint32_t file, Diagnostics& diagnostics);

}  // namespace stoop
