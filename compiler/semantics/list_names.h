// The names of lists in conditions: Falco replaces them in the text, before it parses (spec: rules-files.md
// §7.2).
#pragma once

#include <string>
#include <vector>

#include "compiler/source/source.h"

namespace stoop {

// Replaces every delimited occurrence of `name` by `items`; each byte keeps its place in the files. False if
// there was none. Stops when the text is longer than `limit`, and so refused by the parser.
bool replace_list_name(MappedText& text, const std::string& name, const std::vector<MappedText>& items,
                       size_t limit);

// Appends one item of a list, or one value of an exception: in quotes if it has a blank and brought none.
void append_quoted(MappedText& out, const MappedText& item);

}  // namespace stoop
