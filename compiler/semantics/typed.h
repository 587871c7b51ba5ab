// SPDX-License-Identifier: Apache-2.0
// A rule set in which every comparison is typed against the schema of its source: fields have become slots,
// operands values of the field's type, outputs lists of pieces (spec: condition-language.md §6 to §8, §12,
// §13; output.md §1).
//
// Every comparison of the source text is an atom of its own here; equal ones become one in the program.
#pragma once

#include <memory>

#include "compiler/semantics/ruleset.h"
#include "runtime/engine/regex_store.h"
#include "runtime/event/schema.h"
#include "runtime/program/program.h"
#include "runtime/program/source_map.h"

namespace stoop {

// The fields that a rule set reads, in the order in which they were first named.
class SlotTable {
  public:
    uint32_t slot(const FieldRef& ref);
    const FieldRef& ref(uint32_t slot) const { return refs_[slot]; }
    const std::vector<FieldRef>& refs() const { return refs_; }

  private:
    std::vector<FieldRef> refs_;
    TextMap<uint32_t> by_spelling_;
};

struct TypedAtom {
    Atom atom;
    std::string text;  // canonical, as messages show it
};

struct TypedRule {
    ProgramRule rule;  // without its place in the graph
    SourceMap::Rule source;
};

struct TypedRuleset {
    explicit TypedRuleset(uint64_t regex_memory) : regexes(regex_memory) {}

    std::string source;
    SlotTable slots;
    std::vector<TypedAtom> atoms;
    std::vector<TypedRule> rules;
    Arena constants;
    RegexStore regexes;  // all that occur

    std::vector<RuleOutcome> outcomes;  // by rule of the rule set; only those of this source are set
    uint64_t nodes = 0;                 // of the conditions, with macros in place of their names
};

// All rules of `schema`'s source are checked; those that are enabled (by rule of the rule set) and valid are
// in the result.
std::unique_ptr<TypedRuleset> check(const Ruleset& ruleset, const std::vector<bool>& enabled,
                                    const Schema& schema, const Sources& sources, Diagnostics& diagnostics);

}  // namespace stoop
