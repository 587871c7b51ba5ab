// SPDX-License-Identifier: Apache-2.0
// Types one comparison: its operator against the field's type, its operands as values of that type, and what
// the operator needs prepared (spec: condition-language.md §7, §8, §10, §13, §16).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/semantics/operand_checker.h"
#include "runtime/base/limits.h"
#include "runtime/engine/regex_store.h"

namespace stoop {

// Something in a comparison that is no error but likely a mistake.
struct ComparisonWarning {
    Problem problem;
    std::string message;
    std::string help;
    std::string falco;  // its message
    ast::Range range;
    const Field* deprecated = nullptr;  // the field that Problem::Deprecated is about
};

class ComparisonChecker {
  public:
    // Those that are referred to must outlive the checker.
    ComparisonChecker(const Schema& schema, SlotTable& slots, Arena& constants, RegexStore& regexes,
                      const Limits& limits)
        : schema_(schema),
          constants_(constants),
          regexes_(regexes),
          limits_(limits),
          operands_(schema, slots, constants) {}

    // Nothing, and all that is wrong in `problems`, the first as Falco would find it.
    std::optional<Atom> check(const ast::Comparison& source, std::vector<OperandProblem>& problems,
                              std::vector<ComparisonWarning>& warnings);

  private:
    // `falco` is the same in Falco's own words.
    bool fail(Problem kind, ast::Range range, std::string falco, std::string message, std::string label = "",
              std::string help = "") {
        problems_->push_back(
            {kind, std::move(message), std::move(label), std::move(help), range, std::move(falco)});
        return false;
    }
    bool check_operator(const ast::Comparison& source, const Atom& atom);
    bool check_right_operand(const ast::Comparison& source, Atom& atom);
    bool check_literals(const ast::Comparison& source, Atom& atom);
    std::optional<Operand> check_operand(const ast::Operand& operand, std::optional<FieldRef>& field);
    bool compile_regexes(const ast::Comparison& source, const Atom& atom);
    // What can be said before the comparison is typed, and of literals after.
    void warn_of_fields(const ast::Comparison& source, std::vector<ComparisonWarning>& warnings) const;
    void warn_of_literals(const ast::Comparison& source, std::vector<ComparisonWarning>& warnings) const;
    // Whether an operand is a field with this property, transformed or not.
    bool stands_for(const ast::Operand& operand, bool Field::*property) const;

    const Schema& schema_;
    Arena& constants_;
    RegexStore& regexes_;
    const Limits& limits_;
    OperandChecker operands_;
    std::vector<OperandProblem>* problems_ = nullptr;
    std::optional<FieldRef> field_;  // of the left side, if it is a field alone
};

}  // namespace stoop
