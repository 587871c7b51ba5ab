// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/yaml_item.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/source/key_slips.h"
#include "compiler/source/other_files.h"
#include "compiler/source/yaml_scalar.h"
#include "runtime/base/ascii.h"
#include "runtime/base/excerpt.h"
#include "runtime/base/text_map.h"

namespace stoop {

Span YamlFile::span(const YAML::Mark& mark, size_t length) const {
    uint32_t begin = mark.is_null() ? 0 : static_cast<uint32_t>(mark.pos);
    return {index, begin, begin + static_cast<uint32_t>(std::max<size_t>(length, 1))};
}

Span YamlFile::span_before(const YamlNode& nothing) const {
    Span next = span(nothing.Mark());
    size_t sign = source.text().find_last_not_of(" \t\r\n", next.begin > 0 ? next.begin - 1 : 0);
    auto at = sign == std::string_view::npos ? next.begin : static_cast<uint32_t>(sign);
    return {index, at, at + 1};
}

Span YamlFile::span(const YamlNode& node) const {
    if (!node.IsScalar() || node.Scalar().empty()) return span(node.Mark());
    MappedText mapped = text(node);
    return mapped.span(0, std::min(mapped.text().size(), mapped.text().find('\n')));
}

MappedText YamlFile::text(const YamlNode& scalar) const {
    return map_yaml_scalar(source, index, static_cast<uint32_t>(scalar.Mark().pos), scalar.Scalar());
}

void YamlFile::report(FalcoContext falco, Problem problem, Span span, std::string message, std::string label,
                      std::string help) const {
    bool repeated = falco.repeated;
    auto make = [&] {
        return Diagnostic{problem,         std::move(message), true, span, std::move(label), {},
                          std::move(help), std::move(falco)};
    };
    report(problem, make, repeated);
}

// The keys of an item whose dash is missing come behind those of the one before.
static bool begins_an_item(const YamlFile& file, const YamlNode& key) {
    if (std::find(kItemKinds.begin(), kItemKinds.end(), key.Scalar()) == kItemKinds.end()) return false;
    file.report(Problem::DuplicateKey, [&] {
        Diagnostic out{
            Problem::DuplicateKey,
            fmt::format("'{}' stands twice here; nothing from the second one on is read", key.Scalar())};
        out.span = file.span(key);
        out.label = "no dash stands before it";
        out.help = fmt::format("begin a new item: '- {}: ...'", key.Scalar());
        return out;
    });
    return true;
}

void warn_twice(const YamlFile& file, const YamlNode& mapping) {
    TextViewSet seen;
    for (const auto& entry : mapping)
        if (entry.first.IsScalar() && !seen.insert(entry.first.Scalar()).second) {
            if (begins_an_item(file, entry.first)) return;
            file.report(Problem::DuplicateKey, [&] {
                Diagnostic out{
                    Problem::DuplicateKey,
                    fmt::format("key '{}' stands twice here; the first one counts", entry.first.Scalar())};
                out.span = file.span(entry.first);
                out.label = "not read";
                out.help = "remove one of the two";
                return out;
            });
        }
}

FalcoContext YamlItem::falco_in(std::string_view kind, const char* key, std::string name) const {
    Span at = file_.span(node_[key].Mark());
    FalcoContext out = falco_.in(kind, std::move(name), at);
    out.locations.back().in_column_0 = node_[key].IsNull() && at.begin >= file_.source.text().size();
    return out;
}

FalcoContext YamlItem::falco_value(const char* key) const { return falco_in("value for", key, key); }

Span YamlItem::span() const {
    for (const auto& entry : node_)
        return file_.span(node_.Mark(), entry.first.IsScalar() ? entry.first.Scalar().size() : 1);
    return file_.span(node_.Mark());
}

Span YamlItem::span_of_key(std::string_view key) const {
    for (const auto& entry : node_)
        if (entry.first.IsScalar() && entry.first.Scalar() == key)
            return file_.span(entry.first.Mark(), key.size());
    return span();
}

void YamlItem::warn_unknown_keys(std::span<const std::string_view> known) const {
    for (const auto& entry : node_) {
        std::string key = entry.first.IsScalar() ? entry.first.Scalar() : entry.first.IsNull() ? "null" : "";
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        file_.report(Problem::UnknownKey, [&] {
            std::string near = meant_key(key, known);
            Diagnostic out{Problem::UnknownKey,
                           fmt::format("unknown key '{}' in {}; it is ignored", key, name_)};
            out.span = file_.span(entry.first.Mark(), key.size());
            if (key == "<<")
                out.help = kNoMergeKey;
            else if (!near.empty())
                out.help = fmt::format("did you mean '{}{}'?", near,
                                       lower(key).starts_with("disable") ? ": false" : "");
            out.falco = falco_.saying(fmt::format("Unknown key '{}'. The key will be ignored.", key));
            out.falco.order.step = FalcoOrder::UnknownKeys;
            return out;
        });
    }
}

// Whether the text has `key: ` in it, as one does that goes on where its quotes should have ended.
bool has_swallowed(std::string_view text, std::string_view key) {
    std::string pair = std::string(key) + ": ";
    size_t at = text.find(pair);
    return at != text.npos && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '\n');
}

// A key of nearly this name, the text that has taken it in, else the key itself.
std::string YamlItem::help_for_missing(const char* key) const {
    if (has("<<")) return kNoMergeKey;
    std::string_view wanted[] = {key};
    for (const auto& entry : node_)
        if (entry.first.IsScalar() && entry.first.Scalar() != key && entry.first.Scalar().size() > 1 &&
            !meant_key(entry.first.Scalar(), wanted).empty())
            return fmt::format("did you mean '{}' by '{}'?", key, entry.first.Scalar());
    for (const auto& entry : node_)
        if (entry.first.IsScalar() && entry.second.IsScalar() && has_swallowed(entry.second.Scalar(), key))
            return fmt::format(
                "'{}:' is part of the value of '{}' here; end its quotes, or its block, before", key,
                entry.first.Scalar());
    return help_.empty() ? fmt::format("add '{}: ...' to this item", key) : help_;
}

