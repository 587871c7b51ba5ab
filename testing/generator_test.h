// SPDX-License-Identifier: Apache-2.0
// Tests as suites of Falco's event generator hold them: how to provoke events, the rule, and the
// `expectedOutcome`. Of a template (test_template.h) each case becomes a test. What tells how to provoke the
// events is passed over: nothing of it is ever run.
//
// What is expected may name what only the event generator knows, as `${ STEP.FIELD }`: that is not compared,
// and noted. One thread.
#pragma once

#include <optional>
#include <vector>

#include "compiler/source/node_reader.h"
#include "testing/test_file.h"

namespace stoop {

// The event generator's keys of a test.
struct GeneratorKeys {
    std::optional<YamlNode> rule, outcome, cases;

    // Whether a test is the event generator's.
    static bool are_in(const YamlNode& test);
    // How to read them into this.
    NodeReader::Keys keys();
};

// Adds the tests that `test`, which has all the rest, stands for. What the cases of a file take is counted in
// `spent`; YamlLimitExceeded if that is more than the limit `yaml-values`.
void add_generator_tests(NodeReader& reader, const GeneratorKeys& keys, const Limits& limits, uint64_t& spent,
                         const TestCase& test, std::vector<TestCase>& out);

}  // namespace stoop
