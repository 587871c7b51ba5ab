// A rule set with its names resolved: the rules, macros and lists of all files together, list names in
// conditions replaced by their items, conditions parsed, every macro that is referred to known (spec:
// rules-files.md §6, §7, §9). Fields and types are not looked at yet.
//
// Problems are reported for every item; what has one is marked and left out by later stages.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/source/rule_file.h"
#include "compiler/syntax/ast.h"

namespace stoop {

// A condition's text, where each byte of it comes from, and its tree.
struct ResolvedCondition {
    MappedText text;
    ast::Expression tree;
    std::vector<const ast::Expression*>
        macros;  // the references to macros in the tree, in the order of the text
    bool valid = false;

    Span span(ast::Range range) const { return text.span(range.begin, range.end); }
};

struct ListDefinition {
    ListItem item;
    bool used = false;  // its name stood in a condition or in another list
    // When it was first defined and when last, counted over all items: what it may refer to depends on these
    // (§6).
    uint32_t index = 0;
    uint32_t visibility = 0;
};

struct MacroDefinition {
    MacroItem item;
    ResolvedCondition condition;
    bool used = false;  // a rule or another macro refers to it
    uint32_t index = 0;
    uint32_t visibility = 0;
};

struct RuleDefinition {
    RuleItem item;  // complete: everything that a definition must have is there
    ResolvedCondition condition;

    std::string source() const { return item.source ? item.source->text() : "syscall"; }
    bool enabled() const { return item.enabled.value_or(true); }
};

struct Ruleset {
    std::vector<RuleDefinition> rules;  // in the order in which they were first defined, as the following
    std::vector<MacroDefinition> macros;
    std::vector<ListDefinition> lists;

    const MacroDefinition* macro(const std::string& name) const;

    std::unordered_map<std::string, size_t> macro_index;
};

Ruleset resolve(std::vector<RuleFile> files, Diagnostics& diagnostics);

}  // namespace stoop
