// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/path_prefix.h"

#include <algorithm>

#include "runtime/search/glob.h"

namespace stoop {
namespace {

// Takes the first component off a path; empty if there is none left.
std::string_view take_component(std::string_view& path) {
    size_t begin = std::min(path.find_first_not_of('/'), path.size());
    size_t end = std::min(path.find('/', begin), path.size());
    std::string_view out = path.substr(begin, end - begin);
    path.remove_prefix(end);
    return out;
}

bool is_pattern(std::string_view part) { return part.find_first_of("?*[") != part.npos; }

}  // namespace

PathPrefixes::Node& PathPrefixes::child(Node& node, std::string_view part) {
    if (!is_pattern(part)) {
        auto& slot = node.names[std::string(part)];
        if (!slot) slot = std::make_unique<Node>();
        return *slot;
    }
    auto known = std::find_if(node.patterns.begin(), node.patterns.end(),
                              [&](const auto& entry) { return entry.first == part; });
    if (known != node.patterns.end()) return *known->second;
    node.patterns.emplace_back(part, std::make_unique<Node>());
    return *node.patterns.back().second;
}

void PathPrefixes::add(std::string_view path) {
    Node* node = &root_;
    for (std::string_view part; !(part = take_component(path)).empty();) {
        if (node->end) return;
        node = &child(*node, part);
    }
    node->end = true;
    node->names.clear();
    node->patterns.clear();
}

bool PathPrefixes::match(std::string_view path) const { return match(root_, path); }

bool PathPrefixes::match(const Node& node, std::string_view rest) {
    if (node.end) return true;
    std::string_view part = take_component(rest);
    if (part.empty()) return false;
    auto name = node.names.find(part);
    if (name != node.names.end() && match(*name->second, rest)) return true;
    // Falco looks at the pattern added last first, and after one that matched but led nowhere it compares the
    // others with the next component. Rules are judged by what it does, so this does the same.
    for (auto pattern = node.patterns.rbegin(); pattern != node.patterns.rend(); ++pattern) {
        if (part.empty()) return false;
        if (!glob(part, pattern->first, false)) continue;
        if (match(*pattern->second, rest)) return true;
        part = take_component(rest);
    }
    return false;
}

}  // namespace stoop
