// SPDX-License-Identifier: Apache-2.0
// Texts, of which those that begin a value are found, or those that end it if they were added reversed: a
// walk down a tree, a step for each byte that still agrees with one of them.
//
// Built once by one thread, then only read.
#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/search/rule_range.h"

namespace stoop {

class PrefixTree {
  public:
    void build(const std::map<std::string, RuleRange>& literals);  // at least one
    // Calls `found` with the rules of each, the shorter ones first. `at(i)` is the value's byte i, counted
    // from the end at which the tree begins.
    template <typename At, typename Found>
    void walk(size_t size, At&& at, Found&& found) const;

  private:
    // Of a node with no more children than this, the bytes that they begin with are all compared at once.
    static constexpr uint32_t kFew = 8;
    struct Node {
        uint32_t label = 0, label_size = 0;      // the bytes on the way to it
        uint32_t children = 0, child_count = 0;  // they follow each other, by the byte they begin with
        uint32_t rules = kNone;                  // index into rules_
        uint32_t table = 0;                      // of many children: where theirs begins in tables_
        uint64_t begins = 0;  // of few children, the bytes they begin with; the last one over again
    };
    static constexpr uint32_t kNone = UINT32_MAX;
    using Literals = std::vector<std::pair<std::string_view, RuleRange>>;
    struct Group {  // literals that agree in their first `depth` bytes, which lead to `node`
        uint32_t node;
        size_t begin, end, depth;
    };
    void add_children(Group group, const Literals& literals, std::vector<Group>& open);
    // The child that begins with the byte, or kNone.
    uint32_t child(const Node& node, unsigned char byte) const;

    std::vector<Node> nodes_;
    std::vector<uint32_t> tables_;  // for each byte the child that begins with it
    std::vector<RuleRange> rules_;
    std::string labels_;
};

inline uint32_t PrefixTree::child(const Node& node, unsigned char byte) const {
    if (node.child_count > kFew) return tables_[node.table + byte];
    constexpr uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
    uint64_t differs = node.begins ^ kOnes * byte;
    uint64_t same = (differs - kOnes) & ~differs & kHigh;  // the lowest bit is of the first byte that is 0
    if (same == 0 || node.child_count == 0) return kNone;
    return node.children + static_cast<uint32_t>(std::countr_zero(same)) / 8;
}

template <typename At, typename Found>
void PrefixTree::walk(size_t size, At&& at, Found&& found) const {
    const Node* node = nodes_.data();
    for (size_t depth = 0;;) {
        if (node->label_size > size - depth) return;
        const char* label = labels_.data() + node->label;
        for (uint32_t i = 0; i < node->label_size; ++i)
            if (at(depth + i) != label[i]) return;
        depth += node->label_size;
        if (node->rules != kNone) found(rules_[node->rules]);
        if (depth == size) return;
        uint32_t next = child(*node, static_cast<unsigned char>(at(depth)));
        if (next == kNone) return;
        node = nodes_.data() + next;
    }
}

}  // namespace stoop
