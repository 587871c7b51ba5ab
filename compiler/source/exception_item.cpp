// SPDX-License-Identifier: Apache-2.0
#include "compiler/source/exception_item.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/nearest.h"

namespace stoop {
namespace {

// Where a value stands: within another one, or in the list of all values. Falco names them all, but only of a
// problem.
struct ValuePlace {
    const YamlFile& file;
    const ValuePlace* outer;
    const FalcoContext* values;  // of the outermost
    YAML::Mark mark;

    FalcoContext context() const {
        return (outer ? outer->context() : *values).in("exception value", "", file.span(mark));
    }
};

ExceptionValue read_exception_value(YamlFile& file, const ValuePlace& here, const YamlNode& node,
                                    bool& usable) {
    ExceptionValue out;
    out.span = file.span(node);
    auto report = [&](Problem problem, const char* falco, const char* message, const char* label) {
        file.report(problem, [&] {
            Diagnostic d{problem, message};
            d.span = out.span;
            d.label = label;
            d.falco = here.context().saying(falco);
            return d;
        });
    };
    if (node.IsSequence()) {
        out.list = true;
        for (const YamlNode& item : node)
            out.items.push_back(
                read_exception_value(file, {file, &here, nullptr, item.Mark()}, item, usable));
    } else if (node.IsScalar()) {
        out.text = file.text(node);
        if (node.Scalar().empty()) {
            report(Problem::BadValue, "Value must be non-empty", "a value of an exception is empty", "");
            usable = false;
        }
    } else {
        report(Problem::BadExceptionValue, "",
               "a value of an exception is neither a text nor a list of texts", "counts as an empty text");
        out.text.append("", out.span.file, out.span.begin);
    }
    return out;
}

std::optional<ExceptionNames> read_names(const YamlItem& item, const char* key, bool& usable) {
    YamlNode node = item[key];
    if (!node.IsDefined()) return std::nullopt;
    ExceptionNames out;
    out.list = !node.IsScalar();
    if (node.IsSequence()) {
        for (const YamlNode& element : node) {
            // What is not a text counts as an empty one, which is no field and no operator.
            if (element.IsScalar())
                out.names.push_back(item.file().text(element));
            else
                out.names.emplace_back().append("", item.file().index,
                                                item.file().span(element.Mark()).begin);
        }
    } else if (node.IsScalar()) {
        auto text = item.text(key);
        usable = usable && text;
        if (text) out.names.push_back(std::move(*text));
    }
    return out;
}

// Falco says so once for each exception of the same name before it.
void warn_of_name(const YamlItem& item, const MappedText& name, const std::string& rule, size_t before) {
    constexpr size_t kMostSaid = 20;
    for (size_t i = 0; i < std::min(before, kMostSaid); ++i) {
        FalcoContext falco = item.falco().saying(
            fmt::format("Multiple definitions of exception '{}' in the same rule", name.text()));
        falco.repeated = i > 0;
        item.report(std::move(falco), Problem::ExceptionTwice, name.span(),
                    fmt::format("exception '{}' stands more than once in this item of {}; all are used",
                                name.text(), rule));
    }
}

}  // namespace

std::optional<ExceptionItem> read_exception(const YamlItem& rule, const YamlNode& node,
                                            TextMap<size_t>& names, bool appended) {
    YamlFile& file = rule.file();
    Span place = file.span(node.Mark());
    FalcoContext unnamed = rule.falco_in("exceptions", "exceptions").in("exception", "", place);
    if (!node.IsMap()) {
        file.report(unnamed.saying("Rule exception must be a mapping"), Problem::BadValue, file.span(node),
                    "an exception must be a mapping", "",
                    "an exception has a name, fields, comps and values");
        return std::nullopt;
    }
    YamlItem item(file, node, "an exception", unnamed);
    warn_twice(file, node);
    constexpr std::string_view kKeys[] = {"name", "fields", "comps", "values"};
    for (const auto& entry : node)
        if (entry.first.IsScalar() &&
            std::find(std::begin(kKeys), std::end(kKeys), entry.first.Scalar()) == std::end(kKeys))
            file.report(Problem::ExceptionKey, [&] {
                std::string near = nearest(entry.first.Scalar(), {std::begin(kKeys), std::end(kKeys)});
                Diagnostic out{
                    Problem::ExceptionKey,
                    fmt::format("'{}' means nothing in an exception; it is ignored", entry.first.Scalar())};
                out.span = file.span(entry.first);
                out.help = near.empty() ? "an exception has 'name', 'fields', 'comps' and 'values'"
                                        : fmt::format("did you mean '{}'?", near);
                return out;
            });
    bool usable = true;
    ExceptionItem out;
    out.span = item.span();
    auto name = item.text("name");
    if (!name) return std::nullopt;
    out.name = std::move(*name);
    item.set_falco(rule.falco().in("exception", out.name.text(), place));
    warn_of_name(item, out.name, rule.name(), names[out.name.text()]++);
    if (!item.has("fields") && !appended) {
        item.text("fields");
        return std::nullopt;
    }
    out.fields = read_names(item, "fields", usable);
    out.comps = read_names(item, "comps", usable);
    if (item.has("values")) {
        YamlNode values = item["values"];
        FalcoContext falco_values = item.falco_in("exception values", "values");
        if (!values.IsSequence()) {
            file.report(falco_values.saying("Rule exception values must be a sequence"), Problem::BadValue,
                        values.IsNull() ? item.span_of_key("values") : file.span(values),
                        fmt::format("the values of exception '{}' must be a list", out.name.text()));
            return std::nullopt;
        }
        out.values.emplace();
        for (const YamlNode& value : values)
            out.values->push_back(
                read_exception_value(file, {file, nullptr, &falco_values, value.Mark()}, value, usable));
    } else if (appended) {
        item.report(
            item.falco().saying("Overriding/appending exception with no values"), Problem::ExceptionNoValues,
            out.name.span(),
            fmt::format("exception '{}' of {} is appended without values", out.name.text(), rule.name()));
    }
    if (!usable) return std::nullopt;
    return out;
}

}  // namespace stoop
