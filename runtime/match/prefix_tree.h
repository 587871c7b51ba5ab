// Texts, of which those that begin a value are found, or those that end it if they were added reversed: a
// walk down a tree, a step for each byte that still agrees with one of them.
//
// Built once by one thread, then only read.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/match/rule_range.h"

namespace stoop {

class PrefixTree {
  public:
    void build(const std::map<std::string, RuleRange>& literals);  // at least one
    // Calls `found` with the rules of each, the shorter ones first. `at(i)` is the value's byte i, counted
    // from the end at which the tree begins.
    template <typename At, typename Found>
    void walk(size_t size, At&& at, Found&& found) const;

  private:
    struct Node {
        uint32_t label = 0, label_size = 0;      // the bytes on the way to it
        uint32_t children = 0, child_count = 0;  // they follow each other, by the byte they begin with
        uint32_t rules = kNoRules;               // index into rules_
        uint64_t begins[4] = {};                 // a bit for each byte that a child begins with
    };
    static constexpr uint32_t kNoRules = UINT32_MAX;
    using Literals = std::vector<std::pair<std::string_view, RuleRange>>;
    struct Group {  // literals that agree in their first `depth` bytes, which lead to `node`
        uint32_t node;
        size_t begin, end, depth;
    };
    void add_children(Group group, const Literals& literals, std::vector<Group>& open);
    uint32_t child(const Node& node, unsigned char byte) const;  // there is one

    std::vector<Node> nodes_;
    std::vector<unsigned char> first_;  // of each node, the first byte of its label
    std::vector<RuleRange> rules_;
    std::string labels_;
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
        if (node.rules != kNoRules) found(rules_[node.rules]);
        if (depth == size) return;
        auto byte = static_cast<unsigned char>(at(depth));
        if ((node.begins[byte / 64] >> byte % 64 & 1) == 0) return;
        index = child(node, byte);
    }
}

}  // namespace stoop
