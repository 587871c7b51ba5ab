// SPDX-License-Identifier: Apache-2.0
// A machine or container that gives no more threads: everything still works, on the one there is.
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

class NoThreads : public testing::TestWithParam<const char*> {};

TEST_P(NoThreads, TheSameAlerts) {
    WorkFolder folder;
    std::string data = (source_dir() / "tests/data/verdicts").string(), events;
    // So many that native code is wanted.
    for (int i = 0; i < 50; ++i) events += read_file(data + "/events.jsonl");
    write_file(folder.path() / "events.jsonl", events);
    std::string run = "stoop run -q --no-cache --rule-matching all -o verdicts -j 2 -r " + data +
                      "/rules.yaml events.jsonl " + GetParam();
    Outcome want = folder.run(run), got = folder.run("LD_PRELOAD=" STOOP_NO_THREADS " " + run);
    EXPECT_EQ(want.exit, 0) << want.err;
    EXPECT_GT(want.out.size(), 1000u);
    EXPECT_EQ(got.exit, 0) << got.err;
    EXPECT_EQ(got.err, want.err);
    EXPECT_EQ(got.out, want.out);
}

INSTANTIATE_TEST_SUITE_P(Engines, NoThreads,
                         testing::Values("--engine auto", "--engine native", "--engine reference"));

}  // namespace
}  // namespace stoop::tests
