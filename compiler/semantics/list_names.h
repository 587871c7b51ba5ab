// The names of lists in conditions: Falco replaces them in the text, before it parses (spec: rules-files.md
// §7.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/source/source.h"

namespace stoop {

// The names of a rule set's lists, to see which of them stand in a text without looking for each.
class ListNames {
  public:
    // The lists are known by their numbers, in this order. The names must outlive this.
    explicit ListNames(const std::vector<std::string_view>& names);

    // The first list from `from` on whose name stands in the text, delimited.
    std::optional<size_t> first_in(std::string_view text, size_t from) const;

  private:
    std::unordered_map<std::string_view, size_t> words_;
    std::vector<std::pair<std::string_view, size_t>> with_delimiters_;
};

// Replaces every delimited occurrence of `name` by `items`; each byte keeps its place in the files. Stops
// when the text is longer than `limit`, and so refused by the parser.
void replace_list_name(MappedText& text, const std::string& name, const std::vector<MappedText>& items,
                       size_t limit);

// Appends one item of a list, or one value of an exception: in quotes if it has a blank and brought none.
void append_quoted(MappedText& out, const MappedText& item);

}  // namespace stoop
