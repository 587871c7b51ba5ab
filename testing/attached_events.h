// SPDX-License-Identifier: Apache-2.0
// Events that the user attaches to tests from outside (`stoop test --events`), by the tests' names: those of
// suites of the event generator say how to provoke events, and a recording of them is another file.
//
// Of a template's case the name is looked for first, then the template's own, so that all its cases can share
// one recording. Linear in the tests and the files.
#pragma once

#include <string>
#include <vector>

#include "testing/test_file.h"

namespace stoop {

struct AttachedEvents {
    // `NAME=FILE` each, or a folder with files NAME.jsonl (.json; .gz, .zst).
    std::vector<std::string> given;
    // Only some of the user's tests are loaded: names of others are passed over.
    bool of_other_tests = false;
};

// Gives the tests their events. Appends what is wrong with what was given, and what was passed over.
void attach_events(const AttachedEvents& events, const std::vector<TestCase*>& tests,
                   std::vector<std::string>& wrong, std::vector<std::string>& notes);

}  // namespace stoop
