// SPDX-License-Identifier: Apache-2.0
// stoop fields: the fields of the source, with their types and the operators they allow.
#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/terminal.h"
#include "runtime/base/nearest.h"

namespace stoop::cli {
namespace {

struct Options {
    std::string pattern;
    std::string format = "human";
};

// A pattern with wildcards matches whole names, one without matches anywhere in a name.
bool selected(const Field& field, const std::string& pattern) {
    if (pattern.empty()) return !field.hidden;
    if (pattern.find_first_of("*?[") != pattern.npos)
        return fnmatch(pattern.c_str(), field.name.c_str(), 0) == 0;
    return field.name.find(pattern) != field.name.npos;
}

std::string argument_text(const Field& field) {
    const char* form = "";
    switch (field.argument) {
        case ArgumentForm::None: return "";
        case ArgumentForm::Index: form = "[N]"; break;
        case ArgumentForm::Number: form = "[NS]"; break;
        case ArgumentForm::Key:
        case ArgumentForm::DottedKey: form = "[KEY]"; break;
        case ArgumentForm::KeyOrIndex: form = "[KEY or N]"; break;
        case ArgumentForm::Parameter:
        case ArgumentForm::EventType:
        case ArgumentForm::Dotted: form = ".NAME"; break;
    }
    return field.argument_required ? form : fmt::format("({})", form);
}

std::vector<std::string_view> operators(const Field& field) {
    std::vector<std::string_view> out;
    for (const OperatorInfo& info : all_operators())
        if (info.allows(field.type, field.list)) out.push_back(info.spelling);
    return out;
}

int list_fields(const Options& options, const Global& global) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    size_t shown = 0, width = terminal_width(STDOUT_FILENO);
    for (const Field& field : global.schema().fields()) {
        if (!selected(field, options.pattern)) continue;
        ++shown;
        std::string type = type_name(field.type, field.list);
        if (options.format == "json") {
            nlohmann::ordered_json out = {
                {"name", field.name}, {"source", global.schema().source()}, {"type", type}};
            if (field.argument != ArgumentForm::None) out["argument"] = argument_text(field);
            if (!field.plugin.empty()) out["plugin"] = field.plugin;
            if (field.deprecated) out["deprecated"] = true;
            if (field.suggested) out["suggested_output"] = true;
            out["operators"] = operators(field);
            out["description"] = field.description;
            list.push_back(std::move(out));
            continue;
        }
        // In a narrow line operators stand below the name.
        bool narrow = width > 0 && width < 90;
        std::string name = fmt::format("{:<34} {:<16}", field.name + argument_text(field), type);
        std::string allowed = fmt::format("{}", fmt::join(operators(field), " "));
        if (narrow) {
            print_wrapped(name.substr(0, name.find_last_not_of(' ') + 1), 8);
            print_wrapped("        " + allowed, 8);
        } else {
            print_wrapped(name + " " + allowed, 52);
        }
        if (global.verbose)
            print_wrapped(fmt::format("    {}{}", field.deprecated ? "(deprecated) " : "", field.description),
                          4);
    }
    if (options.format == "json") write_output(list.dump(2) + "\n");
    if (shown == 0 && options.format != "json") {
        std::vector<std::string_view> names;
        for (const Field& field : global.schema().fields()) names.push_back(field.name);
        std::string near = nearest(options.pattern, names);
        message("no field matches '{}'{}\n", options.pattern,
                near.empty() ? "" : "; did you mean '" + near + "'?");
    }
    return shown > 0 ? kOk : kFound;
}

}  // namespace

void add_fields(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("fields", "List fields: name, type, operators allowed");
    command->footer("Example:\n  stoop fields 'proc.is_*'");
    command->add_option("PATTERN", options->pattern, "Part of a name, or a whole name with wildcards");
    command->add_option("-o,--output-format", options->format, "For people or for programs")
        ->check(CLI::IsMember({"human", "json"}))
        ->capture_default_str();
    command->callback(
        [=, &global, &chosen] { chosen = [=, &global] { return list_fields(*options, global); }; });
}

}  // namespace stoop::cli
