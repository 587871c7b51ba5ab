// SPDX-License-Identifier: Apache-2.0
#include "testing/yaml_text.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <string_view>

#include "runtime/base/utf8.h"
#include "testing/test_values.h"

namespace stoop {
namespace {

// Controls, line breaks, the byte order mark, and what is no character.
bool must_be_escaped(uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
           code == 0xFEFF || code == 0xFFFE || code == 0xFFFF;
}

// Calls visit(character, its code); the code of what is not UTF-8 is 0xFFFD.
template <typename Visit>
void for_each_character(std::string_view text, const Visit& visit) {
    while (!text.empty()) {
        Utf8Step step = step_utf8(text);
        std::string_view character = text.substr(0, step.size);
        visit(character, step.valid ? decode_utf8(character) : 0xFFFD);
        text.remove_prefix(step.size);
    }
}

bool has_escaped(std::string_view text) {
    bool out = false;
    for_each_character(text, [&](std::string_view, uint32_t code) { out = out || must_be_escaped(code); });
    return out;
}

std::string escaped(std::string_view text) {
    std::string out = "\"";
    for_each_character(text, [&](std::string_view character, uint32_t code) {
        if (character == "\"" || character == "\\")
            out.append("\\").append(character);
        else if (!must_be_escaped(code))
            out += character;
        else if (code == '\n' || code == '\r' || code == '\t')
            out += code == '\n' ? "\\n" : code == '\r' ? "\\r" : "\\t";
        else
            out += code < 0x100 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{:04x}", code);
    });
    return out + '"';
}

// Plain it is no text to all readers of YAML.
bool is_misread(std::string_view text) {
    return text == "=" || text == "<<" || text.starts_with(':') || text.starts_with('?');
}

}  // namespace

std::string yaml_scalar(const std::string& text, char style) {
    if (has_escaped(text)) return escaped(text);
    if (style == '\0' && is_misread(text)) style = '"';
    for (;; style = style == '\'' ? '"' : '\0') {
        YAML::Emitter out;
        // As an item of a list, so that quotes are chosen for the flow style, too.
        out << YAML::Flow << YAML::BeginSeq;
        if (style == '"') out << YAML::DoubleQuoted;
        if (style == '\'') out << YAML::SingleQuoted;
        out << text << YAML::EndSeq;
        if (!out.good() && style) continue;
        std::string list = out.c_str();
        return list.substr(1, list.size() - 2);
    }
}

std::string yaml_value(const nlohmann::json& value, char style) {
    if (value.is_string()) return yaml_scalar(value.get<std::string>(), style);
    if (!value.is_array()) return value.dump(-1, ' ', false, kReplace);
    std::string out;
    for (const nlohmann::json& item : value) out += (out.empty() ? "" : ", ") + yaml_value(item);
    return "[" + out + "]";
}

}  // namespace stoop
