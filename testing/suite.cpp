#include "testing/suite.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "runtime/base/file.h"
#include "runtime/base/nearest.h"
#include "runtime/base/text_map.h"
#include "runtime/ingest/block_reader.h"
#include "runtime/ingest/json_tokens.h"
#include "testing/test_values.h"

namespace stoop {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

std::string dumped(std::string_view text) { return ordered_json(text).dump(-1, ' ', false, kReplace); }

// What is not a JSON object stays whole; the decoder then says what is wrong.
void cut_at_fields(RecordedEvent& event, JsonTokens& tokens) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (!event.head.empty()) return;
    std::string_view text = event.text;
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    uint32_t end = 0;
    if (!tokens.scan(text) || tokens.kind(0) != '{' || !tokens.skip_value(end) || end != tokens.count())
        return;
    Arena arena;
    // Calls visit(key, value) with the name of each entry of the object and the token of its value.
    auto for_each_entry = [&](uint32_t object, auto&& visit) {
        for (uint32_t key = object + 1; tokens.kind(key) == '"';) {
            uint32_t value = key + 2, next = value;
            visit(tokens.string(key, arena), value);
            tokens.skip_value(next);
            key = next + (tokens.kind(next) == ',');
        }
    };
    auto json = [&](uint32_t value) {
        return text.substr(tokens.begin(value), tokens.value_end(value) - tokens.begin(value));
    };
    uint32_t fields = 0;
    for_each_entry(0, [&](std::string_view key, uint32_t value) {
        if (key == "output_fields") fields = tokens.kind(value) == '{' ? value : 0;
    });
    event.head = "{";
    event.tail = fields == 0 ? "}" : "}}";
    if (fields != 0) {
        for_each_entry(0, [&](std::string_view key, uint32_t value) {
            if (key != "output_fields") event.head += fmt::format("{}:{},", dumped(key), json(value));
        });
        event.head += "\"output_fields\":{";
    }
    for_each_entry(
        fields, [&](std::string_view key, uint32_t value) { event.fields.emplace_back(key, json(value)); });
}

class SuiteLoader {
  public:
    SuiteLoader(const Schemas& schemas, const SuiteOptions& options)
        : schemas_(schemas),
          options_(options),
          out_(std::make_unique<Suite>()),
          filter_(options.filter),
          events_left_(options.compile.limits[Limit::TestEvents]) {
        out_->diagnostics = Diagnostics({}, options.compile.limits);
    }

    std::unique_ptr<Suite> load(const std::vector<std::string>& paths) {
        for (const std::string& path : paths) load_file(path);
        for (size_t file = 0; file < out_->files.size(); ++file)
            for (const TestCase& test : out_->files[file].file.tests) add_test(test, file);
        out_->diagnostics.hide_quotes(out_->sources);
        return std::move(out_);
    }

  private:
    void report(Problem problem, Span where, std::string message, std::string help = "") {
        out_->diagnostics.report({problem, std::move(message), true, where, "", {}, std::move(help)});
    }

    void load_file(const std::string& path) {
        TextFile read = read_text_file(path, options_.compile.limits);
        if (!read.problem.empty()) {
            out_->diagnostics.report(unreadable_file(path, read, options_.compile.limits));
            return;
        }
        uint32_t index = out_->sources.add(path, std::move(read.text), options_.root->why_not_quoted(path));
        LoadedTestFile loaded;
        loaded.root = options_.root->for_tests(path);
        loaded.file = read_test_file(out_->sources, index, *schemas_.find(options_.compile.source),
                                     options_.compile.limits, out_->diagnostics);
        find_rules(loaded);
        loaded.rules = compiled(loaded);
        if (loaded.rules && loaded.rules->plan) mark_rules(loaded);
        out_->files.push_back(std::move(loaded));
    }

    static std::string beside(const std::string& test_file, const std::string& path) {
        if (fs::path(path).is_absolute()) return path;
        return (fs::path(test_file).parent_path() / path).lexically_normal().string();
    }

    void find_rules(LoadedTestFile& loaded) {
        const TestFile& file = loaded.file;
        for (const std::string& rules : file.rules) loaded.rule_paths.push_back(beside(file.path, rules));
        if (!file.rules.empty()) return;
        // x_test.yaml and x.test.yaml are about x.yaml.
        std::string stem = fs::path(file.path).stem().string();
        for (std::string_view suffix : {"_test", ".test"})
            if (stem.ends_with(suffix)) stem.resize(stem.size() - suffix.size());
        for (const char* extension : {".yaml", ".yml"}) {
            std::string path = beside(file.path, stem + extension);
            if (path == file.path || loaded.root->open(path).missing) continue;
            loaded.rule_paths = {path};
            return;
        }
        report(Problem::TestFileMissing, {file.source, 0, 1},
               fmt::format("no 'rules' are given, and there is no {}.yaml beside this file", stem),
               "'rules: [FILE]' names them, relative to this file");
    }

    // A file that a test file names, opened if it may be.
    static Root::File open(LoadedTestFile& by, const std::string& path) {
        Root::File file = by.root->open(path);
        if (file.descriptor || file.missing) by.reads.insert(path);
        return file;
    }

