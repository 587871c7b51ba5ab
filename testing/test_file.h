// SPDX-License-Identifier: Apache-2.0
// Test files as their author wrote them (interface.md, "Test files"): the shape of every key is checked here,
// not yet whether the rules, events and fields that it names exist.
//
// Test suites of Falco's event generator (`expectedOutcome` where we have `expect`) are read, too, each case
// of a template (test_template.h) as a test of its own; what they say about how to provoke an event means
// nothing here.
//
// Linear in the file. All problems are reported; a test that has one is left out. Any thread may read; the
// result is immutable.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/source/diagnostic.h"
#include "runtime/base/limits.h"
#include "runtime/engine/engine.h"
#include "runtime/event/schema.h"

namespace stoop {

// A field's value in an event, with the place of its key.
struct FieldValue {
    std::string field;
    std::string json;
    Span span;
};
using FieldValues = std::vector<FieldValue>;

// Where a test's events come from: a file, or an event written in the test.
struct TestEvents {
    std::string file;  // as written; empty for an event of its own
    FieldValues values;
    Span span;
    bool attached = false;  // the file was named on the command line
};

struct ExpectedOutput {
    enum class Kind : uint8_t { Exact, Contains, Matches };
    Kind kind = Kind::Exact;
    std::string text;  // Matches: a regular expression of RE2
};

struct ExpectedField {
    std::string field;
    nlohmann::json value;
};

// What is not given is not compared.
struct ExpectedAlert {
    std::string rule;
    std::optional<std::string> priority, source;
    std::optional<std::string> hostname;  // of the recorded alert
    std::vector<std::string> tags;        // all of these, others allowed
    std::vector<ExpectedField> fields;
    bool fields_exactly = false;  // no others
    std::optional<ExpectedOutput> output;
    std::optional<uint32_t> event;  // from 1
    uint32_t count = 1;             // so many of these in a row
    bool counted = false;           // the count is given
    Span span;                      // of the rule's name
    Span event_span;
};

// The variants of a test: each sets one of the values of every dimension besides what `set` has. They are not
// written out, since there can be many of few values.
struct TestMatrix {
    std::vector<std::vector<FieldValues>> dimensions;  // none: the test has no variants

    uint64_t size() const;  // 1 if there are none
    // Calls visit(value) with each field that a variant sets.
    template <typename Visit>
    void for_each_value(uint64_t variant, const Visit& visit) const {
        uint64_t rest = size();
        for (const auto& values : dimensions) {
            rest /= values.size();
            for (const FieldValue& value : values[variant / rest % values.size()]) visit(value);
        }
    }
};

struct TestCase {
    std::string name;
    // Of a case of a template the names without its values: the event generator's, and the template's own.
    std::string case_name, template_name;
    Span span;
    std::shared_ptr<const std::vector<TestEvents>> events;  // the file's are shared by its tests
    std::optional<uint32_t> from;                           // only this event, from 1
    Span from_span;
    FieldValues set;
    std::vector<std::string> unset;
    TestMatrix matrix;
    std::vector<ExpectedAlert> expect;
    uint32_t expect_key = 0;  // where the key `expect` stands in the file
    bool ignore_unexpected = false;
    Matching matching = Matching::First;
    bool of_generator = false;              // it tells how to provoke its events
    std::vector<std::string> not_compared;  // what is expected, but known to the event generator only
    std::vector<WrittenText> needs;         // `requires`: rules without which it is skipped
    std::string skipped;                    // why it cannot be run
};

struct TestFile {
    std::string path;
    uint32_t source = 0;  // in the Sources
    // As written; files are relative to this one.
    std::vector<WrittenText> rules, schemas;
    std::optional<WrittenText> event_source;  // the key `source`
    std::set<std::string> about;              // rules that its tests expect or require, by name
    std::vector<TestCase> tests;
};

// Whose fields the tests of a file have; null, after a report, if there is no such schema. What it is asked
// about has everything but the tests.
using SchemaOf = std::function<const Schema*(const TestFile& file)>;

TestFile read_test_file(const Sources& sources, uint32_t index, const SchemaOf& schema_of,
                        const Limits& limits, Diagnostics& diagnostics);

}  // namespace stoop
