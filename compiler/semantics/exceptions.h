// SPDX-License-Identifier: Apache-2.0
// Exceptions: what is wrong with them, and the text that they add to a rule's condition (spec: rules-files.md
// §8).
#pragma once

#include <optional>
#include <vector>

#include "compiler/source/rule_file.h"
#include "runtime/base/text_map.h"
#include "runtime/event/schema.h"

namespace stoop {

// The rule that exceptions are for.
struct ExceptionOwner {
    std::string rule;
    const Schema* schema;  // to look fields up in; null for a source that is not known
    FalcoContext falco;
    bool replaced = false;  // by an override, which fills in no comparisons
};

// The exceptions of a definition with their default comparisons filled in, or nothing after a report.
std::optional<std::vector<ExceptionItem>> define_exceptions(std::vector<ExceptionItem> exceptions,
                                                            const ExceptionOwner& owner,
                                                            Diagnostics& diagnostics);

// The first of each name.
TextMap<size_t> index_exceptions(const std::vector<ExceptionItem>& exceptions);

// Appends to the exceptions of a rule, and to their index: new ones, or values for those that are there.
// False after a report.
bool append_exceptions(std::vector<ExceptionItem>& to, TextMap<size_t>& index,
                       std::vector<ExceptionItem> more, const ExceptionOwner& owner,
                       Diagnostics& diagnostics);

// `condition` in parentheses, and not each exception; the condition as it is if there are none. Nothing after
// a report.
std::optional<MappedText> with_exceptions(const MappedText& condition,
                                          const std::vector<ExceptionItem>& exceptions,
                                          const ExceptionOwner& owner, Diagnostics& diagnostics);

}  // namespace stoop
