// SPDX-License-Identifier: Apache-2.0
// Types fields and transformers: from what stands in a condition or an output to an operand that can be
// evaluated.
#pragma once

#include <functional>
#include <optional>

#include "compiler/semantics/typed.h"

namespace stoop {

// A problem within one condition or output; the caller knows where that text stands.
struct OperandProblem {
    Problem problem;
    std::string message;
    std::string label;
    std::string help;
    ast::Range range;
    std::string falco{};    // in Falco's own words
    std::string unknown{};  // the name of a field or event type that is not known
    std::string element{};  // of a list, that may have been meant as the name of one
};
// With the name that may have been meant, to look for which takes long.
std::string help_for(const OperandProblem& problem, const Schema& schema);

class OperandChecker {
  public:
    OperandChecker(const Schema& schema, SlotTable& slots, Arena& constants)
        : schema_(schema), slots_(slots), constants_(constants) {}

    // The field, or what is wrong with it.
    std::optional<FieldRef> field(const ast::Operand& operand, std::optional<OperandProblem>& problem) const;

    const Schema& schema() const { return schema_; }
    bool knows_field(std::string_view name) const { return schema_.knows(name); }
    // With an argument or without.
    bool knows_name(std::string_view name) const { return schema_.exact(name) != nullptr; }

    // Any operand. `ref`, if given, gets the field if the operand is a field alone.
    std::optional<Operand> check(const ast::Operand& operand, std::optional<OperandProblem>& problem,
                                 std::optional<FieldRef>* ref = nullptr);

  private:
    struct Fault {
        std::string message;  // empty: none
        std::string falco{};  // in Falco's own words
    };
    std::optional<Operand> transformer(const ast::Operand& operand, std::optional<OperandProblem>& problem);
    Fault fit(const ast::Operand& source, const Operand& operand) const;
    Fault argument_fault(const ast::Operand& argument) const;

    const Schema& schema_;
    SlotTable& slots_;
    Arena& constants_;
};

}  // namespace stoop