// YAML takes a word behind a `!` for a tag, and drops it.
static bool has_tag(const YamlNode& value) { return value.Tag().size() > 1 && value.Tag()[0] == '!'; }

static std::string help_for_tag(const YamlNode& value) {
    return has_tag(value) ? fmt::format("YAML takes '{}' for a tag: write 'not', or put the value in quotes",
                                        excerpt(value.Tag()))
                          : "";
}

// Where a list or a mapping stands for a text.
std::string YamlItem::help_for_no_text(std::string_view key, const YamlNode& value) const {
    if (file_.source.text().substr(file_.span(value).begin).starts_with("{{"))
        return "'{{' begins a mapping: render the template first, or put the value in quotes";
    if (std::find(kItemKinds.begin(), kItemKinds.end(), key) != kItemKinds.end())
        return fmt::format("write the name behind '{}:', and its keys below it in the same column", key);
    if (!value.IsSequence()) return "a text that begins with '{' or has ': ' in it is put in quotes";
    return key == "condition" ? "join the checks with 'and' or 'or': condition: a and b" : "";
}

void YamlItem::warn_of_tag(const YamlNode& value) const {
    if (!has_tag(value)) return;
    file_.report(Problem::YamlTag, [&] {
        Diagnostic out{Problem::YamlTag,
                       fmt::format("YAML takes '{}' for a tag, which is not read", excerpt(value.Tag()))};
        out.span = file_.span(value.Mark());
        out.help = "write 'not' for '!', or put the value in quotes";
        return out;
    });
}

std::optional<MappedText> YamlItem::text(const char* key) const {
    YamlNode value = node_[key];
    if (!value.IsDefined()) {
        report(falco_.saying(fmt::format("Item has no mapping for key '{}'", key)), Problem::MissingKey,
               span(), fmt::format("{} has no '{}'", name_, key), fmt::format("'{}' is missing", key),
               help_for_missing(key));
        return std::nullopt;
    }
    if (value.IsNull() || (value.IsScalar() && value.Scalar().empty())) {
        report(value.IsNull() ? falco_.saying(fmt::format("Mapping for key '{}' is empty", key))
                              : falco_value(key).saying("Value must be non-empty"),
               Problem::BadValue, span_of_key(key), fmt::format("'{}' in {} is empty", key, name_), "",
               help_for_tag(value));
        return std::nullopt;
    }
    warn_of_tag(value);
    if (!value.IsScalar()) {
        report(falco_value(key).saying("Value is not a scalar value"), Problem::BadValue, file_.span(value),
               fmt::format("'{}' in {} must be a text", key, name_),
               value.IsSequence() ? "this is a list" : "this is a mapping", help_for_no_text(key, value));
        return std::nullopt;
    }
    return file_.text(value);
}

FalcoContext YamlItem::undecodable(const char* key) const {
    YamlNode value = node_[key];
    if (value.IsNull()) return falco_.saying(fmt::format("Mapping for key '{}' is empty", key));
    if (value.IsScalar() && value.Scalar().empty()) return falco_value(key).saying("Value must be non-empty");
    return falco_value(key).saying(value.IsScalar() ? "Can't decode YAML scalar value"
                                                    : "Value is not a scalar value");
}

std::optional<bool> YamlItem::flag(const char* key) const {
    YamlNode value = node_[key];
    if (auto out = value.flag()) return out;
    report(undecodable(key), Problem::BadValue, value.IsNull() ? span_of_key(key) : file_.span(value),
           fmt::format("'{}' in {} must be true or false", key, name_));
    return std::nullopt;
}

std::optional<uint32_t> YamlItem::number(const char* key) const {
    YamlNode value = node_[key];
    if (auto out = value.number(); out && !value.Scalar().starts_with('-')) return out;
    report(undecodable(key), Problem::BadValue, value.IsNull() ? span_of_key(key) : file_.span(value),
           fmt::format("'{}' in {} must be a number of 32 bits", key, name_));
    return std::nullopt;
}

std::optional<std::vector<MappedText>> YamlItem::texts(const char* key) const {
    YamlNode value = node_[key];
    if (!value.IsDefined()) {
        text(key);  // reports that it is missing
        return std::nullopt;
    }
    if (!value.IsSequence()) {
        report(falco_value(key).saying("Value is not a sequence"), Problem::BadValue,
               value.IsNull() ? span_of_key(key) : file_.span(value),
               fmt::format("'{}' in {} must be a list", key, name_), "",
               fmt::format("write '{}: [a, b]'", key));
        return std::nullopt;
    }
    std::vector<MappedText> out;
    for (const YamlNode& element : value) {
        if (!element.IsScalar()) {
            report(falco_value(key)
                       .in("list item", "", file_.span(element.Mark()))
                       .saying("sequence value is not scalar"),
                   Problem::BadValue, element.IsNull() ? file_.span_before(element) : file_.span(element),
                   element.IsNull() ? fmt::format("an element of '{}' is empty", key)
                                    : fmt::format("an element of '{}' must be a text", key),
                   "",
                   element.IsNull()
                       ? "remove the dash or the comma, or write the element; an empty text is \"\""
                       : "");
            return std::nullopt;
        }
        out.push_back(file_.text(element));
    }
    return out;
}

}  // namespace stoop
