// SPDX-License-Identifier: Apache-2.0
// The shipped rule on the shipped event gives exactly the alert that
// was recorded, key for key.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

using nlohmann::json;

class RecordedAlert : public testing::TestWithParam<const char*> {};

TEST_P(RecordedAlert, ComesBackWhole) {
    json recorded = json::parse(read_file(source_dir() / "fixtures/memfd_create/alert.json"));
    recorded.erase("uuid");  // random, and added by a forwarder
    WorkFolder folder;
    Outcome outcome =
        folder.run(std::string("TZ=Europe/London stoop run -q -r rules/fileless_execution.yaml -o json "
                               "--hostname mini-debian-lab --engine ") +
                   GetParam() + " fixtures/memfd_create/alert.json");
    EXPECT_EQ(outcome.exit, 0);
    EXPECT_EQ(outcome.err, "");
    ASSERT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 1) << outcome.out;
    EXPECT_EQ(json::parse(outcome.out), recorded);
}

INSTANTIATE_TEST_SUITE_P(Engines, RecordedAlert, testing::Values("reference", "tables", "native"));

TEST(RecordedAlertFixture, IsTheRecordedOne) {
    if (!have_shared()) GTEST_SKIP() << "the recorded answers (../shared) are not here";
    EXPECT_EQ(read_file(source_dir() / "fixtures/memfd_create/alert.json"),
              read_file(shared_dir() / "data/alerts/memfd_create.json"));
}

}  // namespace
}  // namespace stoop::tests
