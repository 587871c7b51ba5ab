// SPDX-License-Identifier: Apache-2.0
// stoop: compiles Falco rules and tests them against recorded events. The commands are in the files beside
// this one.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <system_error>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/option_table.h"
#include "cli/output_file.h"
#include "cli/paths.h"
#include "cli/process.h"
#include "cli/project.h"
#include "cli/rule_words.h"
#include "cli/terminal.h"
#include "cli/usage.h"
#include "cli/version.h"
#include "runtime/base/nearest.h"

namespace {

using namespace stoop::cli;

int load_schemas(Global& global) {
    for (const std::string& path : global.schema_files) {
        stoop::TextFile file = read_file(path, global.limits);
        if (!file.problem.empty()) {
            message("error: cannot read {}: {}\n", path, file.problem);
            return file.too_large ? kInvalid : kUsage;
        }
        std::string problem =
            stoop::try_add(global.schemas, std::move(file.text), global.root->why_not_quoted(path));
        if (problem.empty()) continue;
        message("error: {} is not a schema: {}\n", path, problem);
        return kInvalid;
    }
    return kOk;
}

int check_source(const Global& global) {
    if (global.schemas.find(global.source)) return kOk;
    std::string known;
    for (const stoop::Schema* schema : global.schemas.all())
        known += (known.empty() ? "" : ", ") + schema->source();
    message("error: no source '{}'; known: {}; '--schema FILE' adds one\n", global.source, known);
    return kUsage;
}

int find_root(Global& global, const std::string& project) {
    std::string error;
    global.root = stoop::Root::of_run(global.root_folder, project, error);
    if (global.root) return kOk;
    message("error: the root '{}' cannot be opened: {}\n",
            global.root_folder.empty() ? "." : global.root_folder, error);
    return kUsage;
}

// `text` is NAME=VALUE. Returns what is wrong with it, or nothing.
std::string set_limit(const std::string& text, stoop::Limits& limits) {
    std::string name = text.substr(0, text.find('='));
    auto limit = stoop::find_limit(name);
    if (!limit) {
        std::vector<std::string_view> names;
        for (size_t i = 0; i < stoop::limit_count(); ++i)
            names.push_back(stoop::limit_info(static_cast<stoop::Limit>(i)).name);
        std::string near = stoop::nearest(name, names);
        return near.empty() ? fmt::format("expected one of {}", fmt::join(names, ", "))
                            : fmt::format("did you mean '{}'?", near);
    }
    auto value = name.size() < text.size()
                     ? stoop::parse_limit_value(std::string_view(text).substr(name.size() + 1))
                     : std::nullopt;
    if (!value) return fmt::format("expected {0}=NUMBER, as in {0}=500 or {0}=64M", name);
    if (uint64_t largest = stoop::limit_info(*limit).largest; *value > largest)
        return fmt::format("{} can be {}", name, stoop::limit_text(*limit, largest));
    limits.set(*limit, *value);
    return "";
}

// Whether it writes a report that also holds what is wrong with the project.
bool writes_report(const CLI::App& command) {
    constexpr std::string_view kCommands[] = {"check", "test", "ci"};
    const std::string& name = command.get_name();
    if (std::find(std::begin(kCommands), std::end(kCommands), name) == std::end(kCommands)) return false;
    const CLI::Option* format = command.get_option("--output-format");
    if (format->count() == 0) return false;
    std::string given = format->as<std::string>();
    return given != "human" && given != "falco";
}

// `with_project`: the command looks at the project file.
int run(Global& global, bool with_project, const Chosen& chosen) {
    try {
        auto project = with_project ? stoop::find_project(".") : std::nullopt;
        if (int exit = find_root(global, project.value_or("")); exit != kOk) return exit;
        if (int exit = load_schemas(global); exit != kOk) return exit;
        global.project_exit = use_project(global, project);
        if (global.project_exit != kOk && !global.project_problems) return global.project_exit;
        if (global.project_exit == kOk)
            if (int exit = check_source(global); exit != kOk) return exit;
        return finish_output(chosen());
    } catch (const std::system_error& e) {  // of write_output
        return output_failed(e.code().value());
    } catch (const std::bad_alloc&) {
        write_message("error: out of memory\n");
    } catch (const std::exception& e) {
        message("error: internal: {}\n", std::string(e.what()));
    }
    return kUsage;
}

}  // namespace

int main(int argc, char** argv) {
    if (!open_standard_descriptors()) return kUsage;
    ignore_write_signals();
    CLI::App app{"Compiles Falco rules to native code and tests them against recorded events.", "stoop"};
    app.formatter_fn([](const CLI::App* command, const std::string& name, CLI::AppFormatMode) {
        constexpr size_t kUsual = 80, kWidest = 120;
        size_t width = terminal_width(STDOUT_FILENO);
        return help_text(*command, name, width == 0 ? kUsual : std::min(width, kWidest));
    });
    app.set_version_flag("-V,--version", version_text, "Say which version this is, and exit");
    app.require_subcommand(1);
    app.fallthrough();

    Global global;
    app.add_option("--color", global.color, "Colours in messages")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->capture_default_str();
    app.add_flag("-q,--quiet", global.quiet, "No warnings and no summary");
    app.add_flag("-v,--verbose", global.verbose, "More detail");

    app.add_option("--engine-version", global.engine_version,
                   "The version that required_engine_version is held against")
        ->check([](const std::string& text) { return stoop::parse_version(text) ? "" : "expected x.y.z"; });

    app.add_option("--schema", global.schema_files,
                   "A JSON file that adds an event source, or fields to one (docs/schemas.md)")
        ->allow_extra_args(false);
    auto* source =
        app.add_option("--source", global.source, "The event source that rules are run and listed for")
            ->capture_default_str();
    app.add_option("--ruleset", global.rule_set_name,
                   "The rule set of stoop.yaml to work on (docs/project.md)");

    app.add_option("--root", global.root_folder,
                   "The folder below which test files and stoop.yaml may name files (default: that of "
                   "stoop.yaml, else the "
                   "top of the git repository, else the working directory)");

    std::vector<std::string> limits;
    app.add_option("--limit", limits,
                   "A budget for what comes from outside, as NAME=VALUE (docs/security.md)")
        ->allow_extra_args(false)
        ->check([&](const std::string& text) { return set_limit(text, global.limits); });

    Chosen chosen;
    for (auto* add : {add_check, add_ci, add_run, add_test, add_mutate, add_bench, add_explain,
                      add_explain_code, add_eval, add_fields, add_list, add_init, add_generate})
        add(app, global, chosen);

    std::vector<std::string> arguments = plain_arguments(argc, argv);
    if (arguments.empty()) {
        app.exit(CLI::CallForHelp());
        int exit = finish_output(kOk);
        return exit == kOk ? kUsage : exit;
    }
    if (arguments[0][0] != '-' && !is_command(app, arguments[0])) {
        report_unknown_command(app, arguments[0]);
        return kUsage;
    }
    try {
        arguments = with_rule_options(std::move(arguments));
        std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
        app.parse(std::move(arguments));
    } catch (const CLI::Success& asked) {  // --help, --version
        app.exit(asked);
        return finish_output(kOk);
    } catch (const CLI::ParseError& e) {
        report_wrong_usage(app, e);
        return kUsage;
    }
    global.source_given = source->count() > 0;
    const CLI::App& command = *app.get_subcommands().front();
    bool with_project = looks_at_project(command.get_name());
    if (writes_report(command))
        global.project_problems = std::make_shared<std::vector<stoop::ReportedProblem>>();
    return on_large_stack([&] { return run(global, with_project, chosen); });
}
