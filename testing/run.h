// Runs tests: each test's events through the reference engine, the alerts against what is expected.
//
// A test costs its events; failures cost an explanation on top. Tests run on any number of threads; results
// are in the order of the suite whatever that number is.
#pragma once

#include <memory>

#include "runtime/alert/alert.h"
#include "runtime/ingest/event_decoder.h"
#include "testing/compare.h"
#include "testing/coverage.h"
#include "testing/suite.h"

namespace stoop {

struct TestFailure {
    enum class Kind : uint8_t { Missing, Unexpected, Different, NotRecorded };
    Kind kind = Kind::Missing;
    std::string rule;
    uint32_t event = 0;                   // of the test, from 1; 0 if it is not known
    Span span;                            // in the test file
    std::vector<Difference> differences;  // Different
    std::string shadowed_by;              // Missing: the rule that fired instead
    std::vector<std::string> unrecorded;  // NotRecorded: the fields
    std::string explanation;              // the condition as a tree, for people
};

// A verdict that depended on fields which were not recorded.
struct Unrecorded {
    std::string rule;
    std::vector<std::string> fields;
    uint32_t event = 0;  // the first on which it did, from 1
};

struct TestResult {
    enum class Outcome : uint8_t { Passed, Failed, Skipped, Invalid };
    Outcome outcome = Outcome::Passed;
    std::vector<TestFailure> failures;
    std::vector<Unrecorded> unrecorded;
    std::vector<Diagnostic> problems;  // Invalid: events that are none
    std::vector<SeenAlert> seen;
};

// What runs tests on one rule set, in one thread.
class TestRunner {
  public:
    // Both must outlive the runner.
    TestRunner(const Compilation& rules, const Schema& schema);

    // `coverage` may be null.
    TestResult run(const Suite& suite, uint32_t test, bool strict, Coverage* coverage);

    // The event of a test with its changes; a problem if it is none. Valid until the next call.
    std::optional<Diagnostic> decode(const LoadedTest& test, size_t event);
    const Event& event() const { return event_; }
    // The alert of a rule on the event that was decoded last.
    SeenAlert alert(uint32_t rule, size_t event);

  private:
    void note_unrecorded(const LoadedTestFile& file, std::span<const uint32_t> fired, uint32_t limit,
                         uint32_t event, TestResult& result);
    TestFailure failure(const LoadedTest& test, const Mismatch& mismatch);
    void explain_missing(const LoadedTest& test, const Mismatch& mismatch, TestFailure& out);
    std::string explanation(const PlanRule& rule, const LoadedTest& test, size_t event);

    const Plan& plan_;
    EventDecoder decoder_;
    AlertRenderer renderer_;
    Event event_;
    Scratch scratch_;
    std::vector<uint32_t> fired_;
};

struct RunOptions {
    unsigned threads = 1;
    bool strict = false;     // verdicts that depend on what was not recorded are failures
    bool fail_fast = false;  // no results after the first failure
    Coverage* coverage = nullptr;
};

// The suite must be valid. With fail_fast there may be fewer results than tests.
std::vector<TestResult> run_tests(const Suite& suite, const Schema& schema, const RunOptions& options);

}  // namespace stoop
