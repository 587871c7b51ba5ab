#include "runtime/match/path_prefix.h"

#include <algorithm>

#include "runtime/match/text.h"

namespace stoop {
namespace {

std::vector<std::string_view> components(std::string_view path) {
    std::vector<std::string_view> out;
    while (!path.empty()) {
        size_t slash = path.find('/');
        if (slash != 0) out.push_back(path.substr(0, slash));
        if (slash == path.npos) break;
        path.remove_prefix(slash + 1);
    }
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
    for (std::string_view part : components(path)) {
        if (node->end) return;
        node = &child(*node, part);
    }
    node->end = true;
    node->names.clear();
    node->patterns.clear();
}

bool PathPrefixes::match(std::string_view path) const { return match(root_, components(path), 0); }

bool PathPrefixes::match(const Node& node, const std::vector<std::string_view>& parts, size_t at) {
    if (node.end) return true;
    if (at == parts.size()) return false;
    auto name = node.names.find(std::string(parts[at]));
    if (name != node.names.end() && match(*name->second, parts, at + 1)) return true;
    // Falco looks at the pattern added last first, and after one that matched but led nowhere it compares the
    // others with the next component. Rules are judged by what it does, so this does the same.
    for (auto pattern = node.patterns.rbegin(); pattern != node.patterns.rend(); ++pattern) {
        if (at == parts.size()) return false;
        if (!glob(parts[at], pattern->first, false)) continue;
        if (match(*pattern->second, parts, at + 1)) return true;
        ++at;
    }
    return false;
}

}  // namespace stoop
