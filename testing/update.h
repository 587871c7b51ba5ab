// SPDX-License-Identifier: Apache-2.0
// Writes the alerts that came into the expectations of tests that fail, for review in a diff. What holds
// stays as it is, byte for byte, and so does the form of what does not (expectation_update.h). What cannot be
// changed is said.
//
// Tests that fail are run again for their alerts, which are kept for one variant of a test at a time. The new
// text is read again before it is given out: it must say what is meant, and of other tests what it said.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "testing/run.h"

namespace stoop {

struct UpdatedFile {
    struct Note {
        Span span;  // in the text when it was loaded
        std::string text;
    };
    std::string path;
    std::string_view before;  // the text when it was loaded, in the suite
    std::string text;
    size_t tests = 0;           // whose expectations are changed
    std::vector<Note> refused;  // what is not changed although it fails, and why
    std::vector<Note> lost;     // what is no longer expected of an alert
};

// The files that have a failing test.
std::vector<UpdatedFile> update_expectations(const Suite& suite, const std::vector<TestResult>& results);

}  // namespace stoop
