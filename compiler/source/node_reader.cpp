// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/node_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "runtime/base/nearest.h"

namespace stoop {

Span NodeReader::span(const YAML::Mark& mark, size_t length) const {
    uint32_t begin = mark.is_null() ? 0 : static_cast<uint32_t>(mark.pos);
    return {index_, begin, begin + static_cast<uint32_t>(std::max<size_t>(length, 1))};
}

Span NodeReader::span(const YamlNode& node) const {
    return span(node.Mark(), node.IsScalar() ? std::min(node.Scalar().size(), node.Scalar().find('\n')) : 1);
}

void NodeReader::report(Problem problem, Span where, std::string message, std::string help) {
    ok_ = false;
    diagnostics_.report({problem, std::move(message), true, where, "", {}, std::move(help)});
}

void NodeReader::warn(Problem problem, Span where, std::string message, std::vector<Note> notes) {
    diagnostics_.report({problem, std::move(message), true, where, "", std::move(notes)});
}

void NodeReader::bad(const YamlNode& node, std::string message, std::string help) {
    report(problems_.shape, span(node), std::move(message), std::move(help));
}

// Calls the handler of each key of a mapping.
void NodeReader::read_mapping(const YamlNode& node, const std::string& what, const Keys& keys) {
    if (!node.IsMap()) return bad(node, fmt::format("{} must be a mapping", what));
    std::set<std::string_view> seen;
    for (const auto& entry : node) {
        const std::string& key = entry.first.Scalar();
        auto known = std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.first == key; });
        Span at = span(entry.first);
        if (known == keys.end()) {
            std::vector<std::string_view> names;
            for (const auto& [name, handler] : keys) names.push_back(name);
            std::string near = nearest(key, names);
            report(problems_.key, at, fmt::format("unknown key '{}' in {}", key, what),
                   near.empty() ? fmt::format("known are: {}", fmt::join(names, ", "))
                                : fmt::format("did you mean '{}'?", near));
        } else if (!seen.insert(known->first).second) {
            report(problems_.key, at, fmt::format("key '{}' stands twice in {}", key, what));
        } else {
            known->second(entry.second, at);
        }
    }
}

std::string NodeReader::text(const YamlNode& node, std::string_view what) {
    if (node.IsScalar()) return node.Scalar();
    bad(node, fmt::format("{} must be a text", what));
    return "";
}

std::vector<std::string> NodeReader::texts(const YamlNode& node, std::string_view what) {
    std::vector<std::string> out;
    if (node.IsScalar()) return {node.Scalar()};
    if (!node.IsSequence()) bad(node, fmt::format("{} must be a list of texts", what));
    for (const YamlNode& item : node) out.push_back(text(item, what));
    return out;
}

std::vector<WrittenText> NodeReader::written(const YamlNode& node, std::string_view what) {
    std::vector<WrittenText> out;
    auto add = [&](const YamlNode& item) {
        std::string one = text(item, what);
        if (one.empty() && item.IsScalar()) bad(item, fmt::format("an item of {} is empty", what));
        if (!one.empty()) out.push_back({std::move(one), span(item)});
    };
    if (node.IsScalar())
        add(node);
    else if (node.IsSequence())
        for (const YamlNode& item : node) add(item);
    else
        bad(node, fmt::format("{} must be a list of texts", what));
    return out;
}

uint32_t NodeReader::number(const YamlNode& node, std::string_view what) {
    uint32_t out = node.number().value_or(0);
    if (out == 0) bad(node, fmt::format("{} must be a number from 1", what));
    return out;
}

bool NodeReader::flag(const YamlNode& node, std::string_view what) {
    auto out = node.flag();
    if (!out) bad(node, fmt::format("{} must be true or false", what));
    return out.value_or(false);
}

}  // namespace stoop
