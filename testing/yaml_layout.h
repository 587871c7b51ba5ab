// SPDX-License-Identifier: Apache-2.0
// Where the parts of a YAML value stand in its text, so that one can be changed and the rest stays byte for
// byte. The library says where a value begins, not where it ends, and nothing of aliases; so the text is
// walked along the tree that the library made of it. Forms that are rare (`? key`, block texts with an
// indentation of their own) are not followed: there is no layout then.
//
// Linear in the text of the value.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "compiler/source/yaml_node.h"

namespace stoop {

struct YamlLayout {
    struct Entry;

    YamlNode node;
    size_t begin = 0;        // with its anchor and tag
    size_t behind_tags = 0;  // of these; the same as `begin` if there are none
    size_t value = 0;        // without them
    size_t end = 0;
    bool alias = false;          // the text names a node that stands elsewhere
    bool flow = false;           // a list or mapping in brackets
    std::vector<Entry> entries;  // of a list or mapping; none of an alias

    bool is_block() const { return !alias && !flow && (node.IsSequence() || node.IsMap()); }
    // Whether a change of it would change something else, too.
    bool is_shared() const { return alias || node.IsShared(); }
    // Whether aliases elsewhere name something in it.
    bool holds_anchor() const;
    // Of a mapping; null if it has no such key.
    const Entry* find(std::string_view key) const;
};

struct YamlLayout::Entry {
    size_t begin = 0;       // at the dash, the key, or the element in brackets
    size_t value_from = 0;  // behind the dash or the colon
    YamlNode key;           // of a mapping
    YamlLayout value;
};

// Of the value of a mapping's key, which begins at `key_begin`. `in_flow`: the mapping is in brackets.
std::optional<YamlLayout::Entry> yaml_layout(std::string_view text, size_t key_begin,
                                             const YamlNode::Entry& entry, bool in_flow);

// Where the text of a node begins without its anchor and tag.
size_t behind_properties(std::string_view text, size_t begin);

}  // namespace stoop
