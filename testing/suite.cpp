// SPDX-License-Identifier: Apache-2.0
#include "testing/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "runtime/base/excerpt.h"
#include "runtime/base/file.h"
#include "testing/suite_loader.h"

namespace stoop {

namespace fs = std::filesystem;

SuiteLoader::SuiteLoader(const Schemas& schemas, const SuiteOptions& options)
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
    out_->diagnostics = Diagnostics(options.compile.levels, options.compile.limits);
}

std::unique_ptr<Suite> SuiteLoader::load(const std::vector<std::string>& paths) {
    if (options_.rules.empty() && !options_.project_rules.empty()) load_project_rules();
    for (const std::string& path : paths) load_file(path);
    attach();
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

void SuiteLoader::report(Problem problem, Span where, std::string message, std::string help) {
    out_->diagnostics.report({problem, std::move(message), true, where, "", {}, std::move(help)});
}

void SuiteLoader::load_file(const std::string& path) {
    TextFile read = read_text_file(path, options_.compile.limits);
    if (!read.problem.empty()) {
        out_->diagnostics.report(unreadable_file(path, read, options_.compile.limits));
        return;
    }
    uint32_t index = out_->sources.add(path, std::move(read.text), options_.root->why_not_quoted(path));
    LoadedTestFile loaded;
    loaded.root = options_.root->for_tests(path);
    loaded.schemas = &schemas_;
    loaded.source = options_.compile.source;
    loaded.file = read_test_file(
        out_->sources, index, [&](const TestFile& file) { return choose_schema(loaded, file); },
        options_.compile.limits, out_->diagnostics);
    out_->files.push_back(std::move(loaded));
}

void SuiteLoader::attach() {
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

std::string SuiteLoader::beside(const std::string& test_file, const std::string& path) {
    if (fs::path(path).is_absolute()) return path;
    return (fs::path(test_file).parent_path() / path).lexically_normal().string();
}

Root::File SuiteLoader::open(LoadedTestFile& by, const std::string& path) {
    Root::File file = by.root->open(path);
    if (file.descriptor || file.missing) by.reads.insert(path);
    return file;
}

void SuiteLoader::cannot_open(const LoadedTestFile& by, const std::string& path, Span where,
                              const Root::File& file) {
    report(Problem::TestFileMissing, where, fmt::format("cannot read {}: {}", path, file.problem),
           file.missing
               ? "paths in a test file are relative to it"
               : fmt::format(
                     "test files can name regular files below the root '{}' only; '--root DIR' sets another",
                     by.root->shown()));
}

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
