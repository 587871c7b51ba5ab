// Writes the alerts that came into the expectations of tests that fail, for review in a diff. Everything else
// of the file stays as it is, byte for byte; within an `expect` that is rewritten, what was asserted of an
// alert is asserted again with its new value, and comments are lost.
//
// Tests that fail are run again for their alerts, which are kept for one test at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "testing/run.h"

namespace stoop {

struct UpdatedFile {
    std::string path;
    std::string_view before;  // the text when it was loaded, in the suite
    std::string text;
    size_t tests = 0;                  // whose expectations are rewritten
    std::vector<std::string> refused;  // why others are not, with the test's name
};

// The files that have a failing test.
std::vector<UpdatedFile> update_expectations(const Suite& suite, const Schema& schema,
                                             const std::vector<TestResult>& results);

}  // namespace stoop
