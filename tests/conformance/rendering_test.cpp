// SPDX-License-Identifier: Apache-2.0
// Falco's alerts, text and JSON, byte for byte: thirty templates on recorded events of every kind.
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) out.push_back(line);
    return out;
}

class Rendering : public testing::TestWithParam<const char*> {};

TEST_P(Rendering, IsFalcosByteForByte) {
    if (!have_shared()) GTEST_SKIP() << "the recorded answers (../shared) are not here";
    std::string data = (shared_dir() / "data").string(), name = GetParam();
    WorkFolder folder;
    for (std::string format : {"text", "json"}) {
        auto want =
            lines_of(folder.run("gzip -cd " + data + "/alerts/rendering." + name + "." + format + ".gz").out);
        // The recorder added the number of the event to every alert, which no template asks for.
        if (format == "json")
            for (std::string& line : want) RE2::Replace(&line, ",\"evt.num\":[0-9]+|\"evt.num\":[0-9]+,", "");
        Outcome outcome =
            folder.run("gzip -cd " + data + "/events/" + name + ".jsonl.gz | stoop run -q -r " + data +
                       "/rules/rendering.yaml --rule-matching all --hostname replay -o " + format +
                       (format == "json" ? " --time-format iso8601" : "") + " - | head -n " +
                       std::to_string(want.size()));
        auto got = lines_of(outcome.out);
        EXPECT_GE(want.size(), 300u);
        ASSERT_EQ(got.size(), want.size()) << outcome.err;
        size_t different = 0;
        for (size_t i = 0; i < want.size(); ++i) {
            if (got[i] == want[i] || ++different > 5) continue;
            ADD_FAILURE() << "line " << i + 1 << ": " << got[i] << "\nFalco: " << want[i];
        }
        EXPECT_EQ(different, 0u) << "of " << want.size();
    }
}

INSTANTIATE_TEST_SUITE_P(Events, Rendering, testing::Values("cat-write", "memfd", "setuid", "tcp"));

}  // namespace
}  // namespace stoop::tests
