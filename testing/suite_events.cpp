// SPDX-License-Identifier: Apache-2.0
#include "testing/suite_loader.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "runtime/base/counted.h"
#include "runtime/base/file.h"
#include "runtime/ingest/json/block_reader.h"
#include "testing/work.h"

namespace stoop {

std::string SuiteLoader::read_events(Descriptor opened, const std::string& path, Span where,
                                     EventsFile& file) {
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

std::string SuiteLoader::too_many_events(const std::string& path, Span where) {
    events_left_ = 0;
    report(Problem::LimitExceeded, where,
           fmt::format("{}: the events of all tests take {} of memory", path,
                       limit_text(Limit::TestEvents, options_.compile.limits[Limit::TestEvents])),
           limit_help(Limit::TestEvents, options_.compile.limits[Limit::TestEvents]));
    return "";
}

EventsFile* SuiteLoader::events_file(LoadedTestFile& by, const std::string& path, Span where) {
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

EventsFile* SuiteLoader::attached_file(LoadedTestFile& by, const std::string& path, Span where) {
    auto [entry, fresh] = out_->event_files.try_emplace({"", path});
    EventsFile& file = entry->second;
    by.reads.insert(path);
    if (!fresh) return &file;
    file.path = path;
    Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string error =
        opened ? read_events(std::move(opened), path, where, file) : std::system_category().message(errno);
    if (!error.empty()) out_->diagnostics.report(unreadable_file(path, {"", error}, options_.compile.limits));
    return &file;
}

void SuiteLoader::add_tests(const TestCase& test, uint32_t file) {
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

bool SuiteLoader::check_events(const std::vector<LoadedTest>& variants) {
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
        spend(Limit::TestedEvents, one.events() + bytes / 1024, tested_events_left_, test, "events of tests");
        spend(Limit::TestedWork, evaluation_steps(nodes(one), one.events(), bytes), work_left_, test,
              "steps of tests");
        if (stopped_) return false;
    }
    return true;
}

uint64_t SuiteLoader::bytes(const LoadedTest& test) {
    uint64_t set = 0;
    test.for_each_set([&](const FieldValue& value) { set += value.json.size(); });
    uint64_t bytes = test.test->from ? test.event(0).bytes() : test.all_events->bytes();
    return bytes + test.events() * set;
}

size_t SuiteLoader::nodes(const LoadedTest& test) const {
    const Compilation* rules = out_->files[test.file].rules;
    return rules && rules->program ? rules->program->nodes.size() : 0;
}

void SuiteLoader::spend(Limit limit, uint64_t steps, uint64_t& left, const TestCase& test,
                        std::string_view what) {
    if (steps > left && !stopped_) too_many(limit, test, what);
    left -= std::min(left, steps);
}

void SuiteLoader::too_many(Limit limit, const TestCase& test, std::string_view what) {
    uint64_t most = options_.compile.limits[limit];
    report(Problem::LimitExceeded, test.span, fmt::format("there are more than {} {}", most, what),
           limit_help(limit, most));
    stopped_ = true;
}

const EventList& SuiteLoader::events(const TestCase& test, LoadedTestFile& by) {
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

void SuiteLoader::no_such_event(Span where, uint32_t number, size_t there) {
    report(Problem::TestEventIndex, where,
           fmt::format("no event {}: the test has {}", number, counted(there, "event")),
           "events count from 1");
}

}  // namespace stoop
