// SPDX-License-Identifier: Apache-2.0
// The mutants of a rule: its condition with macros in place, and the small ways in which it can be changed.
//
// A change is a few numbers: which part of the condition, and what becomes of it. Its texts are made when
// they are printed, from the text of the condition, of which every part is a piece; trees are made only for
// comparisons that are changed. So the changes of a rule take memory linear in the condition, however many
// there are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/compiler.h"

namespace stoop {

class MutableCondition {
  public:
    using Kind = ast::Expression::Kind;  // never Macro
    struct Part {
        Kind kind = Kind::Comparison;
        bool negated = false;   // under an odd number of `not`s
        uint32_t parent = 0;    // the whole is its own
        uint32_t position = 0;  // among the parent's children
        std::vector<uint32_t> children;
        const ast::Comparison* comparison = nullptr;
        const std::string* macro = nullptr;  // it is the condition of this one
        Span span;
        uint32_t begin = 0, end = 0;  // in the text
    };

    // The compilation must outlive this.
    MutableCondition(const Compilation& rules, const RuleDefinition& rule);

    // How many bytes the text has and how many parts there are, without making them.
    struct Size {
        uint64_t text = 0, parts = 0;
    };
    static Size size(const Compilation& rules, const RuleDefinition& rule);

    // Parents before their children, which stand in the order of the text.
    const std::vector<Part>& parts() const { return parts_; }
    const std::string& text() const { return text_; }  // canonical
    std::string_view text(const Part& part) const {
        return std::string_view(text_).substr(part.begin, part.end - part.begin);
    }
    // As a tree. Ranges are those of a text that is not there, so there are none.
    ast::Expression tree() const { return tree(0); }

  private:
    uint32_t add(const Compilation& rules, const ast::Expression& e, const ResolvedCondition& where,
                 bool negated);
    ast::Expression tree(uint32_t part) const;

    std::vector<Part> parts_;
    std::string text_;
};

struct ConditionChange {
    enum class Kind : uint8_t {
        Junction,  // `or` for `and`, or the other way round
        Drop,      // of one of several
        Negate,
        Item,      // of a list is left out
        Operator,  // another one
    };
    Kind kind = Kind::Negate;
    Operator op = Operator::Exists;  // Operator
    uint32_t part = 0;
    uint32_t index = 0;           // Drop: of the child; Item: of the literal
    uint32_t begin = 0, end = 0;  // of the text, what is replaced

    // What is compiled for it: a comparison of its own.
    bool changes_comparison() const { return kind == Kind::Item || kind == Kind::Operator; }
};

std::string_view kind_name(ConditionChange::Kind kind);

// At most `most` of the changes, in the order of the text; `all` is how many there are.
std::vector<ConditionChange> condition_changes(const MutableCondition& condition, size_t most, size_t& all);

// The comparison as it is changed, for changes of one. Without ranges.
ast::Comparison changed_comparison(const MutableCondition& condition, const ConditionChange& change);

// For people: `without 'evt.res = SUCCESS'`. Long parts are cut (runtime/base/excerpt) unless they are to be
// `whole`.
std::string change_text(const MutableCondition& condition, const ConditionChange& change, bool whole);
Span change_span(const MutableCondition& condition, const ConditionChange& change);

// The condition with the change, canonical.
std::string changed_text(const MutableCondition& condition, const ConditionChange& change);
uint64_t changed_size(const MutableCondition& condition, const ConditionChange& change);

// What stands around the change, before and after it; `…` stands for the rest.
struct ChangedPlace {
    std::string before, after;
};
ChangedPlace changed_place(const MutableCondition& condition, const ConditionChange& change, bool whole);

}  // namespace stoop
