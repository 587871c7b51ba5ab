// SPDX-License-Identifier: Apache-2.0
#include "testing/suite.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <unordered_map>

#include "runtime/base/counted.h"
#include "runtime/base/excerpt.h"
#include "runtime/base/file.h"
#include "runtime/base/nearest.h"
#include "runtime/base/text_map.h"
#include "runtime/ingest/block_reader.h"
#include "testing/work.h"

namespace stoop {
namespace {

namespace fs = std::filesystem;
class SuiteLoader {
  public:
    SuiteLoader(const Schemas& schemas, const SuiteOptions& options)
        : schemas_(schemas),
          options_(options),
          out_(std::make_unique<Suite>()),
          filter_(options.filter),
          events_left_(options.compile.limits[Limit::TestEvents]),
          rules_left_(options.compile.limits[Limit::TestedRules]),
          tests_left_(options.compile.limits[Limit::Tests]),
          tested_events_left_(options.compile.limits[Limit::TestedEvents]),
          work_left_(options.compile.limits[Limit::TestedWork]) {
        out_->limits = options.compile.limits;
        out_->own = options.own;
        out_->diagnostics = Diagnostics({}, options.compile.limits);
    }

    std::unique_ptr<Suite> load(const std::vector<std::string>& paths) {
        for (const std::string& path : paths) load_file(path);
        attach();
        if (options_.rules.empty() && !options_.project_rules.empty()) load_project_rules();
        for (LoadedTestFile& file : out_->files) load_rules(file);
        if (!options_.rules.empty() && std::none_of(out_->files.begin(), out_->files.end(),
                                                    [](const auto& file) { return file.rules_given; }))
            out_->notes.push_back("-r: not used, since every test file names its own rules");
        for (uint32_t file = 0; file < out_->files.size() && !stopped_; ++file)
            for (const TestCase& test : out_->files[file].file.tests)
                if (!stopped_) add_tests(test, file);
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
        out_->files.push_back(std::move(loaded));
    }

    // Events from outside; tests that have none then are no tests, or are skipped.
    void attach() {
        std::vector<TestCase*> tests;
        for (LoadedTestFile& file : out_->files)
            for (TestCase& test : file.file.tests) tests.push_back(&test);
        AttachedEvents events = options_.events;
        // A name may be that of a test which could not be read.
        if (out_->diagnostics.errors() > 0) events.of_other_tests = true;
        attach_events(events, tests, out_->wrong_options, out_->notes);
        for (LoadedTestFile& file : out_->files)
            std::erase_if(file.file.tests, [&](TestCase& test) {
                if (!test.events->empty()) return false;
                if (!test.of_generator)
                    report(Problem::BadTest, test.span, "a test without events",
                           "'events' of the test or of the file names or holds them");
                else if (test.skipped.empty())
                    test.skipped = "no events are recorded for it; '--events NAME=FILE' names them";
                return !test.of_generator;
            });
    }

    // Also where no test file needs them: the rules that no test is about count as not covered.
    void load_project_rules() {
        std::vector<RuleSource> sources;
        for (const std::string& path : options_.project_rules) {
            Root::File file = options_.root->open(path);
            TextFile read = file.descriptor ? read_text(file.descriptor, options_.compile.limits)
                                            : TextFile{"", file.problem};
            if (!read.problem.empty())
                out_->diagnostics.report(unreadable_file(path, read, options_.compile.limits));
            else
                sources.push_back(
                    {path, std::move(read.text), options_.root->why_not_quoted(path), !out_->is_own(path)});
        }
        auto& compiled = out_->rule_sets[{options_.root->path(), options_.project_rules}];
        if (sources.size() == options_.project_rules.size())
            compiled = compile_rules(std::move(sources), schemas_, options_.compile);
    }

    void load_rules(LoadedTestFile& loaded) {
        find_rules(loaded);
        loaded.rules = compiled(loaded);
        if (loaded.rules && loaded.rules->plan) mark_rules(loaded);
    }

