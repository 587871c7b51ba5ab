// SPDX-License-Identifier: Apache-2.0
// A rule set with its names resolved: the rules, macros and lists of all files together, list names in
// conditions replaced by their items, conditions parsed, every macro that is referred to known (spec:
// rules-files.md §6, §7, §9). Fields and types are not looked at yet.
//
// Problems are reported for every item; what has one is marked and left out by later stages.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/source/rule_file.h"
#include "compiler/syntax/ast.h"
#include "runtime/base/limits.h"
#include "runtime/base/text_map.h"
#include "runtime/event/schema.h"

namespace stoop {

// A condition's text, where each byte of it comes from, and its tree.
struct ResolvedCondition {
    std::shared_ptr<const std::string> unexpanded;  // with exceptions, but list names as they were written
    MappedText text;                                // with lists
    ast::Expression tree;  // if it is not valid: what could be read of it, see parse_rest
    std::vector<const ast::Expression*>
        macros;                   // the references to macros in the tree, in the order of the text
    std::vector<uint32_t> lists;  // whose names stood in the text
    bool valid = false;

    Span span(ast::Range range) const { return text.span(range.begin, range.end); }
};

struct ListDefinition {
    ListItem item;
    bool in_list = false;  // its name stands in another list
    // When it was first defined and when last, counted over all items: what it may refer to depends on these
    // (§6).
    uint32_t index = 0;
    uint32_t visibility = 0;
};

struct MacroDefinition {
    MacroItem item;
    ResolvedCondition condition;
    uint32_t index = 0;
    uint32_t visibility = 0;
};

struct RuleDefinition {
    RuleItem item;  // complete: everything that a definition must have is there
    ResolvedCondition condition;

    std::string source() const { return item.source ? item.source->text() : std::string(kDefaultSource); }
};

// What became of a rule when it was typed.
struct RuleOutcome {
    bool loaded = false;                       // it is valid
    bool skipped = false;                      // it was left out, as it asks to be
    bool skipped_for_output = false;           // that was before its condition was looked at
    std::vector<std::string> output_mentions;  // fields and transformers, as often as they are there
};

// Its conditions point into it, so it can be moved, but not copied.
struct Ruleset {
    Ruleset() = default;
    Ruleset(Ruleset&&) = default;
    Ruleset& operator=(Ruleset&&) = default;

    std::vector<RuleDefinition> rules;  // in the order in which they were first defined, as the following
    std::vector<MacroDefinition> macros;
    std::vector<ListDefinition> lists;
    std::set<std::string> plugins;  // that the files require

    const MacroDefinition* macro(const std::string& name) const;
    // How deep a condition may be with macros in place of their names.
    uint64_t deepest() const { return limits[Limit::Depth] + limits[Limit::Depth] / 2; }

    TextMap<size_t> macro_index, list_index;
    const Schemas* schemas = nullptr;  // of all sources
    Limits limits;                     // under which it was made

    size_t index(const RuleDefinition& rule) const { return static_cast<size_t>(&rule - rules.data()); }
};

// The trees of conditions, by their texts with lists. Several threads may use it at once.
class ParsedConditions {
  public:
    const ast::Expression* find(const std::string& text) const;  // null if there is none
    // The tree that was kept first of this text.
    const ast::Expression& keep(const std::string& text, ast::Expression tree);

  private:
    mutable std::mutex mutex_;
    TextMap<ast::Expression> trees_;  // none goes or moves
};

// Where Falco says that problems of conditions are.
class FalcoPlaces {
  public:
    // Byte `at` of the condition with lists, shown in `text`.
    FalcoExpression of(const ResolvedCondition& condition, std::shared_ptr<const std::string> text,
                       uint32_t at);

  private:
    std::unordered_map<const ResolvedCondition*, FalcoLines> lines_;
};

// Where Falco says that a problem with a rule is, when it compiles the rule.
FalcoContext falco_rule(const Ruleset& ruleset, const RuleDefinition& rule);

// Macros and lists that are not referred to. Falco does not get that far if there is an error.
// `outcomes` by rule.
void warn_unused(const Ruleset& ruleset, const std::vector<RuleOutcome>& outcomes, Diagnostics& diagnostics);

// Rules for sources that have no schema are not looked at: their conditions may be in another language.
// What was parsed before need not be parsed again; the rest is parsed by so many threads.
Ruleset resolve(std::vector<RuleFile> files, const Sources& sources, const Schemas& schemas,
                ParsedConditions& parsed, Diagnostics& diagnostics, unsigned threads);

}  // namespace stoop
