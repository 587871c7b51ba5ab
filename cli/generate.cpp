// SPDX-License-Identifier: Apache-2.0
// stoop generate: the man page and the completions of shells, for the build. It is hidden from --help.
#include "cli/command.h"
#include "cli/message.h"
#include "cli/option_table.h"
#include "cli/version.h"

namespace stoop::cli {
namespace {

int generate(const CLI::App& app, const std::string& what) {
    OptionTable table = describe_options(app);
    write_output(what == "man"    ? man_page(table, version_number())
                 : what == "bash" ? bash_completion(table)
                 : what == "zsh"  ? zsh_completion(table)
                                  : fish_completion(table));
    return kOk;
}

}  // namespace

void add_generate(CLI::App& app, const Global&, Chosen& chosen) {
    auto what = std::make_shared<std::string>();
    auto* command =
        app.add_subcommand("generate", "Print a document that is made from the options")->group("");
    command->add_option("WHAT", *what, "The document")
        ->check(CLI::IsMember({"man", "bash", "zsh", "fish"}))
        ->required();
    command->callback([=, &app, &chosen] { chosen = [=, &app] { return generate(app, *what); }; });
}

}  // namespace stoop::cli
