// The names of lists in conditions: Falco replaces them in the text, before it parses (spec: rules-files.md
// §7.2).
#pragma once

#include <string>
#include <vector>

#include "compiler/source/source.h"

namespace stoop {

// `text` with every delimited occurrence of `name` replaced by `items`; each byte keeps its place in the
// files.
MappedText replace_list_name(const MappedText& text, const std::string& name,
                             const std::vector<MappedText>& items);

// Appends one item of a list, or one value of an exception: in quotes if it has a blank and brought none.
void append_quoted(MappedText& out, const MappedText& item);

}  // namespace stoop
