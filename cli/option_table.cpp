// SPDX-License-Identifier: Apache-2.0
#include "cli/option_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "runtime/base/ascii.h"
#include "runtime/base/wrap.h"

namespace stoop::cli {
namespace {

// CLI11 names the values that are allowed behind the type: `TEXT:{human,json}`.
std::vector<std::string> choices_of(const std::string& type) {
    std::vector<std::string> out;
    size_t begin = type.find('{'), end = type.rfind('}');
    if (begin == type.npos || end == type.npos) return out;
    std::istringstream words(type.substr(begin + 1, end - begin - 1));
    for (std::string word; std::getline(words, word, ',');) out.push_back(word);
    return out;
}

// `FORMAT` of `--output-format`.
std::string value_name(const CLI::Option& option) {
    if (option.get_lnames().empty()) return "NAME";
    std::string name = option.get_lnames()[0];
    return upper(name.substr(name.rfind('-') + 1));
}

DescribedOption describe(const CLI::Option& option) {
    DescribedOption out;
    for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
    bool flag = option.get_items_expected_max() == 0;
    if (!flag) {
        out.value = option.nonpositional() ? value_name(option) : option.get_name(true, false);
        out.choices = choices_of(option.get_type_name());
        out.default_text = option.get_default_str();
    }
    out.description = option.get_description();
    out.group = option.get_group();
    out.required = option.get_required();
    out.repeatable = !flag && option.get_expected_max() > 1;
    return out;
}

constexpr size_t kColumn = 30;  // where descriptions begin

std::string row(const std::string& name, const std::string& text, size_t width) {
    bool narrow = width < kColumn + 30;
    size_t column = narrow ? 6 : kColumn;
    std::string indent(column, ' ');
    std::string out = "  " + name;
    if (narrow || out.size() + 2 > column)
        out += "\n" + indent;
    else
        out.append(column - out.size(), ' ');
    size_t line = out.rfind('\n') == out.npos ? 0 : out.rfind('\n') + 1;
    return out.substr(0, line) + wrapped(out.substr(line) + text, width, indent) + "\n";
}

}  // namespace

DescribedCommand describe_command(const CLI::App& command) {
    DescribedCommand out{command.get_name(), command.get_description(), command.get_footer(), {}, {}};
    for (const CLI::Option* option : command.get_options()) {
        if (option->get_group().empty()) continue;  // hidden
        DescribedOption described = describe(*option);
        if (option->get_positional()) {
            out.arguments.push_back(described);
            out.arguments.back().names.clear();
            out.arguments.back().value = option->get_name(true, false);
        }
        if (option->nonpositional()) out.options.push_back(std::move(described));
    }
    return out;
}

OptionTable describe_options(const CLI::App& app) {
    OptionTable out{describe_command(app), {}};
    for (const CLI::App* command : app.get_subcommands({}))
        if (!command->get_group().empty()) out.commands.push_back(describe_command(*command));
    return out;
}

std::string spelled_option(const DescribedOption& option) {
    if (option.names.empty()) return option.value + (option.repeatable ? "..." : "");
    std::string out = fmt::format("{}", fmt::join(option.names, ", "));
    return option.value.empty() ? out : out + " " + option.value;
}

std::string usage_of(const DescribedCommand& command, const std::string& name) {
    std::string out = name + " [OPTIONS]";
    for (const DescribedOption& argument : command.arguments)
        out += argument.required ? " " + spelled_option(argument) : " [" + spelled_option(argument) + "]";
    return out;
}

std::string full_description(const DescribedOption& option) {
    std::string out = option.description;
    if (!option.choices.empty()) out += fmt::format(": {}", fmt::join(option.choices, ", "));
    if (!option.default_text.empty()) out += fmt::format(" (default: {})", option.default_text);
    return out;
}

std::string help_text(const CLI::App& app, const std::string& name, size_t width) {
    DescribedCommand command = describe_command(app);
    OptionTable table = describe_options(app);
    bool program = app.get_parent() == nullptr;
    std::string out = wrapped(command.description, width, "") + "\n\n";
    out += wrapped("Usage: " + (program ? name + " COMMAND [OPTIONS] [PATHS]" : usage_of(command, name)),
                   width, "       ") +
           "\n";
    if (program) {
        out += "\nCommands:\n";
        for (const DescribedCommand& one : table.commands) out += row(one.name, one.description, width);
    }
    if (!command.arguments.empty()) out += "\nArguments:\n";
    for (const DescribedOption& one : command.arguments)
        out += row(spelled_option(one), full_description(one), width);
    std::vector<std::string> groups;
    for (const DescribedOption& one : command.options)
        if (std::find(groups.begin(), groups.end(), one.group) == groups.end()) groups.push_back(one.group);
    for (const std::string& group : groups) {
        out += "\n" + group + ":\n";
        for (const DescribedOption& one : command.options)
            if (one.group == group) out += row(spelled_option(one), full_description(one), width);
    }
    out += "\n";
    if (!command.footer.empty()) out += command.footer + "\n\n";
    return out +
           wrapped(program ? "'stoop help COMMAND' explains one command."
                           : "Options that every command has: 'stoop --help'.",
                   width, "") +
           "\n";
}

}  // namespace stoop::cli