    static std::string beside(const std::string& test_file, const std::string& path) {
        if (fs::path(path).is_absolute()) return path;
        return (fs::path(test_file).parent_path() / path).lexically_normal().string();
    }

    void find_rules(LoadedTestFile& loaded) {
        const TestFile& file = loaded.file;
        for (const std::string& rules : file.rules) loaded.rule_paths.push_back(beside(file.path, rules));
        if (!file.rules.empty()) return;
        if (loaded.rules_given = !options_.rules.empty(); loaded.rules_given) {
            loaded.rule_paths = options_.rules;
            return;
        }
        if (!options_.project_rules.empty()) {
            loaded.rule_paths = options_.project_rules;
            return;
        }
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
        auto needs_none = [](const TestCase& test) { return !test.skipped.empty(); };
        if (std::all_of(file.tests.begin(), file.tests.end(), needs_none)) return;
        bool other_name = stem != fs::path(file.path).stem().string();
        report(Problem::TestFileMissing, {file.source, 0, 1},
               other_name
                   ? fmt::format("no 'rules' are given, and there is no {}.yaml beside this file", stem)
                   : "no 'rules' are given",
               "'rules: [FILE]' names them, relative to this file; or '-r FILE' on the command line");
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
        return read.problem.empty() && spend_rules(rules, where);
    }

    bool spend_rules(const RuleSource& rules, Span where) {
        bool all = rules.text.size() <= rules_left_;
        uint64_t most = options_.compile.limits[Limit::TestedRules];
        if (!all)
            report(Problem::LimitExceeded, where,
                   fmt::format("{}: the rules of all test files take {}", rules.name,
                               limit_text(Limit::TestedRules, most)),
                   limit_help(Limit::TestedRules, most));
        rules_left_ -= std::min<uint64_t>(rules_left_, rules.text.size());
        return all;
    }

    const Compilation* compiled(LoadedTestFile& loaded) {
        if (loaded.rule_paths.empty()) return nullptr;
        std::string root = loaded.rules_given ? "" : loaded.root->path();
        auto [entry, fresh] = out_->rule_sets.try_emplace({root, loaded.rule_paths});
        std::vector<RuleSource> sources;
        for (size_t i = 0; i < loaded.rule_paths.size(); ++i) {
            const std::string& path = loaded.rule_paths[i];
            if (loaded.rules_given) {
                loaded.reads.insert(path);
                if (fresh) read_given_rules(path, {loaded.file.source, 0, 1}, sources);
                continue;
            }
            // Rules of the same name stand nowhere.
            Span where = i < loaded.file.rule_spans.size() ? loaded.file.rule_spans[i]
                                                           : Span{loaded.file.source, 0, 1};
            Root::File file = open(loaded, path);
            // What a test file names may be quoted no more than the test file.
            RuleSource source{path, "", out_->sources.file(loaded.file.source).why_not_quoted(),
                              !out_->is_own(path)};
            if (fresh && read_rules(loaded, where, file, source)) sources.push_back(std::move(source));
        }
        if (!fresh) return entry->second.get();
        if (sources.size() == loaded.rule_paths.size())
            entry->second = compile_rules(std::move(sources), schemas_, options_.compile);
        return entry->second.get();
    }

    // Rules that the user named.
    void read_given_rules(const std::string& path, Span where, std::vector<RuleSource>& sources) {
        TextFile read = read_text_file(path, options_.compile.limits);
        if (!read.problem.empty()) {
            out_->diagnostics.report(unreadable_file(path, read, options_.compile.limits));
            return;
        }
        RuleSource source{path, std::move(read.text), options_.root->why_not_quoted(path)};
        if (spend_rules(source, where)) sources.push_back(std::move(source));
    }

