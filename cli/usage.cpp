// SPDX-License-Identifier: Apache-2.0
#include "cli/usage.h"

#include <algorithm>

#include "cli/message.h"
#include "cli/option_table.h"
#include "runtime/base/nearest.h"

namespace stoop::cli {
namespace {

std::string suggestion(const std::string& word, const std::vector<std::string>& known,
                       const std::string& help) {
    std::string near = nearest(word, {known.begin(), known.end()});
    return near.empty() ? help : "did you mean '" + near + "'?";
}

std::vector<std::string> command_names(const CLI::App& app) {
    std::vector<std::string> out{"help", "version"};
    for (const CLI::App* command : app.get_subcommands({})) out.push_back(command->get_name());
    return out;
}

std::vector<std::string> option_names(const CLI::App& app, const CLI::App* command) {
    std::vector<std::string> out;
    for (const CLI::App* from : {command, &app}) {
        if (!from) continue;
        for (const DescribedOption& option : describe_command(*from).options)
            out.insert(out.end(), option.names.begin(), option.names.end());
    }
    return out;
}

}  // namespace

std::vector<std::string> plain_arguments(int argc, char** argv) {
    std::vector<std::string> out(argv + std::min(argc, 1), argv + argc);
    if (out.empty()) return out;
    if (out[0] == "version") out[0] = "--version";
    if (out[0] == "help") {
        out.erase(out.begin());
        if (!out.empty() && (out[0] == "help" || out[0] == "version")) out.clear();  // those of the program
        out.push_back("--help");
    }
    return out;
}

bool is_command(const CLI::App& app, const std::string& word) {
    auto all = app.get_subcommands({});
    return std::any_of(all.begin(), all.end(), [&](const CLI::App* one) { return one->get_name() == word; });
}

void report_unknown_command(const CLI::App& app, const std::string& word) {
    message("error: no command '{}'; {}\n", word,
            suggestion(word, command_names(app), "'stoop --help' lists the commands"));
}

void report_wrong_usage(CLI::App& app, const CLI::ParseError& error) {
    auto chosen = app.get_subcommands();
    const CLI::App* command = chosen.empty() ? nullptr : chosen.front();
    // What is missing may have been given under another name, so unknown words come first.
    for (const std::string& word : app.remaining(true)) {
        if (word == "--") break;
        if (word.size() < 2 || word[0] != '-') {
            if (command) continue;
            return report_unknown_command(app, word);
        }
        std::string name = word.substr(0, word.find('='));
        std::string help =
            command ? "'stoop help " + command->get_name() + "' lists them" : "'stoop --help' lists them";
        message("error: no option '{}'; {}\n", name, suggestion(name, option_names(app, command), help));
        return;
    }
    if (!command && error.get_name() == "RequiredError")
        return message("error: no command; 'stoop --help' lists the commands\n");
    app.failure_message(CLI::FailureMessage::simple);
    app.exit(error);
}

}  // namespace stoop::cli
