// SPDX-License-Identifier: Apache-2.0
// Falco's answers: `stoop eval --cases` on recorded conditions, on both engines. A representative set is in
// tests/data; the whole of it is read from ../shared where that is there.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

using nlohmann::json;

// A condition that contradicts another recorded answer (lexer-022: a bare text ends at `=`).
constexpr const char* kContradictory = "special-030";

// A byte in the middle of each file gets another value.
const std::string kDamageCache =
    "for file in $(find \"$XDG_CACHE_HOME\" -type f); do"
    " printf '\\377' | dd of=\"$file\" bs=1 seek=$(($(stat -c %s \"$file\") / 2)) conv=notrunc status=none;"
    " done; ";

void compare_cases(const WorkFolder& folder, const std::string& command, const std::string& cases) {
    Outcome outcome = folder.run(command);
    EXPECT_EQ(outcome.exit, 0) << outcome.err;
    std::istringstream expected(cases), got(outcome.out);
    size_t compared = 0;
    for (std::string line, answer; std::getline(expected, line); ++compared) {
        json want = json::parse(line);
        ASSERT_TRUE(std::getline(got, answer)) << "no answer for " << line;
        json have = json::parse(answer);
        ASSERT_EQ(have["id"], want["id"]);
        if (want["id"] == kContradictory) continue;
        EXPECT_EQ(have["got"], want["expect"]) << line << "\n" << answer;
        if (!want.contains("at")) continue;
        EXPECT_EQ(json::array({have["line"], have["column"]}), want["at"]) << line << "\n" << answer;
    }
    EXPECT_GT(compared, 0u);
}

class Conditions : public testing::TestWithParam<const char*> {
  protected:
    std::string engine() const { return std::string(" -o json --engine ") + GetParam(); }
};

TEST_P(Conditions, RepresentativeSet) {
    auto file = source_dir() / "tests/data/conditions.jsonl";
    WorkFolder folder;
    std::string command = "stoop eval --cases '" + file.string() + "'" + engine();
    compare_cases(folder, command, read_file(file));
    // Once more with the code that was kept, if any was, and with that code damaged.
    compare_cases(folder, command, read_file(file));
    compare_cases(folder, kDamageCache + command, read_file(file));
}

TEST_P(Conditions, EveryRecordedAnswer) {
    if (!have_shared()) GTEST_SKIP() << "the recorded answers (../shared) are not here";
    for (const char* name :
         {"conditions-curated.jsonl", "conditions-typed.jsonl.gz", "conditions-any.jsonl.gz"}) {
        std::string file = (shared_dir() / "conformance" / name).string();
        WorkFolder folder;
        std::string cases = folder.run("gzip -cdf '" + file + "'").out;
        ASSERT_FALSE(cases.empty());
        std::string command = "gzip -cdf '" + file + "' >cases && stoop eval --cases cases" + engine();
        compare_cases(folder, command, cases);
        compare_cases(folder, command, cases);  // with the code that was kept
    }
}

INSTANTIATE_TEST_SUITE_P(Engines, Conditions, testing::Values("reference", "tables", "native"));

}  // namespace
}  // namespace stoop::tests
