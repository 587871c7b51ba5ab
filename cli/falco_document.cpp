// SPDX-License-Identifier: Apache-2.0
#include "cli/falco_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/source/falco_schema.h"
#include "runtime/base/utf8.h"

namespace stoop::cli {
namespace {

using nlohmann::json;

// Falco's words for its codes: short ones for errors, long ones for warnings.
constexpr std::pair<std::string_view, std::string_view> kDescriptions[] = {
    {"LOAD_ERR_FILE_READ", "File read error"},
    {"LOAD_ERR_YAML_PARSE", "YAML parse error"},
    {"LOAD_ERR_YAML_VALIDATE", "Error validating internal structure of YAML file"},
    {"LOAD_ERR_COMPILE_CONDITION", "Error compiling condition"},
    {"LOAD_ERR_COMPILE_OUTPUT", "Error compiling output"},
    {"LOAD_ERR_VALIDATE", "Error validating rule/macro/list/exception objects"},
    {"LOAD_UNKNOWN_SOURCE",
     "A rule has a unknown event source. This can occur when reading rules content without having a "
     "corresponding plugin loaded, etc. The rule will be silently ignored."},
    {"LOAD_UNSAFE_NA_CHECK",
     "Comparing a field value with <NA> is unsafe and can lead to unpredictable behavior of the rule "
     "condition. If you need to check for the existence of a field, consider using the 'exists' operator "
     "instead."},
    {"LOAD_NO_EVTTYPE",
     "A rule condition matches too many evt.type values. This has a significant performance penalty. Make "
     "the condition more specific by adding an evt.type field or further restricting the number of evt.type "
     "values in the condition."},
    {"LOAD_UNKNOWN_FILTER",
     "A rule condition or output refers to a field or evt.type that does not exist. This is normally an "
     "error, but if a rule has a skip-if-unknown-filter property, the error is downgraded to a warning."},
    {"LOAD_UNUSED_MACRO",
     "A macro is defined in the rules content but is not used by any other macro or rule."},
    {"LOAD_UNUSED_LIST",
     "A list is defined in the rules content but is not used by any other list, macro, or rule."},
    {"LOAD_UNKNOWN_ITEM", "An unknown top-level object is in the rules content. It will be ignored."},
    {"LOAD_DEPRECATED_ITEM", "A deprecated item is employed by lists, macros, or rules."},
    {"LOAD_APPEND_NO_VALUES", "A rule exception is overriding/appending with no values"},
    {"LOAD_EXCEPTION_NAME_NOT_UNIQUE", "A rule is defining multiple exceptions with the same name"},
    {"LOAD_INVALID_MACRO_NAME", "A macro is defined with an invalid name"},
    {"LOAD_INVALID_LIST_NAME", "A list is defined with an invalid name"},
    {"LOAD_COMPILE_CONDITION", "A rule condition or output have been parsed with a warning"},
    {"LOAD_UNKNOWN_KEY",
     "An item in the rules content contains an unrecognized key. The key will be ignored. This may indicate "
     "a "
     "typo or a property placed on the wrong item type."},
};

std::string_view description(std::string_view code) {
    for (const auto& [name, text] : kDescriptions)
        if (name == code) return text;
    return "";
}

// Lines, columns and offsets count from 0, in bytes.
struct Mark {
    uint64_t line = 0, column = 0, offset = 0;
};

Mark mark_of(const SourceFile& file, Span at) {
    uint64_t offset = std::min<uint64_t>(at.begin, file.text().size());
    uint32_t line = file.position(at.begin).line;
    return {line - uint64_t{1}, offset - file.line_begin(line), offset};
}

json position(const Mark& mark, const std::string& name) {
    return {{"line", mark.line}, {"column", mark.column}, {"offset", mark.offset}, {"name", name}};
}

// The condition in quotes, cut if it is long.
std::string expression_name(const std::string& text) {
    constexpr size_t kLongest = 20, kKept = 17;
    std::string out = text.substr(0, kLongest + 1);
    if (out.size() > kLongest) {
        size_t end = kKept;
        while (end > 0 && !starts_character(out[end])) --end;
        out = out.substr(0, end) + "...";
    }
    for (char& c : out)
        if (c == '\n' || c == '\r') c = ' ';
    return "\"" + out + "\"";
}

// The line around an offset, or the one before it if it is a line's end, and a caret below it.
std::string snippet(std::string_view text, size_t offset) {
    constexpr size_t kWidth = 80;  // to either side
    if (text.empty()) return "<No context available>\n";
    offset = std::min(offset, text.size() - 1);
    while (offset > 0 && text[offset] == '\n') --offset;
    // A line may be very long: no more of it is looked at than is shown.
    size_t from = offset - std::min(offset, kWidth);
    std::string_view before = text.substr(from, offset - from), after = text.substr(offset, kWidth + 1);
    size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
    size_t line_end = std::min(after.find('\n'), after.size());
    // What is cut off is shown as three dots in place of the last bytes that there is room for.
    constexpr std::string_view kCut = "...";
    bool cut_before = before.size() - line_begin == kWidth;
    bool cut_after = line_end > kWidth;
    size_t begin = cut_before ? offset - kWidth + kCut.size() : from + line_begin;
    size_t end = offset + (cut_after ? kWidth + 1 - kCut.size() : line_end);
    while (begin < offset && !starts_character(text[begin])) ++begin;
    while (end > offset && end < text.size() && !starts_character(text[end])) --end;
    std::string out(cut_before ? kCut : "");
    size_t caret = out.size() + offset - begin;
    out += text.substr(begin, end - begin);
    if (cut_after) out += kCut;
    return fmt::format("{}\n{}^\n", out, std::string(caret, ' '));
}

json context_of(const Diagnostic& d, const FalcoResult& result, const Sources& sources) {
    json locations = json::array();
    locations.push_back(
        {{"item_type", "rules content"}, {"item_name", ""}, {"position", position({}, result.file)}});
    Mark last;
    uint32_t file = d.falco.order.stage == FalcoOrder::Read ? d.falco.order.file : d.span.file;
    if (!d.falco.locations.empty()) file = d.falco.locations.back().at.file;
    const SourceFile& source = sources.file(file);
    // Falco shows the file as it is, byte order mark included, but does not count the mark.
    std::string_view text;
    if (source.why_not_quoted().empty()) text = source.written();
    locations[0]["position"]["name"] = source.name();
    for (const FalcoLocation& location : d.falco.locations) {
        last = mark_of(source, location.at);
        if (location.in_column_0) last.column = 0;
        locations.push_back({{"item_type", location.kind},
                             {"item_name", location.name},
                             {"position", position(last, source.name())}});
    }
    if (d.falco.expression) {
        const FalcoExpression& e = *d.falco.expression;
        last = {last.line + e.line, last.column + e.column, last.offset + e.offset};
        locations.push_back({{"item_type", "condition expression"},
                             {"item_name", ""},
                             {"position", position(last, expression_name(*e.text))}});
        text = *e.text;
    }
    return {{"locations", std::move(locations)}, {"snippet", snippet(text, last.offset)}};
}

json entry(const Diagnostic& d, const FalcoResult& result, const Sources& sources) {
    std::string_view code = problem_info(d.problem).falco_code;
    // Where Falco ends without a document, an error of the nearest kind.
    if (code.empty()) code = "LOAD_ERR_VALIDATE";
    json out = {{"code", code},
                {"codedesc", description(code)},
                {"message", d.problem == Problem::UnsafeNaCheck ? ""
                            : d.falco.message.empty()           ? d.message
                                                                : d.falco.message},
                {"context", context_of(d, result, sources)}};
    if (!d.falco.deprecated_field.empty()) out["deprecated_field"] = d.falco.deprecated_field;
    return out;
}

// Falco holds a file against a schema before it reads it, and goes by the first document in it.
void add_schema_check(const SourceFile& file, const Limits& limits, const FalcoResult& result, json& out) {
    bool not_yaml = !result.errors.empty() && result.errors[0].problem == Problem::NotYaml;
    if (not_yaml || !file.why_not_quoted().empty()) return;
    std::vector<std::string> lines = falco_schema_lines(file.text(), limits);
    if (lines.empty()) return;
    bool valid = lines[0] == "ok";
    out["schema_valid"] = valid;
    out["schema_warnings"] = valid ? std::vector<std::string>() : lines;
}

}  // namespace

std::string falco_document(const Compilation& compilation, const Schemas& schemas) {
    json results = json::array();
    uint32_t file = 0;
    for (const FalcoResult& result : falco_results(compilation, schemas)) {
        json errors = json::array(), warnings = json::array();
        for (const Diagnostic& d : result.errors) errors.push_back(entry(d, result, compilation.sources));
        for (const Diagnostic& d : result.warnings) warnings.push_back(entry(d, result, compilation.sources));
        json one = {{"name", result.file},
                    {"successful", result.errors.empty()},
                    {"errors", std::move(errors)},
                    {"warnings", std::move(warnings)}};
        add_schema_check(compilation.sources.file(file++), compilation.diagnostics.limits(), result, one);
        results.push_back(std::move(one));
    }
    json document = {{"falco_load_results", std::move(results)}};
    return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace stoop::cli
