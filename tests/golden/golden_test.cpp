// SPDX-License-Identifier: Apache-2.0
// Runs every tests/golden/*.test. With STOOP_REBASE set (scripts/test --rebase) writes what it sees into the
// files.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/golden/transcript.h"
#include "tests/support/paths.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> golden_files() {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(source_dir() / "tests/golden"))
        if (entry.path().extension() == ".test") out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
}

class Golden : public testing::TestWithParam<fs::path> {};

TEST_P(Golden, PrintsWhatItShould) {
    std::string expected = read_file(GetParam());
    std::string seen = to_text(replay(read_transcript(expected)));
    if (getenv("STOOP_REBASE") && seen != expected) {
        write_file(GetParam(), seen);
        return;
    }
    EXPECT_EQ(seen, expected) << "if this is meant: scripts/test --rebase";
}

INSTANTIATE_TEST_SUITE_P(Files, Golden, testing::ValuesIn(golden_files()), [](const auto& info) {
    std::string name = info.param.stem().string();
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
    return name;
});

TEST(GoldenFiles, AreThere) { EXPECT_FALSE(golden_files().empty()); }

}  // namespace
}  // namespace stoop::tests
