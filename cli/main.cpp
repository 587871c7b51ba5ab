// stoop: compiles Falco rules and tests them against recorded events. The commands are in the files beside
// this one.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <exception>
#include <system_error>

#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/paths.h"

namespace {

using namespace stoop::cli;

int load_schemas(Global& global) {
    for (const std::string& path : global.schema_files) {
        std::string text, error;
        if (!read_file(path, text, error)) {
            fmt::print(stderr, "error: cannot read {}: {}\n", path, error);
            return kUsage;
        }
        try {
            global.schemas.add(std::move(text));
        } catch (const std::runtime_error& e) {
            fmt::print(stderr, "error: {} is not a schema: {}\n", path, e.what());
            return kInvalid;
        }
    }
    if (global.schemas.find(global.source)) return kOk;
    std::string known;
    for (const stoop::Schema* schema : global.schemas.all())
        known += (known.empty() ? "" : ", ") + schema->source();
    fmt::print(stderr, "error: no source '{}'; known: {}; '--schema FILE' adds one\n", global.source, known);
    return kUsage;
}

// `text` is NAME=VALUE.
void set_limit(const std::string& text, stoop::Limits& limits) {
    size_t sign = std::min(text.find('='), text.size());
    auto limit = stoop::find_limit(std::string_view(text).substr(0, sign));
    if (!limit) {
        std::vector<std::string_view> names;
        for (size_t i = 0; i < stoop::limit_count(); ++i)
            names.push_back(stoop::limit_info(static_cast<stoop::Limit>(i)).name);
        std::string near = stoop::nearest(text.substr(0, sign), names);
        throw CLI::ValidationError("--limit", near.empty()
                                                  ? fmt::format("expected one of {}", fmt::join(names, ", "))
                                                  : fmt::format("did you mean '{}'?", near));
    }
    auto value = sign == text.size() ? std::nullopt : stoop::parse_limit_value(text.substr(sign + 1));
    if (!value)
        throw CLI::ValidationError(
            "--limit", fmt::format("expected {0}=NUMBER, as in {0}=500 or {0}=64M", text.substr(0, sign)));
    limits.set(*limit, *value);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Compiles Falco rules to native code and tests them against recorded events.", "stoop"};
    app.set_version_flag("--version", "stoop " STOOP_VERSION);
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
    app.add_option("--source", global.source, "The event source that rules are run and listed for")
        ->capture_default_str();

    app.add_option("--limit", "A budget for what comes from outside, as NAME=VALUE (docs/security.md)")
        ->allow_extra_args(false)
        ->each([&](const std::string& text) { set_limit(text, global.limits); });

    Chosen chosen;
    for (auto* add :
         {add_check, add_run, add_test, add_mutate, add_bench, add_explain, add_eval, add_fields, add_list})
        add(app, global, chosen);

    std::vector<std::string> known;
    for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
    if (argc > 1 && argv[1][0] != '-' && std::find(known.begin(), known.end(), argv[1]) == known.end()) {
        std::string near = stoop::nearest(argv[1], {known.begin(), known.end()});
        fmt::print(stderr, "error: no command '{}'; {}\n", argv[1],
                   near.empty() ? "'stoop --help' lists the commands" : "did you mean '" + near + "'?");
        return kUsage;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        bool asked = e.get_exit_code() == 0;  // --help, --version
        app.failure_message(CLI::FailureMessage::simple);
        app.exit(e);
        return asked ? kOk : kUsage;
    }
    if (int exit = load_schemas(global); exit != kOk) return exit;
    try {
        return finish_output(chosen());
    } catch (const std::system_error& e) {  // what fmt throws when a line cannot be written
        fmt::print(stderr, "error: cannot write to standard output: {}\n", e.code().message());
    } catch (const std::bad_alloc&) {
        std::fprintf(stderr, "error: out of memory\n");
    } catch (const std::exception& e) {
        std::fprintf(stderr, "error: internal: %s\n", e.what());
    }
    return kUsage;
}
