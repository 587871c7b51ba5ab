// SPDX-License-Identifier: Apache-2.0
// Which rules are worth evaluating, by the value of one text field: every rule in the index has given
// literals of which at least one must equal the value, begin it, end it or be part of it, or the rule cannot
// fire. One look at the value finds them all, however many rules there are: a hash probe for the equal ones,
// a walk down a tree for beginnings and ends, a search for a few parts and one pass of an automaton for many.
//
// A look costs a few nanoseconds for equality, beginnings and ends, whatever their number, and for parts a
// hundredth to one for a byte. It allocates nothing. Long literals are cut: what is found then is more than
// what matches, never less. Built once by one thread, then any number of threads may look.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/member_sets.h"
#include "runtime/search/prefix_tree.h"
#include "runtime/search/rule_range.h"
#include "runtime/search/substrings.h"
#include "runtime/search/text_table.h"

namespace stoop {

// Where in a value a literal must be.
enum class LiteralPlace : uint8_t { Whole, Beginning, End, Part, PartAnyCase };
constexpr size_t kPlaces = 5;
constexpr uint32_t place_bit(LiteralPlace place) { return uint32_t{1} << static_cast<uint32_t>(place); }
constexpr uint32_t kAllPlaces = (uint32_t{1} << kPlaces) - 1;

class LiteralIndex {
  public:
    // `members`: rules that have the literal.
    void add(LiteralPlace place, std::string_view literal, const Members& members);
    // Literals of one place, those of LiteralPlace::End reversed, and the members that have them.
    using Added = std::map<std::string, MemberSets>;
    const Added& added(LiteralPlace place) const { return added_[static_cast<size_t>(place)]; }
    // They are looked for elsewhere. Before `build`, like `added`.
    void drop(LiteralPlace place) { added_[static_cast<size_t>(place)].clear(); }
    void build();  // after the last add and before the first look

    // Calls `found` with each range of members that has a literal in one of the `places` (bits); a member may
    // be in several.
    template <typename Found>
    void look(std::string_view value, uint32_t places, Found&& found) const {
        look_at_ends(value, places & has_, found);
        look_inside(value, places & has_, found);
    }
    const MemberBits* members() const { return members_.data(); }
    // The same for an index of at most 64 members: the bits of those found whose guards are among `held`.
    uint64_t find(std::string_view value, uint32_t places, uint32_t held) const;
    // If it has nothing but parts of one kind (LiteralPlace::Part or PartAnyCase): these.
    const Substrings* only_parts() const {
        if (has_ == place_bit(LiteralPlace::Part)) return &parts_;
        return has_ == place_bit(LiteralPlace::PartAnyCase) ? &folded_parts_ : nullptr;
    }

  private:
    static constexpr uint32_t kInside = place_bit(LiteralPlace::Part) | place_bit(LiteralPlace::PartAnyCase);
    static constexpr uint32_t kAlways = uint32_t{1} << kPlaces;  // in has_

    template <typename Found>
    void look_at_ends(std::string_view value, uint32_t places, Found&& found) const;
    template <typename Found>
    void look_inside(std::string_view value, uint32_t places, Found&& found) const;
    uint64_t scan_parts(const Substrings& parts, uint64_t members, std::string_view value,
                        uint32_t held) const;
    uint64_t find_at_ends(std::string_view value, uint32_t places, uint32_t held) const;

    static Added cut(Added literals, size_t longest);

    Added added_[kPlaces];
    std::vector<MemberBits> members_;
    std::vector<RuleRange> always_;
    uint32_t has_ = 0;  // bits of places
    TextTable whole_;
    std::vector<RuleRange> of_whole_;  // by the number of the text
    PrefixTree beginnings_, ends_;
    Substrings parts_, folded_parts_;
    uint64_t of_parts_ = 0, of_folded_parts_ = 0;  // the members that have them, if all fit a word
};

template <typename Found>
void LiteralIndex::look_at_ends(std::string_view value, uint32_t places, Found&& found) const {
    if (has_ & kAlways)
        for (const RuleRange& range : always_) found(range);
    if (places & place_bit(LiteralPlace::Whole))
        if (uint32_t text = whole_.guess(value); text != TextTable::kNone) found(of_whole_[text]);
    if (places & place_bit(LiteralPlace::Beginning))
        beginnings_.walk(
            value.size(), [&](size_t i) { return value[i]; }, found);
    if (places & place_bit(LiteralPlace::End))
        ends_.walk(
            value.size(), [&](size_t i) { return value[value.size() - 1 - i]; }, found);
}

// What is mostly asked for here are parts, and mostly a first sieve tells that there are none: that much
// stands where it is called.
inline uint64_t LiteralIndex::find(std::string_view value, uint32_t places, uint32_t held) const {
    places &= has_;
    uint64_t out = (places & ~kInside) == 0 && (has_ & kAlways) == 0 ? 0 : find_at_ends(value, places, held);
    if (places & place_bit(LiteralPlace::Part) && parts_.may_find(value))
        out |= scan_parts(parts_, of_parts_, value, held);
    if (places & place_bit(LiteralPlace::PartAnyCase) && folded_parts_.may_find(value))
        out |= scan_parts(folded_parts_, of_folded_parts_, value, held);
    return out;
}

template <typename Found>
void LiteralIndex::look_inside(std::string_view value, uint32_t places, Found&& found) const {
    auto go_on = [&](const RuleRange& range) {
        found(range);
        return true;
    };
    if (places & place_bit(LiteralPlace::Part) && parts_.may_find(value)) parts_.scan(value, go_on);
    if (places & place_bit(LiteralPlace::PartAnyCase) && folded_parts_.may_find(value))
        folded_parts_.scan(value, go_on);
}

}  // namespace stoop
