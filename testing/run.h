// SPDX-License-Identifier: Apache-2.0
// Runs tests: each test's events through the reference engine, the alerts against what is expected.
//
// A test costs its events; one that fails costs them twice, and what is looked for to explain it. Alerts are
// kept only while a test that fails is compared; results say what is wrong in few bytes, and its details are
// made when a report prints them. Tests run on any number of threads; results are in the order of the suite
// whatever that number is.
#pragma once

#include <map>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "runtime/alert/alert.h"
#include "runtime/ingest/json/event_decoder.h"
#include "testing/compare.h"
#include "testing/coverage.h"
#include "testing/event_text.h"
#include "testing/explainer.h"
#include "testing/suite.h"

namespace stoop {

struct TestFailure {
    enum class Kind : uint8_t { Missing, Unexpected, Different, NotRecorded, NotRead };
    Kind kind = Kind::Missing;
    std::string_view rule;                       // this and other names live in the suite
    uint32_t event = 0;                          // of the test, from 1; 0 if it is not known
    Span span;                                   // in the test file
    const ExpectedAlert* expected = nullptr;     // Different
    std::optional<uint32_t> seen{};              // Unexpected, Different: the rule of the program that fired
    std::string_view shadowed_by{};              // Missing: the rule that fired instead
    uint64_t of_rule = 1, came = 0;              // Missing: alerts of the rule that are expected, that came
    std::vector<std::string_view> unrecorded{};  // NotRecorded: the fields
    std::string not_read{};                      // NotRead: what
    std::optional<uint32_t> explained{};         // the rule of the program that is explained on the event
};

// A verdict that depended on fields which were not recorded.
struct Unrecorded {
    std::string_view rule;
    std::vector<std::string_view> fields;
    uint32_t event = 0;  // the first on which it did, from 1
};

struct TestResult {
    enum class Outcome : uint8_t { Passed, Failed, Skipped, Invalid };
    // More are only counted.
    static constexpr size_t kMostFailures = 1000, kMostUnrecorded = 100;

    Outcome outcome = Outcome::Passed;
    std::vector<TestFailure> failures;
    size_t more_failures = 0;
    std::vector<Unrecorded> unrecorded;
    size_t more_unrecorded = 0;
    std::vector<std::string>
        not_read;              // for people: events that no rule was asked about, or that there is none
    bool no_hostname = false;  // one is expected, but was not recorded: it is not compared
    std::vector<uint32_t> bad_events;  // Invalid: those that are none, from 0
    bool too_many_alerts = false;      // Invalid: more than Limit::TestAlerts
    double seconds = 0;                // that it took
};

// What runs tests on one rule set, in one thread.
class TestRunner {
  public:
    // All must outlive the runner.
    TestRunner(const Compilation& rules, const Limits& limits);

    // `coverage` may be null.
    TestResult run(const Suite& suite, uint32_t test, bool strict, Coverage* coverage);

    // The alerts of a test; false if they take more than Limit::TestAlerts.
    bool alerts(const LoadedTest& test, std::vector<SeenAlert>& out);

    // The event of a test with its changes; a problem if it is none. Valid until the next call.
    std::optional<Diagnostic> decode(const LoadedTest& test, size_t event);
    const Event& event() const { return event_; }
    // The alert of a rule on the event that was decoded last.
    SeenAlert alert(uint32_t rule, size_t event);

    // For people: why a rule of the program fires on an event or does not, as a tree.
    std::string explanation(const LoadedTest& test, uint32_t rule, size_t event, bool whole,
                            const Look& look);

  private:
    // What is not recorded, by rule of the program.
    struct Notes {
        struct OfRule {
            std::optional<size_t> index;  // in the result; nothing if it is only counted
            std::unordered_set<uint32_t> slots;
        };
        std::unordered_map<uint32_t, OfRule> rules;
    };

    // Calls visit(event, rules that fire) for each event that is one and is of the rules' source; others_ has
    // those of other sources.
    template <typename Visit>
    void for_each_event(const LoadedTest& test, std::vector<uint32_t>& bad_events, const Visit& visit);
    // A message that names the source of an event and the one that the rules are for.
    std::string other_source_text(const LoadedTest& test, const std::string& source, uint64_t events,
                                  size_t first) const;
    std::vector<std::string> not_read(const LoadedTest& test) const;
    void note_unrecorded(const LoadedTestFile& file, std::span<const uint32_t> fired, uint32_t limit,
                         uint32_t event, Notes& notes, TestResult& result);
    void find_failures(const LoadedTest& test, TestResult& result);
    TestFailure failure(const LoadedTest& test, const Mismatch& mismatch, const std::vector<SeenAlert>& seen);
    void explain_missing(const LoadedTest& test, const Mismatch& mismatch, TestFailure& out);

    const PreparedProgram& program_;
    const Limits& limits_;
    TextViewMap<uint32_t> rules_;  // of the program, by name
    EventText text_;
    EventDecoder decoder_;
    AlertRenderer renderer_;
    Event event_;
    std::optional<std::string> hostname_;  // of the alert that was recorded, if a test expects one
    Scratch scratch_;
    std::vector<uint32_t> fired_;
    // Events of other sources, of the test whose events were gone through last.
    struct OtherSource {
        uint64_t events = 0;
        size_t first = 0;
    };
    std::map<std::string, OtherSource, std::less<>> others_;
    // Of the test that is compared: what is known of rules that were expected, and how many events were
    // looked at to find that.
    std::unordered_map<uint32_t, TestFailure> missing_;
    size_t looked_at_ = 0;
};

struct RunOptions {
    unsigned threads = 1;
    // Verdicts that depend on what was not recorded are failures, and so are events that are not read.
    bool strict = false;
    bool fail_fast = false;  // no results after the first failure
    Coverage* coverage = nullptr;
};

// The suite must be valid. With fail_fast there may be fewer results than tests.
std::vector<TestResult> run_tests(const Suite& suite, const RunOptions& options);

// A runner for each rule set of a suite, made when it is asked for; the last ones are kept. One thread.
class TestRunners {
  public:
    // The suite must outlive this.
    explicit TestRunners(const Suite& suite) : suite_(suite) {}
    TestRunner& of(const LoadedTest& test);  // valid until the next call

  private:
    static constexpr size_t kMostKept = 8;

    const Suite& suite_;
    std::unordered_map<const Compilation*, std::unique_ptr<TestRunner>> runners_;
};

// What a report says of failures besides what they are, in the order in which it asks. Once they have come
// to Limit::ReportBytes, there are no more.
class FailureDetails {
  public:
    // The suite must outlive this. `whole`: explanations leave nothing out of large conditions.
    FailureDetails(const Suite& suite, bool whole, const Look& look = {})
        : suite_(suite),
          runners_(suite),
          whole_(whole),
          look_(look),
          left_(suite.limits[Limit::ReportBytes]) {}

    struct Details {
        Differences differences;  // Different
        std::string explanation;  // the condition as a tree; what it quotes is harmless
        bool left_out = false;
    };
    Details of(uint32_t test, const TestFailure& failure);

  private:
    const Suite& suite_;
    TestRunners runners_;
    bool whole_;
    Look look_;
    uint64_t left_;  // bytes
};

}  // namespace stoop
