#include "compiler/source/yaml_item.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/source/yaml_scalar.h"
#include "runtime/base/nearest.h"
#include "runtime/base/text_map.h"

namespace stoop {

Span YamlFile::span(const YAML::Mark& mark, size_t length) const {
    uint32_t begin = mark.is_null() ? 0 : static_cast<uint32_t>(mark.pos);
    return {index, begin, begin + static_cast<uint32_t>(std::max<size_t>(length, 1))};
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

void warn_twice(const YamlFile& file, const YamlNode& mapping) {
    TextViewSet seen;
    for (const auto& entry : mapping)
        if (entry.first.IsScalar() && !seen.insert(entry.first.Scalar()).second)
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
            std::string near = nearest(key, {known.begin(), known.end()});
            Diagnostic out{Problem::UnknownKey,
                           fmt::format("unknown key '{}' in {}; it is ignored", key, name_)};
            out.span = file_.span(entry.first.Mark(), key.size());
            if (!near.empty()) out.help = fmt::format("did you mean '{}'?", near);
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
    for (const auto& entry : node_)
        if (entry.first.IsScalar() && entry.first.Scalar() != key &&
            !nearest(entry.first.Scalar(), {key}).empty() && entry.first.Scalar().size() > 2)
            return fmt::format("did you mean '{}' by '{}'?", key, entry.first.Scalar());
    for (const auto& entry : node_)
        if (entry.first.IsScalar() && entry.second.IsScalar() && has_swallowed(entry.second.Scalar(), key))
            return fmt::format(
                "'{}:' is part of the value of '{}' here; end its quotes, or its block, before", key,
                entry.first.Scalar());
    return fmt::format("add '{}: ...' to this item", key);
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
               Problem::BadValue, span_of_key(key), fmt::format("'{}' in {} is empty", key, name_));
        return std::nullopt;
    }
    if (!value.IsScalar()) {
        report(falco_value(key).saying("Value is not a scalar value"), Problem::BadValue, file_.span(value),
               fmt::format("'{}' in {} must be a text", key, name_),
               value.IsSequence() ? "this is a list" : "this is a mapping");
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
                   Problem::BadValue, file_.span(element),
                   fmt::format("an element of '{}' must be a text", key));
            return std::nullopt;
        }
        out.push_back(file_.text(element));
    }
    return out;
}

}  // namespace stoop
