// stoop run: evaluate events, print alerts.
#include <fmt/format.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/events.h"
#include "cli/output_file.h"
#include "runtime/alert/alert.h"
#include "runtime/alert/incident.h"
#include "runtime/alert/json_escape.h"

namespace stoop::cli {
namespace {

struct Options {
    RuleOptions rules;
    std::vector<std::string> events;
    std::string format = "text";
    EngineOptions engine;
    std::string matching = "first";
    std::string time_format = "local";
    std::string hostname;
    bool uuid = false;
    bool strict = false;
    bool fail_on_alert = false;
    OutputOptions output;
};

constexpr size_t kBatch = size_t{1} << 16;  // bytes of alerts that are written at once

// As Falco: the environment, else the machine's own name.
std::string host_name(const std::string& given) {
    if (!given.empty()) return given;
    if (const char* name = getenv("FALCO_HOSTNAME")) return name;
    char buffer[256] = {};
    gethostname(buffer, sizeof buffer - 1);
    return buffer;
}

class Printer {
  public:
    Printer(const Plan& plan, const Options& options)
        : plan_(plan),
          format_(options.format),
          renderer_(plan, alert_options(options)),
          incidents_(plan, alert_options(options)) {}

    void print(const Event& event, std::span<const uint32_t> fired, AlertBatch& out) {
        if (format_ == "verdicts") return verdicts(event, fired, out);
        for (uint32_t rule : fired) {
            const PlanRule& r = plan_.rules[rule];
            if (format_ == "json")
                renderer_.json(r, event, out.text);
            else if (format_ == "incident")
                incidents_.report(r, event, out.text);
            else
                renderer_.text(r, event, out.text);
            out.end_alert();
        }
    }

  private:
    static AlertOptions alert_options(const Options& options) {
        TimeFormat time = options.time_format == "utc"       ? TimeFormat::Utc
                          : options.time_format == "iso8601" ? TimeFormat::Iso8601
                                                             : TimeFormat::Local;
        return {time, host_name(options.hostname), options.uuid};
    }

    void verdicts(const Event& event, std::span<const uint32_t> fired, AlertBatch& out) const {
        if (fired.empty()) return;
        out.text += fmt::format("{{\"event\":{},\"rules\":", event.number);
        char before = '[';
        for (uint32_t rule : fired) {
            out.text += before;
            append_json_string(plan_.rules[rule].name, out.text);
            before = ',';
        }
        out.text += "]}";
        out.end_alert();
    }

    const Plan& plan_;
    std::string format_;
    AlertRenderer renderer_;
    IncidentRenderer incidents_;
};

int run(const Options& options, const Global& global) {
    std::jthread loading;
    if (options.engine.name == "native") loading = expect_native_code();
    LoadedRules rules = load_rules(options.rules, global);
    if (rules.exit != kOk) return rules.exit;
    const Plan& plan = *rules.compilation->plan;
    std::unique_ptr<Matcher> matcher = make_matcher(options.engine, plan);
    Printer printer(plan, options);
    OutputFile output(options.output);
    if (!output.open()) return output.finish(kOk, global.quiet);
    AlertBatch batch;
    size_t enough = output.interactive() ? 1 : kBatch;
    EventInput input(global.schema(), plan, global, options.strict);
    Scratch scratch;
    std::vector<uint32_t> fired(plan.rules.size() + 1);
    auto limit = static_cast<uint32_t>(options.matching == "first" ? 1 : plan.rules.size());
    uint64_t alerts = 0;
    int exit = input.read(options.events, [&](const Event& event, const std::string&) {
        if (event.source != plan.source) return true;
        uint32_t count =
            matcher->engine(1).match(event.values.data(), event.type, scratch, fired.data(), limit);
        alerts += count;
        printer.print(event, {fired.data(), count}, batch);
        if (batch.text.size() < enough) return true;
        bool written = output.write(batch);
        batch.clear();
        return written;
    });
    output.write(batch);
    if (exit == kOk && options.fail_on_alert && alerts > 0) exit = kFound;
    exit = output.finish(exit, global.quiet);
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
        ->add_option("--rule-matching", options->matching,
                     "Stop at the first rule that fires, or go through all")
        ->check(CLI::IsMember({"first", "all"}))
        ->capture_default_str();
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
    command->add_flag("--strict", options->strict, "Stop at the first bad event");
    command->add_flag("--fail-on-alert", options->fail_on_alert, "Exit with 1 if a rule fires");
    command->callback([=, &global, &chosen] {
        chosen = [=, &global] {
            if (options->events.empty()) options->events = {"-"};
            return run(*options, global);
        };
    });
}

}  // namespace stoop::cli
