// SPDX-License-Identifier: Apache-2.0
// stoop run: evaluate events, print alerts.
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "cli/alert_worker.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/numbers.h"
#include "cli/output_file.h"
#include "cli/pipeline.h"
#include "cli/progress.h"
#include "cli/rule_state.h"
#include "cli/run_summary.h"
#include "cli/terminal.h"

namespace stoop::cli {
namespace {

struct Options {
    RuleOptions rules;
    std::vector<std::string> events;
    std::string format = "text";
    EngineOptions engine;
    std::string matching;
    std::string time_format = "local";
    std::string hostname;
    bool uuid = false;
    bool strict = false;
    bool fail_on_alert = false;
    bool follow = false;
    unsigned threads = all_cores();
    std::string stats = "text";
    OutputOptions output;
};

// So many bytes take longer than loading LLVM, which can then be loaded beside the rules.
constexpr uint64_t kLongRun = 64 << 20;

// As Falco: the environment, else the machine's own name.
std::string host_name(const std::string& given) {
    if (!given.empty()) return given;
    if (const char* name = getenv("FALCO_HOSTNAME")) return name;
    char buffer[256] = {};
    gethostname(buffer, sizeof buffer - 1);
    return buffer;
}

AlertForm alert_form(const std::string& format) {
    if (format == "json") return AlertForm::Json;
    if (format == "incident") return AlertForm::Incident;
    return format == "verdicts" ? AlertForm::Verdicts : AlertForm::Text;
}

AlertOptions alert_options(const Options& options, const Limits& limits) {
    TimeFormat time = options.time_format == "utc"       ? TimeFormat::Utc
                      : options.time_format == "iso8601" ? TimeFormat::Iso8601
                                                         : TimeFormat::Local;
    return {time, host_name(options.hostname), options.uuid, limits[Limit::AlertBytes]};
}

// What the blocks come to, in their order.
class Collector {
  public:
    Collector(const Global& global, const PreparedProgram& program, OutputFile& output, uint64_t input_size)
        : output_(output), bad_(global), progress_(!global.quiet && isatty(STDERR_FILENO) == 1, input_size) {
        summary_.by_rule.resize(program.rules.size());
    }

    // Both are false if there is no use in going on.
    bool take_alerts(const AlertBatch& alerts) {
        if (alerts.text.empty()) return true;
        if (output_.interactive()) progress_.clear();
        if (output_.write(alerts)) return true;
        summary_.stopped = "the output";
        return false;
    }
    bool take(const InputBlock& input, const BlockResult& result) {
        if (!input.unreadable.empty() || result.bad > 0) progress_.clear();
        for (const auto& file : input.unreadable) bad_.report(file);
        for (const std::string& problem : result.problems) bad_.report(problem);
        bad_.count(result.bad - result.problems.size());
        summary_.events += result.events;
        for (size_t rule = 0; rule < result.fired.size(); ++rule) {
            summary_.by_rule[rule] += result.fired[rule];
            summary_.alerts += result.fired[rule];
        }
        summary_.notes.merge(result.notes);
        summary_.bytes = input.position;
        progress_.update(input.position, summary_.events, summary_.alerts);
        if (result.stop) summary_.stopped = "the first bad event";
        return take_alerts(result.alerts) && !result.stop;
    }

    const RunSummary& finish(int signal) {
        progress_.clear();
        bad_.finish();
        summary_.bad = bad_.bad();
        summary_.seconds = progress_.seconds();
        if (signal != 0) summary_.stopped = signal == SIGINT ? "SIGINT" : "SIGTERM";
        return summary_;
    }
    int exit() const { return bad_.exit(); }

