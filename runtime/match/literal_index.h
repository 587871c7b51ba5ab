// Which rules are worth evaluating, by the value of one text field: every rule in the index has given
// literals of which at least one must equal the value, begin it, end it or be part of it, or the rule cannot
// fire. One look at the value finds them all, however many rules there are: a hash probe for the equal ones,
// a walk down a tree for beginnings and ends, one pass of an automaton for parts.
//
// A look costs a few nanoseconds for equality, beginnings and ends, whatever their number, and about one a
// byte for parts. It allocates nothing. Long literals are cut: what is found then is more than what matches,
// never less. Built once by one thread, then any number of threads may look.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/match/substrings.h"

namespace stoop {

// Texts, of which the one that is equal to a value is found.
class ExactTable {
  public:
    void build(const std::map<std::string, RuleRange>& literals);
    const RuleRange* find(std::string_view value) const;
    static constexpr size_t kFilterBits = 2048;

  private:
    struct Entry {
        uint64_t hash = 0;
        uint32_t offset = 0, size = 0;
        RuleRange rules;
    };
    std::vector<Entry> entries_;  // a power of two of them, half empty; an empty one has no rules
    std::string texts_;
    uint64_t sizes_ = 0;  // bit n: one of the texts has n bytes; bit 63: or more
    uint64_t filter_[kFilterBits / 64] = {};
};

// Texts, of which those that begin a value are found, or those that end it if they were added reversed.
class PrefixTree {
  public:
    void build(const std::map<std::string, RuleRange>& literals);  // at least one
    // Calls `found` for each, the shorter ones first. `at(i)` is the value's byte i, counted from the end at
    // which the tree begins.
    template <typename At, typename Found>
    void walk(size_t size, At&& at, Found&& found) const;

  private:
    struct Node {
        uint32_t label = 0, label_size = 0;      // the bytes on the way to it
        uint32_t children = 0, child_count = 0;  // they follow each other
        RuleRange rules;
    };
    uint32_t child(const Node& node, unsigned char byte) const;  // 0 if there is none
    using Literals = std::vector<std::pair<std::string_view, RuleRange>>;
    struct Group {  // literals that agree in their first `depth` bytes, which lead to `node`
        uint32_t node;
        size_t begin, end, depth;
    };
    void add_children(Group group, const Literals& literals, std::vector<Group>& open);

    std::vector<Node> nodes_;
    std::vector<unsigned char> first_;  // of each node, the first byte of its label
    std::string labels_;
};

class LiteralIndex {
  public:
    enum class Place : uint8_t { Whole, Beginning, End, Part, PartAnyCase };

    void add(Place place, std::string_view literal, uint32_t rule);
    void build();  // after the last add and before the first look

    // Calls `found` with each range of rules; a rule may be in several.
    template <typename Found>
    void look(std::string_view value, Found&& found) const;
    const uint32_t* rules() const { return rules_.data(); }

  private:
    static constexpr size_t kPlaces = 5;
    using Added = std::map<std::string, std::vector<uint32_t>>;
    static Added cut(Added literals, size_t longest);

    Added added_[kPlaces];
    std::vector<uint32_t> rules_;
    std::vector<RuleRange> always_;
    bool has_[kPlaces] = {};
    ExactTable whole_;
    PrefixTree beginnings_, ends_;
    Substrings parts_, folded_parts_;
};

template <typename At, typename Found>
void PrefixTree::walk(size_t size, At&& at, Found&& found) const {
    uint32_t index = 0;
    for (size_t depth = 0;;) {
        const Node& node = nodes_[index];
        if (node.label_size > size - depth) return;
        for (uint32_t i = 0; i < node.label_size; ++i)
            if (at(depth + i) != labels_[node.label + i]) return;
        depth += node.label_size;
        if (node.rules.count != 0) found(node.rules);
        if (depth == size || node.child_count == 0) return;
        index = child(node, static_cast<unsigned char>(at(depth)));
        if (index == 0) return;
    }
}

template <typename Found>
void LiteralIndex::look(std::string_view value, Found&& found) const {
    for (const RuleRange& range : always_) found(range);
    if (has_[static_cast<size_t>(Place::Whole)])
        if (const RuleRange* range = whole_.find(value)) found(*range);
    if (has_[static_cast<size_t>(Place::Beginning)])
        beginnings_.walk(
            value.size(), [&](size_t i) { return value[i]; }, found);
    if (has_[static_cast<size_t>(Place::End)])
        ends_.walk(
            value.size(), [&](size_t i) { return value[value.size() - 1 - i]; }, found);
    if (has_[static_cast<size_t>(Place::Part)]) parts_.scan(value, found);
    if (has_[static_cast<size_t>(Place::PartAnyCase)]) folded_parts_.scan(value, found);
}

}  // namespace stoop
