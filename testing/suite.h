// The test files of a run with what they need: rule sets compiled, events files read, names checked. Rule
// sets and events files that several test files share are loaded once. What a test file names is read only if
// it lies below its root.
//
// Costs the compilation of each rule set and the memory of the events files. Immutable once loaded; tests may
// then run on any number of threads.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "compiler/compiler.h"
#include "runtime/base/root.h"
#include "testing/test_file.h"

namespace stoop {

// One recorded event, as it stands in its file.
struct RecordedEvent {
    std::string text;
    uint32_t line = 0;

    // The same cut at its fields, so that some can be changed; filled for events that a test changes.
    std::string head, tail;
    std::vector<std::pair<std::string, std::string>> fields;  // names and values as JSON
};

struct EventsFile {
    std::string path;
    std::vector<RecordedEvent> events;
};

// An event of a test: recorded, or written in the test.
struct TestEvent {
    const RecordedEvent* recorded = nullptr;
    const EventsFile* file = nullptr;
    const TestEvents* written = nullptr;
};

struct LoadedTest {
    const TestCase* test = nullptr;
    size_t file = 0;  // index in the suite's files
    std::vector<TestEvent> events;

    bool changes() const { return !test->set.empty() || !test->unset.empty(); }
    // The JSON of an event, with the test's changes.
    std::string event_text(size_t event) const;
};

struct LoadedTestFile {
    TestFile file;
    std::optional<Root> root;  // below which it may name files
    const Compilation* rules = nullptr;
    std::vector<std::string> rule_paths;
    std::set<std::string> reads;   // files that it names and may name, whether they are there or not
    std::vector<bool> under_test;  // of each rule of the plan: a test expects it, or no test expects any
};

struct Suite {
    Sources sources;
    Diagnostics diagnostics;  // of test files; those of rule sets are in their compilations
    std::vector<LoadedTestFile> files;
    std::vector<LoadedTest> tests;  // in the order of the files
    // Of the root that they were read below, and the paths.
    std::map<std::pair<std::string, std::vector<std::string>>, std::unique_ptr<Compilation>> rule_sets;
    std::map<std::pair<std::string, std::string>, EventsFile> event_files;

    bool valid() const;
};

struct SuiteOptions {
    CompileOptions compile;
    std::string filter;        // RE2 over names of tests; empty: all
    std::optional<Root> root;  // of the run
};

// The most events that a file of a test may hold.
constexpr size_t kMostEvents = 1'000'000;

std::unique_ptr<Suite> load_suite(const std::vector<std::string>& paths, const Schemas& schemas,
                                  const SuiteOptions& options);

}  // namespace stoop
