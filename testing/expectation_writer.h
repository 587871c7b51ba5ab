// SPDX-License-Identifier: Apache-2.0
// Writes a changed expectation into the text of its test file: only what is different, where it stands, in
// the style that it has there.
//
// What stands behind an alias or an anchor that others use is not changed: it would change them, too.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "testing/expectation_update.h"
#include "testing/yaml_edits.h"

namespace stoop {

struct WrittenExpectation {
    std::string problem;                // why nothing could be written, or empty
    std::vector<TextEdit> edits;        // none if nothing is different
    std::vector<ExpectedAlert> expect;  // what the test expects with these
    std::vector<std::string> notes;     // what is no longer expected
};

// `list`: the key `expect` and its value. `indent`: of a list that is to be written in lines, if that is the
// style around it. What could not be written is added to `wanted.unmet`.
WrittenExpectation write_expectation(std::string_view text, const TestCase& test,
                                     const YamlLayout::Entry& list, std::optional<size_t> indent,
                                     UpdatedExpectation& wanted);

}  // namespace stoop
