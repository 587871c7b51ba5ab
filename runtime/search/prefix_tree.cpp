// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/prefix_tree.h"

#include <algorithm>

namespace stoop {
namespace {

// In how many bytes they agree. Of sorted texts, what the first and the last have in common all have.
size_t common_size(std::string_view a, std::string_view b) {
    return static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

}  // namespace

void PrefixTree::build(const std::map<std::string, RuleRange>& literals) {
    Literals sorted(literals.begin(), literals.end());
    size_t common = common_size(sorted.front().first, sorted.back().first);
    nodes_.assign(1, {});
    tables_.clear();
    nodes_[0].label_size = static_cast<uint32_t>(common);
    labels_ = sorted.front().first.substr(0, common);
    // Not recursive: literals may be nested as deep as they are many.
    for (std::vector<Group> open{{0, 0, sorted.size(), common}}; !open.empty();) {
        Group group = open.back();
        open.pop_back();
        add_children(group, sorted, open);
    }
}

void PrefixTree::add_children(Group group, const Literals& literals, std::vector<Group>& open) {
    size_t begin = group.begin, depth = group.depth;
    if (literals[begin].first.size() == depth) {
        nodes_[group.node].rules = static_cast<uint32_t>(rules_.size());
        rules_.push_back(literals[begin++].second);
    }
    std::string bytes;
    nodes_[group.node].children = static_cast<uint32_t>(nodes_.size());
    while (begin < group.end) {
        char byte = literals[begin].first[depth];
        size_t end = begin + 1;
        while (end < group.end && literals[end].first[depth] == byte) ++end;
        size_t common = common_size(literals[begin].first, literals[end - 1].first);
        open.push_back({static_cast<uint32_t>(nodes_.size()), begin, end, common});
        Node child;
        child.label = static_cast<uint32_t>(labels_.size());
        child.label_size = static_cast<uint32_t>(common - depth);
        labels_ += literals[begin].first.substr(depth, common - depth);
        nodes_.push_back(child);
        bytes += byte;
        begin = end;
    }
    Node& node = nodes_[group.node];
    node.child_count = static_cast<uint32_t>(bytes.size());
    if (node.child_count > kFew) {
        node.table = static_cast<uint32_t>(tables_.size());
        tables_.resize(tables_.size() + 256, kNone);
        for (uint32_t i = 0; i < node.child_count; ++i)
            tables_[node.table + static_cast<unsigned char>(bytes[i])] = node.children + i;
    } else if (node.child_count > 0) {
        for (uint32_t i = 0; i < kFew; ++i)
            node.begins |= uint64_t{static_cast<unsigned char>(bytes[std::min<size_t>(i, bytes.size() - 1)])}
                           << i * 8;
    }
}

}  // namespace stoop
