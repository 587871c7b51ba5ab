// SPDX-License-Identifier: Apache-2.0
// The commands and options of the program as data, read from CLI11 once all are declared. Help, the man page
// and the completions of shells are made from it, so they cannot disagree.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace stoop::cli {

struct DescribedOption {
    std::vector<std::string> names;    // `-o`, `--output-format`; none: an argument without a name
    std::string value;                 // `FORMAT`; empty: a flag
    std::vector<std::string> choices;  // if only these are allowed
    std::string default_text;
    std::string description;
    std::string group;
    bool required = false, repeatable = false;
};

struct DescribedCommand {
    std::string name, description, footer;
    std::vector<DescribedOption> arguments, options;
};

struct OptionTable {
    DescribedCommand program;  // with the options that every command has
    std::vector<DescribedCommand> commands;
};

DescribedCommand describe_command(const CLI::App& command);
OptionTable describe_options(const CLI::App& app);

// `-o, --output-format FORMAT`
std::string spelled_option(const DescribedOption& option);
// `stoop check [OPTIONS] RULES...`
std::string usage_of(const DescribedCommand& command, const std::string& name);
// The description with what is allowed and the default.
std::string full_description(const DescribedOption& option);

// What --help prints, in lines of at most `width` characters.
std::string help_text(const CLI::App& command, const std::string& name, size_t width);

// Documents of the whole table.
std::string man_page(const OptionTable& table, const std::string& version);
std::string bash_completion(const OptionTable& table);
std::string zsh_completion(const OptionTable& table);
std::string fish_completion(const OptionTable& table);

}  // namespace stoop::cli
