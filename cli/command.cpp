// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "cli/message.h"
#include "cli/paths.h"
#include "cli/project.h"
#include "cli/terminal.h"
#include "compiler/source/extract.h"
#include "compiler/source/warning_levels.h"
#include "runtime/base/nearest.h"

namespace stoop::cli {
namespace {

// `text` is no-NAME or NAME=LEVEL. Returns what is wrong with it, or nothing.
std::string set_warning(const std::string& text, WarningLevels& levels) {
    bool off = text.starts_with("no-") && text.find('=') == text.npos;
    std::string name = off ? text.substr(3) : text.substr(0, text.find('='));
    auto problem = find_warning(name);
    if (!problem) {
        std::vector<std::string> names = warning_names();
        std::string near = nearest(name, {names.begin(), names.end()});
        return near.empty()
                   ? fmt::format("expected no-NAME or NAME=LEVEL; names are {}", fmt::join(names, ", "))
                   : fmt::format("did you mean '{}'?",
                                 std::string(text).replace(off ? 3 : 0, name.size(), near));
    }
    std::string level = off ? "off" : name.size() < text.size() ? text.substr(name.size() + 1) : "";
    if (set_level(*problem, level, levels)) return "";
    return fmt::format("expected {0}=LEVEL, where LEVEL is off, note, warning or error", name);
}

// The file, or the rules within it.
void add_rules(RuleSource file, bool extract, const Limits& limits, std::vector<RuleSource>& out) {
    std::vector<ExtractedRules> within;
    if (extract) within = extract_rules(file.text, limits);
    for (ExtractedRules& rules : within)
        out.push_back({rules.in_place ? file.name : fmt::format("{}#{}", file.name, rules.key),
                       std::move(rules.text), file.why_not_quoted, file.of_others});
    if (within.empty()) out.push_back(std::move(file));
}

// Those of the rule set that is worked on. False, after a report, if they cannot be read.
bool add_project_rules(const Global& global, bool extract, std::vector<RuleSource>& files,
                       Diagnostics& found) {
    if (!global.rule_set) {
        message("error: {}\n", no_rule_set_text(global));
        return false;
    }
    bool all = true;
    for (const std::string& path : global.rule_set->rules) {
        TextFile file = read_below_root(*global.root, path, global.limits);
        if (file.problem.empty())
            add_rules({path, std::move(file.text), global.root->why_not_quoted(path),
                       !global.rule_set->is_own(path) && !global.also_own.contains(path)},
                      extract, global.limits, files);
        else
            found.report(unreadable_file(path, file, global.limits));
        all = all && (file.problem.empty() || file.too_large);
    }
    return all;
}

}  // namespace

bool Global::color_on(int file_descriptor) const {
    if (color == "always") return true;
    return color == "auto" && isatty(file_descriptor) && !getenv("NO_COLOR");
}

void print_diagnostics(const Diagnostics& diagnostics, const Sources& sources, const Global& global) {
    bool color = global.color_on(STDERR_FILENO);
    size_t width = terminal_width(STDERR_FILENO);
    for (const Diagnostic& d : diagnostics.by_place()) {
        if (global.quiet && severity_of(d) != Severity::Error) continue;
        write_message(render(d, sources, color, width) + "\n");
    }
    size_t total = diagnostics.errors() + diagnostics.warnings();
    if (total > diagnostics.all().size()) message("... and {} more\n", total - diagnostics.all().size());
}

void add_rule_options(CLI::App& command, RuleOptions& options, bool positional) {
    command
        .add_option(positional ? "RULES,-r,--rules" : "-r,--rules", options.paths,
                    "Rule files and folders, in the order in which they load (default: those of stoop.yaml)")
        ->allow_extra_args(positional);
    auto list = [&](const char* name, std::vector<std::string>& into, const char* help) {
        command.add_option(name, into, help)->allow_extra_args(false)->group("Choosing rules");
    };
    list("--tag", options.selection.tags, "Only rules with this tag are on (repeatable, as all of these)");
    list("--disable-tag", options.selection.disabled_tags, "Rules with this tag are off");
    list("--disable-rule", options.selection.disabled_rules,
         "Rules whose name matches are off; '*' stands for any text");
    list("--enable-rule", options.selection.enabled_rules,
         "Rules whose name matches are on, whatever came before");
    command
        .add_option_function<std::vector<std::string>>(
            "-W", [](const std::vector<std::string>&) {},
            "NAME=off|note|warning|error sets the level of the warnings of this name (docs/diagnostics.md); "
            "no-NAME turns them off (repeatable)")
        ->allow_extra_args(false)
        ->group("Warnings")
        ->check([&options](const std::string& text) { return set_warning(text, options.levels); });
    command.add_flag("--werror", options.warnings_are_errors, "Warnings make the rules invalid")
        ->group("Warnings");
}

void say_which_source(const RuleOptions& options, const Global& global) {
    if (global.quiet || !options.paths.empty() || global.sources.size() < 2) return;
    message("note: there are rules of several sources ({}); these are for '{}', '--source' chooses another\n",
            fmt::join(global.sources, ", "), global.source);
}

void say_if_warnings_are_errors(const RuleOptions& options, const Diagnostics& found) {
    if (options.warnings_are_errors && found.errors() == 0 && found.warnings() > 0)
        message("error: there are warnings, and --werror was given\n");
}

LoadedRules load_rules(const RuleOptions& options, const Global& global, bool print) {
    LoadedRules out;
    say_if_typed(options.paths, "rules", global.quiet);
    std::vector<RuleSource> files;
    bool missing =
        options.paths.empty() && !add_project_rules(global, options.extract, files, out.unreadable);
    for (FoundPath& found : find_files(options.paths, FolderOf::Rules)) {
        std::string name = display_name(found.path);
        TextFile file{"", found.error};
        if (found.error.empty()) file = read_file(found.path, global.limits);
        if (file.problem.empty())
            add_rules({name, std::move(file.text), global.root->why_not_quoted(found.path)}, options.extract,
                      global.limits, files);
        else
            out.unreadable.report(unreadable_file(name, file, global.limits));
        if (!file.problem.empty() && !file.too_large) missing = true;
    }
    CompileOptions compile;
    if (!global.engine_version.empty()) compile.engine = *parse_version(global.engine_version);
    compile.source = global.source;
    compile.selection = options.selection;
    compile.threads = options.threads;
    compile.limits = global.limits;
    compile.levels = global.levels(options.levels);
    out.compilation = compile_rules(std::move(files), global.schemas, compile);
    const Diagnostics& found = out.compilation->diagnostics;
    if (print) {
        print_diagnostics(out.unreadable, out.compilation->sources, global);
        print_diagnostics(found, out.compilation->sources, global);
        say_if_warnings_are_errors(options, found);
    }
    if (found.errors() > 0 || (options.warnings_are_errors && found.warnings() > 0)) out.exit = kInvalid;
    if (out.unreadable.errors() > 0) out.exit = kInvalid;
    if (missing) out.exit = kUsage;
    return out;
}

void add_engine_option(CLI::App& command, EngineOptions& options) {
    command
        .add_option(
            "--engine", options.name,
            "How conditions are evaluated: by tables until native code is ready (auto), by native code from "
            "the first event on, by tables alone, or by the evaluator that says what conditions mean, slowly")
        ->check(CLI::IsMember({"auto", "native", "tables", "reference"}))
        ->capture_default_str();
    command.add_option("--module", options.module,
                       "The module that makes native code, instead of the one beside the program");
}

void add_cache_option(CLI::App& command, EngineOptions& options) {
    command.add_flag_function(
        "--cache,!--no-cache", [&](int64_t times) { options.cache = times > 0; },
        "Keep native code in $XDG_CACHE_HOME/stoop (~/.cache/stoop) and use what is there; "
        "without either flag so unless CI is set (docs/security.md)");
    command.add_flag("--debug-lines", options.lines,
                     "Native code with the lines of rules, for gdb and perf (docs/performance.md)");
}

std::unique_ptr<Matcher> make_matcher(const EngineOptions& options, const PreparedProgram& program) {
    // A home that a CI restores brings the key of its cache along, whoever filled it.
    const char* ci = getenv("CI");
    bool wanted = options.cache.value_or(!ci || !*ci);
    std::optional<CodeCache> cache;
    if (auto folders = default_cache_folders(); folders && wanted) cache.emplace(std::move(*folders));
    auto choice = options.name == "native"      ? EngineChoice::Native
                  : options.name == "tables"    ? EngineChoice::Tables
                  : options.name == "reference" ? EngineChoice::Reference
                                                : EngineChoice::Auto;
    std::string error;
    if (!options.module.empty() && (choice == EngineChoice::Native || choice == EngineChoice::Auto) &&
        native_code_identity(error, options.module).empty()) {
        message("error: --module: {}\n", error);
        return nullptr;
    }
    auto out = std::make_unique<Matcher>(program, choice, std::move(cache), options.lines, options.module);
    if (out->problem().empty() || choice != EngineChoice::Native) return out;
    message(
        "error: no native code on this machine ({}); '--engine tables' evaluates the same rules, slower\n",
        out->problem());
    return nullptr;
}

void say_no_native_code(const Matcher& matcher) {
    message("warning: no native code on this machine ({}); the engine 'tables' is used, which is slower\n",
            matcher.problem());
}

}  // namespace stoop::cli
