// SPDX-License-Identifier: Apache-2.0
// The names of lists in conditions: Falco replaces them in the text, before it parses (spec: rules-files.md
// §7.2). It takes list after list, in the order of their definitions, and looks for each through the text
// that the ones before have left. Here one look does for all lists that do not touch each other, which is
// nearly always all of them. What takes more looks has a budget.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source.h"
#include "runtime/base/text_map.h"

namespace stoop {

struct NamedList {
    std::string_view name;
    std::vector<const MappedText*> items{};
};

// What is left for texts.
struct ListBudget {
    // Bytes of one text, which ends somewhere behind that and is then refused by the parser.
    size_t condition = SIZE_MAX;
    uint64_t items = UINT64_MAX;  // bytes that come into all texts; an item takes some in any case
    uint64_t looks = UINT64_MAX;  // bytes that are looked at more than twice

    // False if it is used up.
    bool take(const MappedText& item);
    bool look(size_t bytes);
};

class ListNames {
  public:
    explicit ListNames(std::vector<NamedList> lists);

    enum class Outcome : uint8_t { Done, TooMuchText, TooManyLooks };
    // Replaces every name in `text` and appends the numbers of the lists to `used`, unless the budget ends.
    Outcome replace(MappedText& text, ListBudget& budget, std::vector<uint32_t>& used) const;

    struct Occurrence {
        size_t begin, end;
        uint32_t list;
    };

  private:
    static constexpr uint32_t kNone = UINT32_MAX;
    // The lists of a round of replacements: one that must be alone, or those up to before `end`.
    struct Round {
        uint32_t first = 0, end = 0;
        bool alone = false;
    };

    uint32_t first_brought(uint32_t list) const;
    std::vector<Occurrence> find(std::string_view text, uint32_t from) const;
    uint32_t first_split(std::string_view text, uint32_t from) const;
    Round next_round(std::string_view text, const std::vector<Occurrence>& found) const;

    std::vector<NamedList> lists_;
    std::vector<uint32_t> brings_;  // by list: the first one behind it that its items name, or kNone
    TextViewMap<uint32_t> words_;   // names without delimiters
    std::vector<uint32_t> split_;   // the others
};

// Replaces every delimited occurrence of one list's name; each byte keeps its place in the files. False if
// the budget is used up.
bool replace_list_name(MappedText& text, const NamedList& list, ListBudget& budget);

// Appends one item of a list, or one value of an exception: in quotes if it has a blank and brought none.
void append_quoted(MappedText& out, const MappedText& item);

}  // namespace stoop
