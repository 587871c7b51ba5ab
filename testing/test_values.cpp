// SPDX-License-Identifier: Apache-2.0
#include "testing/test_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "runtime/base/ascii.h"
#include "runtime/program/priority.h"

namespace stoop {
namespace {

using nlohmann::json;

bool is_quoted(const YamlNode& node) { return node.Tag() == "!"; }

json number_or_text(const std::string& text) {
    json parsed = json::parse(text, nullptr, false);
    return parsed.is_number() ? parsed : json(text);
}

}  // namespace

json field_value(const YamlNode& node, const FieldRef& ref) {
    if (node.IsNull()) return nullptr;
    if (node.IsSequence()) {
        json out = json::array();
        for (const YamlNode& item : node) out.push_back(field_value(item, ref));
        return out;
    }
    if (node.IsMap()) {
        json out = json::object();
        for (const auto& entry : node) out[entry.first.Scalar()] = entry.second.Scalar();
        return out;
    }
    const std::string& text = node.Scalar();
    if (is_quoted(node)) return text;
    TypeClass type = type_class(ref.type);
    if (type == TypeClass::Boolean && (text == "true" || text == "false")) return text == "true";
    if (is_numeric(type)) return number_or_text(text);
    return text;
}

json expected_value(const YamlNode& node) {
    if (node.IsNull()) return nullptr;
    if (node.IsSequence()) {
        json out = json::array();
        for (const YamlNode& item : node) out.push_back(expected_value(item));
        return out;
    }
    return node.IsScalar() ? json(node.Scalar()) : json();
}

bool equal(const json& expected, const json& got) {
    if (expected.is_array() && got.is_array())
        return std::equal(expected.begin(), expected.end(), got.begin(), got.end(), equal);
    if (!expected.is_string() || got.is_string()) return expected == got;
    const auto& text = expected.get_ref<const std::string&>();
    if (got.is_null()) return text == "<NA>";
    json parsed = json::parse(text, nullptr, false);
    return parsed == got || (!got.is_structured() && text == got.dump(-1, ' ', false, kReplace));
}

bool same_priority(std::string_view a, std::string_view b) {
    auto whole = [](std::string_view text) {
        std::string out = lower(text);
        return out == "info" ? std::string("informational") : out;
    };
    return whole(a) == whole(b);
}

std::string read_priority(NodeReader& reader, const YamlNode& node, std::string word) {
    for (auto p = static_cast<int>(Priority::Emergency); p <= static_cast<int>(Priority::Debug); ++p)
        if (same_priority(word, priority_name(static_cast<Priority>(p)))) return word;
    reader.bad(node, fmt::format("no priority '{}'", word));
    return word;
}

}  // namespace stoop