  private:
    OutputFile& output_;
    BadEvents bad_;
    Progress progress_;
    RunSummary summary_;
};

int run(const Options& options, const Global& global) {
    if (options.follow && (options.events.size() != 1 || options.events[0] == "-")) {
        message("error: --follow wants one file; standard input is followed anyway\n");
        return kUsage;
    }
    say_if_typed(options.events, "events", global.quiet);
    std::vector<FoundPath> events = find_files(options.events, FolderOf::Events);
    std::jthread loading;
    uint64_t size = options.follow ? 0 : size_on_disk(events);
    bool long_run = options.engine.name == "auto" && size >= kLongRun;
    if (options.engine.module.empty() && (options.engine.name == "native" || long_run))
        loading = expect_native_code();
    RuleOptions loaded = options.rules;
    loaded.threads = options.threads;
    say_which_source(options.rules, global);
    LoadedRules rules = load_rules(loaded, global);
    if (rules.exit != kOk) return rules.exit;
    const PreparedProgram& program = *rules.compilation->program;
    const bool no_rules = program.rules.empty();
    if (no_rules && (!global.quiet || options.strict))
        message("{}: {}\n", options.strict ? "error" : "warning", no_rules_text(*rules.compilation, global));
    std::unique_ptr<Matcher> matcher = make_matcher(options.engine, program);
    if (!matcher) return kUsage;
    OutputFile output(options.output);
    if (!output.open()) return output.finish(kOk, global.quiet);

    Stop stop;
    EventFiles files(std::move(events), *global.root, {options.follow, &stop.interrupt()});
    Collector collector(global, program, output, size);
    AlertJob job{global.schema(),
                 program,
                 *matcher,
                 alert_form(options.format),
                 alert_options(options, global.limits),
                 static_cast<uint32_t>(
                     global.matching(options.matching) == Matching::First ? 1 : program.rules.size()),
                 global.limits,
                 options.strict,
                 !global.quiet || options.strict || options.stats == "json",
                 global.color_on(STDERR_FILENO),
                 output.interactive()};
    Pipeline{
        options.threads, [&] { return std::make_unique<AlertWorker>(job); },
        [&](const AlertBatch& alerts) { return collector.take_alerts(alerts); },
        [&](const InputBlock& input, const BlockResult& result) { return collector.take(input, result); }}
        .run(files, stop);

    const RunSummary& summary = collector.finish(stop.signal());
    int exit = output.finish(collector.exit(), global.quiet);
    if (!matcher->is_busy() && !matcher->problem().empty() && !global.quiet) say_no_native_code(*matcher);
    if (options.stats == "json")
        write_message(summary_json(summary, program));
    else if (!global.quiet)
        write_message(summary_text(summary, program));
    if (exit == kOk && options.strict && summary.notes.any()) {
        if (global.quiet && options.stats != "json") write_message(summary.notes.text(program));
        exit = kInvalid;
    }
    if (exit == kOk && options.strict && no_rules) exit = kInvalid;
    if (exit == kOk && options.fail_on_alert && summary.alerts > 0) exit = kFound;
    if (exit != kUsage && stop.signal() != 0) exit = kSignal + stop.signal();
    // Code that is still being made is of no use any more, and LLVM cannot be interrupted.
    if (matcher->is_busy()) std::_Exit(exit);
    return exit;
}

}  // namespace

void add_run(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("run", "Evaluate events and print alerts");
    command->footer("Example:\n  stoop run -r rules/ -o json fixtures/memfd_create/alert.json");
    add_rule_options(*command, options->rules);
    command->add_option("EVENTS", options->events,
                        "Files of events, folders of them, or - for standard input (the default)");
    command
        ->add_option("-o,--output-format,--format", options->format,
                     "Falco's text line, Falco's JSON, a report in Markdown, or the names of the rules that "
                     "fired")
        ->check(CLI::IsMember({"text", "json", "incident", "verdicts"}))
        ->capture_default_str();
    add_engine_option(*command, options->engine);
    add_cache_option(*command, options->engine);
    command
        ->add_option(
            "--rule-matching", options->matching,
            "Stop at the first rule that fires, or go through all (default: as stoop.yaml says, else first)")
        ->check(CLI::IsMember({"first", "all"}));
    command->add_option("--time-format", options->time_format, "Times in alerts; local follows TZ")
        ->check(CLI::IsMember({"local", "iso8601", "utc"}))
        ->capture_default_str();
    command->add_option("--hostname", options->hostname,
                        "The host named in JSON alerts, else $FALCO_HOSTNAME, else this machine");
    command->add_flag("--uuid", options->uuid, "A random uuid in JSON alerts");
    auto* output = command->add_option("--output", options->output.path,
                                       "The file to write alerts to; it is replaced when all are written");
    command->add_flag("--append", options->output.append, "Add to the file of --output instead")
        ->needs(output);
    command
        ->add_flag("--fsync", options->output.sync,
                   "Have the file of --output on the disk at the end, with --append every batch of alerts")
        ->needs(output);
    command->add_option("-j,--jobs", options->threads, "Threads; as many as there are cores unless told")
        ->check(whole_number(1, 1024));
    command->add_flag("--follow", options->follow,
                      "Wait for more at the end of the file, also when another file takes its name");
    command
        ->add_option("--stats", options->stats,
                     "The summary on standard error, which -q leaves out: for people, "
                     "or one JSON document, -q or not")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    command->add_flag(
        "--strict", options->strict,
        "Stop at the first bad event; check fields that no rule reads, too; exit with 2 if there was "
        "something that is not known or was not read");
    command->add_flag("--fail-on-alert", options->fail_on_alert, "Exit with 1 if a rule fires");
    command->callback([=, &global, &chosen] {
        chosen = [=, &global] {
            if (options->events.empty()) options->events = {"-"};
            return run(*options, global);
        };
    });
}

}  // namespace stoop::cli
