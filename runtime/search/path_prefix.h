// SPDX-License-Identifier: Apache-2.0
// The paths of one `pmatch`, as a tree by path component: is one of them a prefix of a value, component by
// component? Spec: condition-language.md §10.8. Built once, then only read. A look-up takes the value's
// components in turn, one hash probe each, plus the wildcard patterns at that level; it allocates nothing and
// visits a node of the tree once at most.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/text_map.h"

namespace stoop {

class PathPrefixes {
  public:
    // A component with `?`, `*` or `[` is a pattern for one component. Adding below a shorter path that is
    // there already changes nothing; adding above removes what is below.
    void add(std::string_view path);

    bool match(std::string_view path) const;

  private:
    struct Node {
        bool end = false;
        TextMap<std::unique_ptr<Node>> names;
        std::vector<std::pair<std::string, std::unique_ptr<Node>>> patterns;  // in order of addition
    };
    static bool match(const Node& node, std::string_view rest);
    static Node& child(Node& node, std::string_view part);

    Node root_;
};

}  // namespace stoop
