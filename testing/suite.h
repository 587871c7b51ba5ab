// SPDX-License-Identifier: Apache-2.0
// The test files of a run with what they need: rule sets compiled, events files read, names checked. Rule
// sets and events files that several test files share are loaded once. What a test file names is read only if
// it lies below its root; what the user names may lie anywhere.
//
// Costs the compilation of each rule set and the memory of the events files. Immutable once loaded; tests may
// then run on any number of threads.
#pragma once

#include <compare>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "compiler/compiler.h"
#include "runtime/base/root.h"
#include "testing/attached_events.h"
#include "testing/test_file.h"

namespace stoop {

// One recorded event, as it stands in its file.
struct RecordedEvent {
    const char* data = nullptr;
    uint32_t size = 0;
    uint32_t line = 0;

    std::string_view text() const { return {data, size}; }
};

struct EventsFile {
    std::string path;
    std::deque<std::string> blocks;  // as they were read; the events are parts of them
    std::deque<RecordedEvent> events;
    uint64_t bytes = 0;  // of the events
};

// An event of a test: recorded, or written in the test.
struct TestEvent {
    const RecordedEvent* recorded = nullptr;
    const EventsFile* file = nullptr;
    const TestEvents* written = nullptr;

    uint64_t bytes() const;  // of its text, about
};

// The events of tests that are from the same files, in order.
class EventList {
  public:
    void add(const EventsFile& file);
    void add(const TestEvents& written);

    size_t size() const { return size_; }
    uint64_t bytes() const { return bytes_; }
    TestEvent operator[](size_t event) const;

  private:
    struct Part {
        size_t begin = 0;  // number of its first event
        const EventsFile* file = nullptr;
        const TestEvents* written = nullptr;
    };
    std::vector<Part> parts_;
    size_t size_ = 0;
    uint64_t bytes_ = 0;
};

// A test, or one variant of it.
struct LoadedTest {
    const TestCase* test = nullptr;
    uint32_t file = 0;  // index in the suite's files
    uint32_t variant = 0;
    const EventList* all_events = nullptr;

    std::string name() const;  // with the values of its variant
    size_t events() const { return test->from ? 1 : all_events->size(); }
    TestEvent event(size_t index) const { return (*all_events)[test->from ? *test->from - 1 : index]; }
    bool changes() const {
        return !test->set.empty() || !test->unset.empty() || !test->matrix.dimensions.empty();
    }
    // Calls visit(value) with each field that it sets; of two of the same name the last one counts.
    template <typename Visit>
    void for_each_set(const Visit& visit) const {
        for (const FieldValue& value : test->set) visit(value);
        test->matrix.for_each_value(variant, visit);
    }
};

struct LoadedTestFile {
    TestFile file;
    std::optional<Root> root;          // below which it may name files
    const Schemas* schemas = nullptr;  // those of the run, or with its own; null if they are wrong
    std::vector<std::string> schema_paths;
    std::string source;                  // of its events and rules
    const Compilation* rules = nullptr;  // null also where all tests are skipped and none are named
    std::vector<std::string> rule_paths;
    bool rules_given = false;      // the user named the rules
    std::set<std::string> reads;   // files that it names and may name, whether they are there or not
    std::vector<bool> under_test;  // of each rule of the program: a test expects it, or no test expects any
};

// What makes two rule sets the same.
struct RuleSetKey {
    std::string root;  // that the rules were read below; empty: the user named them
    std::vector<std::string> rules;
    std::vector<std::string> schemas;  // of a test file
    std::string source;

    auto operator<=>(const RuleSetKey&) const = default;
};

struct Suite {
    Limits limits;
    Sources sources;
    Diagnostics diagnostics;  // of test files; those of rule sets are in their compilations
    std::vector<std::string> wrong_options, notes;
    std::vector<LoadedTestFile> files;
    std::vector<LoadedTest> tests;  // in the order of the files
    // Of test files that name some, by the root and the paths.
    std::map<std::pair<std::string, std::vector<std::string>>, std::unique_ptr<Schemas>> schemas;
    std::map<RuleSetKey, std::unique_ptr<Compilation>> rule_sets;
    std::map<std::pair<std::string, std::string>, EventsFile> event_files;
    std::map<const std::vector<TestEvents>*, EventList> event_lists;  // by what a test says of them

    std::set<std::string> own;  // files of rules that count; empty: all

    bool valid() const;
    bool is_own(const std::string& rules_path) const { return own.empty() || own.contains(rules_path); }
};

// Why messages do not quote the schemas that projects and test files name: they may be any file.
constexpr const char* kSchemaNotQuoted = "'--schema FILE' on the command line says more";

struct SuiteOptions {
    CompileOptions compile;
    std::string filter;                      // RE2 over names of tests; empty: all
    std::vector<std::string> rules;          // of test files that name none
    std::vector<std::string> project_rules;  // the same, where no `rules` are given
    // Of the project's rules, where they are several: tests are for the one of the rules that they expect.
    std::vector<std::string> project_sources{};
    std::set<std::string> own{};  // as in the suite
    AttachedEvents events;
    std::optional<Root> root;  // of the run
};

std::unique_ptr<Suite> load_suite(const std::vector<std::string>& paths, const Schemas& schemas,
                                  const SuiteOptions& options);

}  // namespace stoop
