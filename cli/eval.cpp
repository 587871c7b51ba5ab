// SPDX-License-Identifier: Apache-2.0
// stoop eval: conditions on events, without a rule file.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "cli/command.h"
#include "cli/events.h"
#include "cli/message.h"
#include "cli/paths.h"
#include "runtime/explain/recorded.h"
#include "runtime/ingest/json/block_reader.h"
#include "runtime/ingest/json/json_pointer.h"

namespace stoop::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
    std::string condition;
    std::vector<std::string> events;
    std::string cases;
    std::string format = "human";
    EngineOptions engine;
};

// Events of all types are shown to each of them.
std::unique_ptr<Compilation> compile(std::vector<RuleSource> conditions, const Global& global) {
    auto out = compile_conditions(std::move(conditions), global.schemas, global.source, global.limits);
    for (ProgramRule& rule : out->program->rules) rule.event_types = EventTypeSet();
    return out;
}

std::string verdict_json(const PreparedProgram& program, const Event& event, bool verdict,
                         std::span<const uint32_t> unrecorded) {
    ordered_json out = {{"event", event.number}, {"verdict", verdict}};
    for (uint32_t slot : unrecorded) out["not_recorded"].push_back(program.slots[slot].spelling);
    return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

int evaluate_one(const Options& options, const Global& global) {
    auto compilation = compile({{"<condition>", options.condition}}, global);
    print_diagnostics(compilation->diagnostics, compilation->sources, global);
    if (compilation->diagnostics.errors() > 0) return kInvalid;
    const PreparedProgram& program = *compilation->program;
    if (options.events.empty()) {
        print("ok\n");
        return kOk;
    }
    std::unique_ptr<Matcher> matcher = make_matcher(options.engine, program);
    if (!matcher) return kUsage;
    EventInput input(global.schema(), program, global, false);
    Scratch scratch;
    return input.read(options.events, [&](const Event& event, const std::string& file) {
        uint32_t fired;
        bool verdict = matcher->engine(1).match(event.values.data(), kAnyEventType, scratch, &fired, 1) != 0;
        auto unrecorded = unrecorded_slots(program, program.rules[0], event.values.data(), scratch);
        if (options.format == "json") {
            write_output(verdict_json(program, event, verdict, unrecorded));
        } else {
            print("{}:{}: {}\n", file, event.line, verdict);
            if (!unrecorded.empty())
                print("  note: the verdict depends on {}\n", unrecorded_text(program, unrecorded));
        }
        return true;
    });
}

// Many cases at once: their conditions become the rules of one rule set, so that native code is made once for
// all.
class CaseBatch {
  public:
    CaseBatch(const EngineOptions& engine, const Global& global) : engine_(engine), global_(global) {}

    // `text` is one case, as JSON.
    void add(std::string_view text) {
        auto json = nlohmann::json::parse(text);
        tokens_.scan(text);
        auto slice = [&](const char* key) {
            (void)json.at(key);  // throws if it is not there
            uint32_t token = *JsonPointer(std::string("/") + key).find(tokens_);
            return std::string(
                text.substr(tokens_.begin(token), tokens_.value_end(token) - tokens_.begin(token)));
        };
        cases_.push_back({slice("id"), json.at("condition").get<std::string>(), slice("fields")});
    }
    size_t size() const { return cases_.size(); }

    // Prints a line for each case. kInvalid if a case has fields that are not an event, kUsage if no case can
    // be evaluated.
    int run(bool json);

  private:
    struct Case {
        std::string id;  // as JSON
        std::string condition;
        std::string fields;
    };
    void print_case(const Case& one, const ordered_json& got, const Diagnostic* problem,
                    const Sources& sources, bool json);

    const EngineOptions& engine_;
    const Global& global_;
    std::vector<Case> cases_;
    JsonTokens tokens_;
};

void CaseBatch::print_case(const Case& one, const ordered_json& got, const Diagnostic* problem,
                           const Sources& sources, bool json) {
    ordered_json out = {{"got", got}};
    if (problem) {
        // The place is Falco's, where its parser stops; columns count bytes, too.
        Span span = problem->span;
        if (problem->problem == Problem::Syntax && problem->falco.expression)
            span.begin = problem->falco.expression->offset;
        MarkedLine marked = marked_line(sources.file(span.file), span);
        out["message"] = problem->message;
        out["line"] = marked.place.line;
        out["column"] = marked.begin + 1;
    }
    if (json) {
        // The id is printed as it was written, whatever it is.
        std::string rest = out.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
        write_output(fmt::format("{{\"id\":{},{}\n", one.id, rest.substr(1)));
    } else
        print("{}: {}{}\n", one.id, got.dump(), problem ? ": " + problem->message : "");
}

int CaseBatch::run(bool json) {
    std::vector<RuleSource> sources;
    for (size_t i = 0; i < cases_.size(); ++i) sources.push_back({std::to_string(i), cases_[i].condition});
    auto compilation = compile(std::move(sources), global_);
    const PreparedProgram& program = *compilation->program;
    std::vector<const Diagnostic*> problems(cases_.size(), nullptr);
    for (const Diagnostic& d : compilation->diagnostics.all())
        if (problem_info(d.problem).severity == Severity::Error && !problems[d.span.file])
            problems[d.span.file] = &d;
    std::vector<uint32_t> rule_of(cases_.size(), UINT32_MAX);
    for (uint32_t rule = 0; rule < program.rules.size(); ++rule)
        rule_of[std::stoul(program.rules[rule].name)] = rule;

    std::unique_ptr<Matcher> matcher = make_matcher(engine_, program);
    if (!matcher) return kUsage;
    EventDecoder decoder(global_.schema(), program, Check::AllFields, global_.limits);
    Event event;
    Scratch scratch;
    std::vector<uint32_t> fired(program.rules.size() + 1);
    int exit = kOk;
    for (size_t i = 0; i < cases_.size(); ++i) {
        if (problems[i]) {
            bool syntax = problems[i]->problem == Problem::Syntax;
            print_case(cases_[i], syntax ? "syntax_error" : "semantic_error", problems[i],
                       compilation->sources, json);
            continue;
        }
        if (rule_of[i] == UINT32_MAX) {  // its problem was one too many for the batch
            auto alone = compile({{"0", cases_[i].condition}}, global_);
            const auto& all = alone->diagnostics.all();
            auto error = std::find_if(all.begin(), all.end(), [](const Diagnostic& d) {
                return problem_info(d.problem).severity == Severity::Error;
            });
            print_case(cases_[i], "semantic_error", &*error, alone->sources, json);
            continue;
        }
        if (auto problem = decoder.decode(cases_[i].fields, event)) {
            message("error: case {}: {}\n", cases_[i].id, problem->message);
            exit = kInvalid;
            continue;
        }
        uint32_t count = matcher->engine(1).match(event.values.data(), kAnyEventType, scratch, fired.data(),
                                                  static_cast<uint32_t>(program.rules.size()));
        bool verdict = std::binary_search(fired.begin(), fired.begin() + count, rule_of[i]);
        print_case(cases_[i], verdict, nullptr, compilation->sources, json);
    }
    cases_.clear();
    return exit;
}

int evaluate_cases(const Options& options, const Global& global) {
    constexpr size_t kBatch = 200;
    ByteSource source(options.cases, {});
    BlockReader reader(source);
    CaseBatch batch(options.engine, global);
    bool json = options.format == "json";
    int exit = kOk;
    for (Block block; exit != kUsage && reader.next(block);)
        for (const Record& record : block.records) {
            try {
                batch.add(block.text(record));
            } catch (const nlohmann::json::exception&) {
                message("error: {}:{}: not a case: expected {{\"id\", \"condition\", \"fields\"}}\n",
                        display_name(options.cases), record.line);
                exit = std::max<int>(exit, kInvalid);
            }
            if (batch.size() < kBatch) continue;
            exit = std::max(exit, batch.run(json));
            if (exit == kUsage) break;
        }
    if (exit != kUsage) exit = std::max(exit, batch.run(json));
    if (!source.problem().empty()) {
        message("error: cannot read {}: {}\n", display_name(options.cases), source.problem());
        return kUsage;
    }
    return exit;
}

}  // namespace

void add_eval(CLI::App& app, const Global& global, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("eval", "Evaluate a condition on events, without a rule file");
    command->footer("Example:\n  stoop eval 'proc.name in (sh, bash)' fixtures/memfd_create/alert.json");
    command->add_option("CONDITION", options->condition, "The condition");
    command->add_option(
        "EVENTS", options->events,
        "Files of events, folders of them, or - for standard input; none: only check the condition");
    command->add_option("--cases", options->cases,
                        "Evaluate the cases of this file, one JSON object a line: id, condition, fields");
    command->add_option("-o,--output-format", options->format, "For people or for programs")
        ->check(CLI::IsMember({"human", "json"}))
        ->capture_default_str();
    add_engine_option(*command, options->engine);
    add_cache_option(*command, options->engine);
    command->callback([=, &global, &chosen] {
        if (options->condition.empty() == options->cases.empty())
            throw CLI::ValidationError("eval", "give either a CONDITION or --cases FILE");
        chosen = [=, &global] {
            return options->cases.empty() ? evaluate_one(*options, global) : evaluate_cases(*options, global);
        };
    });
}

}  // namespace stoop::cli
