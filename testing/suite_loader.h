// SPDX-License-Identifier: Apache-2.0
// How a suite is loaded; for the files that do it: suite.cpp, suite_rules.cpp, suite_events.cpp.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/base/text_map.h"
#include "testing/suite.h"

namespace stoop {

class SuiteLoader {
  public:
    SuiteLoader(const Schemas& schemas, const SuiteOptions& options);
    std::unique_ptr<Suite> load(const std::vector<std::string>& paths);

  private:
    void report(Problem problem, Span where, std::string message, std::string help = "");
    void load_file(const std::string& path);
    // Events from outside; tests that have none then are no tests, or are skipped.
    void attach();
    static std::string beside(const std::string& test_file, const std::string& path);
    // A file that a test file names, opened if it may be.
    static Root::File open(LoadedTestFile& by, const std::string& path);
    void cannot_open(const LoadedTestFile& by, const std::string& path, Span where, const Root::File& file);

    // Rules and schemas.
    // Null after a report.
    const Schema* choose_schema(LoadedTestFile& loaded, const TestFile& file);
    // The schemas of the run, with those of the file. Null after a report.
    const Schemas* extended_schemas(LoadedTestFile& loaded, const TestFile& file);
    // Of the project's rules that the tests of a file are about. False, after a report, if these are several.
    bool find_source_of_rules(const TestFile& file, std::string& source);
    // Also where no test file needs them: the rules that no test is about count as not covered.
    void load_project_rules();
    std::vector<RuleSource> read_project_rules();
    CompileOptions compile_options(const std::string& source) const;
    void load_rules(LoadedTestFile& loaded);
    void find_rules(LoadedTestFile& loaded);
    // Rules are quoted in messages, so nothing else may pass for them.
    bool read_rules(const LoadedTestFile& by, Span where, const Root::File& file, RuleSource& rules);
    bool spend_rules(const RuleSource& rules, Span where);
    const Compilation* compiled(LoadedTestFile& loaded);
    // Rules that the user named.
    void read_given_rules(const std::string& path, Span where, std::vector<RuleSource>& sources);
    void mark_rules(LoadedTestFile& loaded);
    // A test that is about rules which are not there is skipped.
    bool lacks_rules(TestCase& test, const LoadedTestFile& loaded, const TextViewMap<size_t>& names) const;
    static const RuleDefinition* defined_rule(const std::string& name, const LoadedTestFile& loaded);
    static std::string near_rule(const std::string& name, const LoadedTestFile& loaded);
    void unknown_rule(const LoadedTestFile& loaded, const ExpectedAlert& alert);

    // Events, and tests with them.
    // Returns why the file cannot be read, if so.
    std::string read_events(Descriptor opened, const std::string& path, Span where, EventsFile& file);
    std::string too_many_events(const std::string& path, Span where);
    EventsFile* events_file(LoadedTestFile& by, const std::string& path, Span where);
    // A file that the user attached to tests.
    EventsFile* attached_file(LoadedTestFile& by, const std::string& path, Span where);
    // The test with its variants.
    void add_tests(const TestCase& test, uint32_t file);
    // The events of the variants of a test; false if there is something wrong.
    bool check_events(const std::vector<LoadedTest>& variants);
    static uint64_t bytes(const LoadedTest& test);
    size_t nodes(const LoadedTest& test) const;
    void spend(Limit limit, uint64_t steps, uint64_t& left, const TestCase& test, std::string_view what);
    void too_many(Limit limit, const TestCase& test, std::string_view what);
    const EventList& events(const TestCase& test, LoadedTestFile& by);
    void no_such_event(Span where, uint32_t number, size_t there);

    const Schemas& schemas_;
    const SuiteOptions& options_;
    std::unique_ptr<Suite> out_;
    TextMap<std::string> rule_sources_;  // of the project's rules by name, if they have several
    re2::RE2 filter_;
    std::unordered_map<const Compilation*, TextViewMap<size_t>> rule_names_;
    uint64_t events_left_, rules_left_;  // bytes
    uint64_t tests_left_, tested_events_left_, work_left_;
    bool stopped_ = false;  // there are too many
};

}  // namespace stoop
