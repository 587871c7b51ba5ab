// SPDX-License-Identifier: Apache-2.0
// Completions for bash, zsh and fish, made from the option table. Words that are no option complete to files.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/option_table.h"
#include "runtime/base/ascii.h"

namespace stoop::cli {
namespace {

std::string names_of(const std::vector<DescribedOption>& options) {
    std::string out;
    for (const DescribedOption& option : options)
        for (const std::string& name : option.names) out += (out.empty() ? "" : " ") + name;
    return out;
}

std::string command_names(const OptionTable& table, const char* separator) {
    std::vector<std::string> names;
    for (const DescribedCommand& command : table.commands) names.push_back(command.name);
    return fmt::format("{}", fmt::join(names, separator));
}

std::string joined(const std::vector<std::string>& words, const char* separator) {
    return fmt::format("{}", fmt::join(words, separator));
}

// Calls visit(command name, option); of the program the name is empty.
template <typename Visit>
void for_each_option(const OptionTable& table, Visit&& visit) {
    for (const DescribedOption& option : table.program.options) visit("", option);
    for (const DescribedCommand& command : table.commands)
        for (const DescribedOption& option : command.options) visit(command.name, option);
}

// Within single quotes of a shell.
std::string in_quotes(std::string_view text) {
    std::string out = "'";
    for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string zsh_spec(const DescribedOption& option) {
    std::string message = lower(option.value);
    std::string value = option.value.empty()     ? ""
                        : option.choices.empty() ? ":" + message + ":_files"
                                                 : ":" + message + ":(" + joined(option.choices, " ") + ")";
    std::string text;  // these are special to _arguments
    for (char c : option.description)
        text += c == '[' || c == ']' || c == '\\' || c == ':' ? std::string{'\\', c} : std::string(1, c);
    std::string out, described = in_quotes("[" + text + "]" + value);
    for (const std::string& name : option.names) {
        std::string others = option.repeatable ? "'*'" : in_quotes("(" + joined(option.names, " ") + ")");
        out += "        " + others + name + described + "\n";
    }
    return out;
}

}  // namespace

std::string bash_completion(const OptionTable& table) {
    std::string options, values;
    for (const DescribedCommand& command : table.commands)
        options +=
            fmt::format("        {}) words=\"{} $every\" ;;\n", command.name, names_of(command.options));
    for_each_option(table, [&](const std::string& command, const DescribedOption& option) {
        if (option.value.empty()) return;
        for (const std::string& name : option.names) {
            std::string pattern =
                command.empty() ? "*\" " + name + "\"" : fmt::format("\"{} {}\"", command, name);
            values +=
                option.choices.empty()
                    ? fmt::format(
                          "        {}) mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n",
                          pattern)
                    : fmt::format("        {}) COMPREPLY=($(compgen -W \"{}\" -- \"$word\")); return ;;\n",
                                  pattern, joined(option.choices, " "));
        }
    });
    return fmt::format(R"(# Completion of stoop for bash. Made by 'stoop generate bash'.
_stoop() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command= words i
    local every="{every}"
    if [ "$word" = = ]; then
        word=
    elif [ "$before" = = ]; then
        before=${{COMP_WORDS[COMP_CWORD-2]}}
    fi
    for ((i = 1; i < COMP_CWORD; ++i)); do
        case ${{COMP_WORDS[i]}} in {commands}) command=${{COMP_WORDS[i]}}; break ;; esac
    done
    compopt -o filenames 2>/dev/null
    case "$command $before" in
{values}    esac
    case $command in
        "") words="{names} help version $every" ;;
{options}    esac
    if [[ -z $command || $word == -* ]]; then
        compopt +o filenames 2>/dev/null
        COMPREPLY=($(compgen -W "$words" -- "$word"))
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}}
complete -F _stoop stoop
)",
                       fmt::arg("every", names_of(table.program.options)),
                       fmt::arg("commands", command_names(table, "|")),
                       fmt::arg("names", command_names(table, " ")), fmt::arg("values", values),
                       fmt::arg("options", options));
}

std::string zsh_completion(const OptionTable& table) {
    std::string every, names, commands;
    for (const DescribedOption& option : table.program.options) every += zsh_spec(option);
    for (const DescribedCommand& command : table.commands) {
        names += "        " + in_quotes(command.name + ":" + command.description) + "\n";
        std::string specs;
        for (const DescribedOption& option : command.options)
            if (option.names != std::vector<std::string>{"-h", "--help"}) specs += zsh_spec(option);
        commands += fmt::format("    {})\n        own=(\n{}        ) ;;\n", command.name, specs);
    }
    return fmt::format(R"(#compdef stoop
# Completion of stoop for zsh. Made by 'stoop generate zsh'.
_stoop() {{
    local -a every own commands
    local context state line
    typeset -A opt_args
    every=(
{every}    )
    commands=(
{names}        'help:Explain one command'
        'version:Say which version this is'
    )
    _arguments -C $every '1:command:->command' '*::argument:->argument'
    if [[ $state == command ]]; then
        _describe command commands
        return
    fi
    case $words[1] in
{commands}    esac
    _arguments $own $every '*:file:_files'
}}
_stoop "$@"
)",
                       fmt::arg("every", every), fmt::arg("names", names), fmt::arg("commands", commands));
}

std::string fish_completion(const OptionTable& table) {
    std::string out = "# Completion of stoop for fish. Made by 'stoop generate fish'.\n";
    std::string none = "not __fish_seen_subcommand_from " + command_names(table, " ") + " help version";
    auto add_command = [&](const std::string& name, const std::string& text) {
        out +=
            fmt::format("complete -c stoop -f -n {} -a {} -d {}\n", in_quotes(none), name, in_quotes(text));
    };
    for (const DescribedCommand& command : table.commands) add_command(command.name, command.description);
    add_command("help", "Explain one command");
    add_command("version", "Say which version this is");
    for_each_option(table, [&](const std::string& command, const DescribedOption& option) {
        out += "complete -c stoop";
        if (!command.empty()) out += " -n " + in_quotes("__fish_seen_subcommand_from " + command);
        for (const std::string& name : option.names)
            out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
        if (!option.choices.empty())
            out += " -x -a " + in_quotes(joined(option.choices, " "));
        else if (!option.value.empty())
            out += " -r";
        out += " -d " + in_quotes(option.description) + "\n";
    });
    return out;
}

}  // namespace stoop::cli
