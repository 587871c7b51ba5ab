#include "cli/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/paths.h"
#include "runtime/reference/evaluator.h"

namespace stoop::cli {

bool Global::color_on(int file_descriptor) const {
    if (color == "always") return true;
    return color == "auto" && isatty(file_descriptor) && !getenv("NO_COLOR");
}

void print_diagnostics(const Diagnostics& diagnostics, const Sources& sources, const Global& global) {
    bool color = global.color_on(STDERR_FILENO);
    for (const Diagnostic& d : diagnostics.by_place()) {
        if (global.quiet && problem_info(d.problem).severity == Severity::Warning) continue;
        fmt::print(stderr, "{}\n", render(d, sources, color));
    }
    size_t total = diagnostics.errors() + diagnostics.warnings();
    if (total > diagnostics.all().size())
        fmt::print(stderr, "... and {} more\n", total - diagnostics.all().size());
}

LoadedRules load_rules(const std::vector<std::string>& paths, const Global& global, bool print) {
    LoadedRules out;
    std::vector<RuleSource> files;
    for (FoundPath& found : find_files(paths, FolderOf::Rules)) {
        RuleSource source{display_name(found.path), ""};
        if (found.error.empty() && read_file(found.path, source.text, found.error))
            files.push_back(std::move(source));
        else
            out.unreadable.report({Problem::CannotRead,
                                   fmt::format("cannot read {}: {}", source.name, found.error),
                                   false,
                                   {},
                                   "",
                                   {},
                                   "check the path and its permissions"});
    }
    CompileOptions options;
    if (!global.engine_version.empty()) options.engine = *parse_version(global.engine_version);
    out.compilation = compile_rules(std::move(files), syscall_schema(), options);
    if (print) {
        print_diagnostics(out.unreadable, out.compilation->sources, global);
        print_diagnostics(out.compilation->diagnostics, out.compilation->sources, global);
    }
    if (out.compilation->diagnostics.errors() > 0) out.exit = kInvalid;
    if (out.unreadable.errors() > 0) out.exit = kUsage;
    return out;
}

ChosenEngine make_engine(const std::string& name, const Plan& plan) {
    ChosenEngine out;
    if (name == "reference") {
        out.engine = reference_engine(plan);
        return out;
    }
    std::string error;
    out.native = NativeProgram::compile(plan, error);
    if (out.native) {
        out.engine = out.native->engine();
    } else {
        // The reference engine gives the same verdicts, slower; not a reason to fail.
        fmt::print(stderr, "warning: no native code on this machine ({}); using the reference engine\n",
                   error);
        out.engine = reference_engine(plan);
    }
    return out;
}

void add_engine_option(CLI::App& command, std::string& engine) {
    command.add_option("--engine", engine, "How conditions are evaluated")
        ->check(CLI::IsMember({"reference", "native"}))
        ->capture_default_str();
}

int finish_output(int exit) {
    if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return exit;
    fmt::print(stderr, "error: cannot write to standard output: {}\n", std::strerror(errno));
    return kUsage;
}

}  // namespace stoop::cli