    void cannot_open(const LoadedTestFile& by, const std::string& path, Span where, const Root::File& file) {
        report(
            Problem::TestFileMissing, where, fmt::format("cannot read {}: {}", path, file.problem),
            file.missing
                ? "paths in a test file are relative to it"
                : fmt::format(
                      "test files can name regular files below the root '{}' only; '--root DIR' sets another",
                      by.root->shown()));
    }

    // Rules are quoted in messages, so nothing else may pass for them.
    bool read_rules(const LoadedTestFile& by, Span where, const Root::File& file, RuleSource& rules) {
        if (!file.descriptor) {
            cannot_open(by, rules.name, where, file);
            return false;
        }
        if (!file.path.ends_with(".yaml") && !file.path.ends_with(".yml")) {
            report(Problem::TestFileMissing, where,
                   fmt::format("cannot read {}: its name must end in .yaml or .yml", rules.name));
            return false;
        }
        TextFile read = read_text(file.descriptor, options_.compile.limits);
        if (!read.problem.empty()) {
            Diagnostic problem = unreadable_file(rules.name, read, options_.compile.limits);
            report(read.too_large ? problem.problem : Problem::TestFileMissing, where,
                   std::move(problem.message), std::move(problem.help));
        }
        rules.text = std::move(read.text);
        return read.problem.empty();
    }

    const Compilation* compiled(LoadedTestFile& loaded) {
        if (loaded.rule_paths.empty()) return nullptr;
        auto [entry, fresh] = out_->rule_sets.try_emplace({loaded.root->path(), loaded.rule_paths});
        std::vector<RuleSource> sources;
        for (size_t i = 0; i < loaded.rule_paths.size(); ++i) {
            const std::string& path = loaded.rule_paths[i];
            // Rules of the same name stand nowhere.
            Span where = i < loaded.file.rule_spans.size() ? loaded.file.rule_spans[i]
                                                           : Span{loaded.file.source, 0, 1};
            Root::File file = open(loaded, path);
            // What a test file names may be quoted no more than the test file.
            RuleSource source{path, "", out_->sources.file(loaded.file.source).why_not_quoted()};
            if (fresh && read_rules(loaded, where, file, source)) sources.push_back(std::move(source));
        }
        if (!fresh) return entry->second.get();
        if (sources.size() == loaded.rule_paths.size())
            entry->second = compile_rules(std::move(sources), schemas_, options_.compile);
        return entry->second.get();
    }

    void mark_rules(LoadedTestFile& loaded) {
        const std::vector<PlanRule>& rules = loaded.rules->plan->rules;
        loaded.under_test.resize(rules.size());
        TextViewMap<size_t> names;
        for (size_t i = 0; i < rules.size(); ++i) names.try_emplace(rules[i].name, i);
        bool any = false;
        for (const TestCase& test : loaded.file.tests)
            for (const ExpectedAlert& alert : test.expect) {
                auto at = names.find(alert.rule);
                if (at == names.end()) {
                    if (loaded.rules->diagnostics.errors() == 0) unknown_rule(loaded, alert);
                    continue;
                }
                loaded.under_test[at->second] = any = true;
            }
        if (!any) loaded.under_test.assign(rules.size(), true);
    }

    void unknown_rule(const LoadedTestFile& loaded, const ExpectedAlert& alert) {
        if (last_unknown_.begin == alert.span.begin && last_unknown_.file == alert.span.file) return;
        last_unknown_ = alert.span;  // variants of a test share it
        out_->diagnostics.report(Problem::TestRule, false, [&] {
            std::string near = nearest(alert.rule, loaded.rules->plan->rules,
                                       [](const PlanRule& rule) -> const std::string& { return rule.name; });
            const auto& defined = loaded.rules->ruleset.rules;
            bool off = std::any_of(defined.begin(), defined.end(),
                                   [&](const RuleDefinition& r) { return r.item.name.text() == alert.rule; });
            Diagnostic out{
                Problem::TestRule,
                off ? fmt::format("rule '{}' is there, but not enabled for this source", alert.rule)
                    : fmt::format("no rule '{}' in {}", alert.rule, fmt::join(loaded.rule_paths, ", "))};
            out.span = alert.span;
            if (!near.empty()) out.help = fmt::format("did you mean '{}'?", near);
            return out;
        });
    }

    // Returns why the file cannot be read, if so.
    std::string read_events(Descriptor opened, const std::string& path, Span where, EventsFile& file) {
        ByteSource source(std::move(opened), events_left_);
        BlockReader reader(source);
        for (Block block; reader.next(block);)
            for (const Record& record : block.records) {
                if (auto problem = flaw_problem(record.flaw)) {
                    report(Problem::TestEventsFile, where,
                           fmt::format("{}:{}: {}", path, record.line, problem->message));
                    continue;
                }
                if (file.events.size() == kMostEvents) return fmt::format("more than {} events", kMostEvents);
                file.events.push_back({std::string(block.text(record)), record.line, "", "", {}});
                uint64_t size = record.end - record.begin + sizeof(RecordedEvent);
                if (size > events_left_) return too_many_events(path, where);
                events_left_ -= size;
            }
        return source.is_too_long() ? too_many_events(path, where) : source.problem();
    }

