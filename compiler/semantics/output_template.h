// SPDX-License-Identifier: Apache-2.0
// Output templates: literal text and `%` references (spec: output.md §1).
#pragma once

#include "compiler/semantics/operand_checker.h"

namespace stoop {

struct CompiledOutput {
    std::vector<OutputPiece> pieces;
    std::vector<OutputField> fields;    // sorted by key, each once
    std::vector<std::string> mentions;  // fields and transformers in order, with those inside them
};

// Falco takes `%container.info` out of an output before it looks at it.
MappedText without_container_info(const MappedText& output);

// Reports to `diagnostics` and returns nothing if the template is wrong.
// `falco` is where Falco says that problems with it are.
std::optional<CompiledOutput> compile_output(const MappedText& text, OperandChecker& checker,
                                             const FalcoContext& falco, Diagnostics& diagnostics);

}  // namespace stoop