    void mark_rules(LoadedTestFile& loaded) {
        const std::vector<PlanRule>& rules = loaded.rules->plan->rules;
        loaded.under_test.resize(rules.size());
        auto [known, fresh] = rule_names_.try_emplace(loaded.rules);
        TextViewMap<size_t>& names = known->second;
        for (size_t i = 0; fresh && i < rules.size(); ++i) names.try_emplace(rules[i].name, i);
        bool any = false;
        std::set<std::pair<uint32_t, std::string_view>> unknown;  // the cases of a test share a place
        for (const TestCase& test : loaded.file.tests)
            for (const ExpectedAlert& alert : test.expect) {
                auto at = names.find(alert.rule);
                if (at == names.end()) {
                    if (loaded.rules->diagnostics.errors() == 0 &&
                        unknown.emplace(alert.span.begin, alert.rule).second)
                        unknown_rule(loaded, alert);
                    continue;
                }
                loaded.under_test[at->second] = any = true;
            }
        if (!any) loaded.under_test.assign(rules.size(), true);
    }

    void unknown_rule(const LoadedTestFile& loaded, const ExpectedAlert& alert) {
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
        for (Block block; reader.next(block);) {
            uint64_t size = block.size + block.records.size() * sizeof(RecordedEvent);
            if (size > events_left_) return too_many_events(path, where);
            events_left_ -= size;
            const std::string& text = file.blocks.emplace_back(block.text());
            for (const Record& record : block.records) {
                if (auto problem = flaw_problem(record.flaw)) {
                    report(Problem::TestEventsFile, where,
                           fmt::format("{}:{}: {}", path, record.line, problem->message));
                    continue;
                }
                auto bytes = static_cast<uint32_t>(record.end - record.begin);
                file.events.push_back({text.data() + record.begin, bytes, record.line});
                file.bytes += bytes;
            }
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

    // A file that the user attached to tests.
    EventsFile* attached_file(LoadedTestFile& by, const std::string& path, Span where) {
        auto [entry, fresh] = out_->event_files.try_emplace({"", path});
        EventsFile& file = entry->second;
        by.reads.insert(path);
        if (!fresh) return &file;
        file.path = path;
        Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        std::string error = opened ? read_events(std::move(opened), path, where, file)
                                   : std::system_category().message(errno);
        if (!error.empty())
            out_->diagnostics.report(unreadable_file(path, {"", error}, options_.compile.limits));
        return &file;
    }

    // The test with its variants.
    void add_tests(const TestCase& test, uint32_t file) {
        std::vector<LoadedTest> added;
        for (uint32_t variant = 0; variant < test.matrix.size(); ++variant) {
            LoadedTest one{&test, file, variant, nullptr};
            if (!options_.filter.empty() && !re2::RE2::PartialMatch(one.name(), filter_)) continue;
            if (added.size() == tests_left_) return too_many(Limit::Tests, test, "tests");
            added.push_back(one);
        }
        tests_left_ -= added.size();
        if (added.empty()) return;
        const EventList& events = this->events(test, out_->files[file]);
        for (LoadedTest& one : added) one.all_events = &events;
        if (test.skipped.empty() && !check_events(added)) return;
        out_->tests.insert(out_->tests.end(), added.begin(), added.end());
    }

    // The events of the variants of a test; false if there is something wrong.
    bool check_events(const std::vector<LoadedTest>& variants) {
        const TestCase& test = *variants[0].test;
        size_t there = variants[0].all_events->size(), count = variants[0].events();
        if (test.from && *test.from > there) {
            no_such_event(test.from_span, *test.from, there);
            return false;
        }
        for (const ExpectedAlert& alert : test.expect)
            if (alert.event && *alert.event > count) no_such_event(alert.event_span, *alert.event, count);
        for (const LoadedTest& one : variants) {
            uint64_t bytes = this->bytes(one);
            spend(Limit::TestedEvents, one.events() + bytes / 1024, tested_events_left_, test,
                  "events of tests");
            spend(Limit::TestedWork, evaluation_steps(nodes(one), one.events(), bytes), work_left_, test,
                  "steps of tests");
            if (stopped_) return false;
        }
        return true;
    }

    static uint64_t bytes(const LoadedTest& test) {
        uint64_t set = 0;
        test.for_each_set([&](const FieldValue& value) { set += value.json.size(); });
        uint64_t bytes = test.test->from ? test.event(0).bytes() : test.all_events->bytes();
        return bytes + test.events() * set;
    }

    size_t nodes(const LoadedTest& test) const {
        const Compilation* rules = out_->files[test.file].rules;
        return rules && rules->plan ? rules->plan->nodes.size() : 0;
    }

    void spend(Limit limit, uint64_t steps, uint64_t& left, const TestCase& test, std::string_view what) {
        if (steps > left && !stopped_) too_many(limit, test, what);
        left -= std::min(left, steps);
    }

    void too_many(Limit limit, const TestCase& test, std::string_view what) {
        uint64_t most = options_.compile.limits[limit];
        report(Problem::LimitExceeded, test.span, fmt::format("there are more than {} {}", most, what),
               limit_help(limit, most));
        stopped_ = true;
    }

    const EventList& events(const TestCase& test, LoadedTestFile& by) {
        auto [entry, fresh] = out_->event_lists.try_emplace(test.events.get());
        EventList& list = entry->second;
        if (!fresh) return list;
        for (const TestEvents& events : *test.events) {
            if (events.file.empty())
                list.add(events);
            else if (events.attached)
                list.add(*attached_file(by, events.file, events.span));
            else
                list.add(*events_file(by, beside(by.file.path, events.file), events.span));
        }
        return list;
    }

    void no_such_event(Span where, uint32_t number, size_t there) {
        report(Problem::TestEventIndex, where,
               fmt::format("no event {}: the test has {}", number, counted(there, "event")),
               "events count from 1");
    }

    const Schemas& schemas_;
    const SuiteOptions& options_;
    std::unique_ptr<Suite> out_;
    re2::RE2 filter_;
    std::unordered_map<const Compilation*, TextViewMap<size_t>> rule_names_;
    uint64_t events_left_, rules_left_;  // bytes
    uint64_t tests_left_, tested_events_left_, work_left_;
    bool stopped_ = false;  // there are too many
};

}  // namespace

bool Suite::valid() const {
    if (diagnostics.errors() > 0) return false;
    return std::all_of(rule_sets.begin(), rule_sets.end(), [](const auto& entry) {
        return entry.second && entry.second->diagnostics.errors() == 0;
    });
}

uint64_t TestEvent::bytes() const {
    if (recorded) return recorded->size;
    uint64_t out = 0;
    for (const FieldValue& value : written->values) out += value.field.size() + value.json.size();
    return out;
}

void EventList::add(const EventsFile& file) {
    if (file.events.empty()) return;
    parts_.push_back({size_, &file, nullptr});
    size_ += file.events.size();
    bytes_ += file.bytes;
}

void EventList::add(const TestEvents& written) {
    parts_.push_back({size_++, nullptr, &written});
    bytes_ += TestEvent{nullptr, nullptr, &written}.bytes();
}

TestEvent EventList::operator[](size_t event) const {
    auto behind = std::upper_bound(parts_.begin(), parts_.end(), event,
                                   [](size_t at, const Part& part) { return at < part.begin; });
    const Part& part = *std::prev(behind);
    if (!part.file) return {nullptr, nullptr, part.written};
    return {&part.file->events[event - part.begin], part.file, nullptr};
}

std::string LoadedTest::name() const {
    if (test->matrix.dimensions.empty()) return test->name;
    std::string label;
    test->matrix.for_each_value(variant, [&](const FieldValue& v) {
        label += fmt::format("{}{}={}", label.empty() ? "" : ", ", v.field, excerpt(v.json));
    });
    return fmt::format("{} [{}]", test->name, label);
}

std::unique_ptr<Suite> load_suite(const std::vector<std::string>& paths, const Schemas& schemas,
                                  const SuiteOptions& options) {
    return SuiteLoader(schemas, options).load(paths);
}

}  // namespace stoop