    std::string too_many_events(const std::string& path, Span where) {
        events_left_ = 0;
        report(Problem::LimitExceeded, where,
               fmt::format("{}: the events of all tests take {} of memory", path,
                           limit_text(Limit::TestEvents, options_.compile.limits[Limit::TestEvents])),
               limit_help(Limit::TestEvents, options_.compile.limits[Limit::TestEvents]));
        return "";
    }

    EventsFile* events_file(LoadedTestFile& by, const std::string& path, Span where) {
        auto [entry, fresh] = out_->event_files.try_emplace({by.root->path(), path});
        EventsFile& file = entry->second;
        Root::File opened = open(by, path);
        if (!fresh) return &file;
        file.path = path;
        if (!opened.descriptor) {
            cannot_open(by, path, where, opened);
            return &file;
        }
        std::string error = read_events(std::move(opened.descriptor), path, where, file);
        if (!error.empty())
            report(Problem::TestFileMissing, where, fmt::format("cannot read {}: {}", path, error));
        return &file;
    }

    void add_test(const TestCase& test, size_t file) {
        if (!options_.filter.empty() && !re2::RE2::PartialMatch(test.name, filter_)) return;
        LoadedTest out;
        out.test = &test;
        out.file = file;
        for (const TestEvents& events : test.events) {
            if (events.file.empty()) {
                out.events.push_back({nullptr, nullptr, &events});
                continue;
            }
            LoadedTestFile& by = out_->files[file];
            EventsFile* recorded = events_file(by, beside(by.file.path, events.file), events.span);
            for (RecordedEvent& event : recorded->events) {
                out.events.push_back({&event, recorded, nullptr});
                if (out.changes() && (!test.from || out.events.size() == *test.from))
                    cut_at_fields(event, tokens_);
            }
        }
        if (!test.skipped.empty()) out.events.clear();
        if (test.from) choose_event(out);
        for (const ExpectedAlert& alert : test.expect)
            if (alert.event && *alert.event > out.events.size())
                no_such_event(alert.event_span, *alert.event, out.events.size());
        out_->tests.push_back(std::move(out));
    }

    void choose_event(LoadedTest& out) {
        uint32_t number = *out.test->from;
        if (number > out.events.size()) return no_such_event(out.test->from_span, number, out.events.size());
        out.events = {out.events[number - 1]};
    }

    void no_such_event(Span where, uint32_t number, size_t there) {
        report(Problem::TestEventIndex, where,
               fmt::format("no event {}: the test has {} event{}", number, there, there == 1 ? "" : "s"),
               "events count from 1");
    }

    const Schemas& schemas_;
    const SuiteOptions& options_;
    std::unique_ptr<Suite> out_;
    re2::RE2 filter_;
    uint64_t events_left_;  // bytes
    JsonTokens tokens_;
    Span last_unknown_{UINT32_MAX, 0, 0};
};

}  // namespace

bool Suite::valid() const {
    if (diagnostics.errors() > 0) return false;
    return std::all_of(rule_sets.begin(), rule_sets.end(), [](const auto& entry) {
        return entry.second && entry.second->diagnostics.errors() == 0;
    });
}

std::string LoadedTest::event_text(size_t index) const {
    const TestEvent& event = events[index];
    if (event.recorded && (!changes() || event.recorded->head.empty())) return event.recorded->text;
    std::string out = event.recorded ? event.recorded->head : "{";
    bool first = true;
    auto put = [&](std::string_view field, std::string_view json) {
        if (!first) out += ',';
        first = false;
        out += dumped(field);
        out += ':';
        out += json;
    };
    auto untouched = [&](const std::string& field) {
        auto is_it = [&](const FieldValue& v) { return v.field == field; };
        return std::find(test->unset.begin(), test->unset.end(), field) == test->unset.end() &&
               std::none_of(test->set.begin(), test->set.end(), is_it);
    };
    if (event.recorded)
        for (const auto& [field, json] : event.recorded->fields)
            if (untouched(field)) put(field, json);
    if (event.written)
        for (const FieldValue& v : event.written->values)
            if (untouched(v.field)) put(v.field, v.json);
    for (size_t i = 0; i < test->set.size(); ++i) {
        // A matrix changes what `set` has given; the last one counts.
        const std::string& field = test->set[i].field;
        bool again = std::any_of(test->set.begin() + static_cast<ptrdiff_t>(i) + 1, test->set.end(),
                                 [&](const FieldValue& v) { return v.field == field; });
        if (!again) put(field, test->set[i].json);
    }
    return out + (event.recorded ? event.recorded->tail : "}");
}

std::unique_ptr<Suite> load_suite(const std::vector<std::string>& paths, const Schemas& schemas,
                                  const SuiteOptions& options) {
    return SuiteLoader(schemas, options).load(paths);
}

}  // namespace stoop
