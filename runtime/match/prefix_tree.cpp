#include "runtime/match/prefix_tree.h"

#include <algorithm>

namespace stoop {

void PrefixTree::build(const std::map<std::string, RuleRange>& literals) {
    Literals sorted(literals.begin(), literals.end());
    nodes_.assign(1, {});
    // Not recursive: literals may be nested as deep as they are many.
    for (std::vector<Group> open{{0, 0, sorted.size(), 0}}; !open.empty();) {
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
    nodes_[group.node].children = static_cast<uint32_t>(nodes_.size());
    while (begin < group.end) {
        char byte = literals[begin].first[depth];
        size_t end = begin + 1;
        while (end < group.end && literals[end].first[depth] == byte) ++end;
        // They are sorted: what the first and the last have in common all have.
        std::string_view low = literals[begin].first, high = literals[end - 1].first;
        auto differ = std::mismatch(low.begin(), low.end(), high.begin(), high.end()).first;
        auto common = static_cast<size_t>(differ - low.begin());
        open.push_back({static_cast<uint32_t>(nodes_.size()), begin, end, common});
        Node child;
        child.label = static_cast<uint32_t>(labels_.size());
        child.label_size = static_cast<uint32_t>(common - depth);
        labels_ += low.substr(depth, common - depth);
        nodes_.push_back(child);
        auto first = static_cast<unsigned char>(byte);
        nodes_[group.node].begins[first / 64] |= uint64_t{1} << first % 64;
        begin = end;
    }
}

}  // namespace stoop
