// SPDX-License-Identifier: Apache-2.0
// What is left when the disk is full: a file of 64 kB on a file system made for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

// Runs `command` with an empty file system of 64 kB at `disk`; nothing if this machine does not let us.
std::optional<Outcome> with_small_disk(const WorkFolder& folder, const std::string& command) {
    std::string inside = "mount -t tmpfs -o size=64k none disk || exit 99; " + command;
    Outcome outcome = folder.run("mkdir -p disk; unshare -rm sh -c '" + inside + "'");
    if (outcome.err.find("unshare") != outcome.err.npos || outcome.exit == 99) return std::nullopt;
    return outcome;
}

class FullDisk : public testing::Test {
  protected:
    FullDisk() {
        write_file(folder.path() / "rules.yaml",
                   "- {rule: r, desc: d, condition: evt.type = open, output: o %fd.name, priority: INFO}\n");
        std::string events;
        for (int i = 0; i < 5000; ++i)
            events += R"({"evt.type": "open", "fd.name": "/file/)" + std::to_string(i) + "\"}\n";
        write_file(folder.path() / "events.jsonl", events);
    }
    const std::string run = "stoop run -q --no-cache -r rules.yaml events.jsonl --output disk/alerts ";
    WorkFolder folder;
};

TEST_F(FullDisk, AppendedAlertsAreWhole) {
    auto seen = with_small_disk(folder, run + "--append --fsync; echo $?; cat disk/alerts");
    if (!seen) GTEST_SKIP() << "no file system can be mounted here";
    ASSERT_TRUE(seen->out.starts_with("3\n")) << seen->out << seen->err;
    std::string file = seen->out.substr(2);
    EXPECT_TRUE(file.starts_with("<NA>: Informational o /file/0\n"));
    EXPECT_TRUE(file.ends_with("\n"));
    auto lines = std::count(file.begin(), file.end(), '\n');
    EXPECT_GT(lines, 1000);
    EXPECT_EQ(seen->err, "error: cannot write to disk/alerts: No space left on device; " +
                             std::to_string(lines) + " alerts (" + std::to_string(file.size()) +
                             " bytes) were written before that\n");
}

TEST_F(FullDisk, AFileThatIsReplacedStaysWhatItWas) {
    auto seen =
        with_small_disk(folder, "echo old > disk/alerts; " + run + "; echo $?; ls -A disk; cat disk/alerts");
    if (!seen) GTEST_SKIP() << "no file system can be mounted here";
    EXPECT_EQ(seen->out, "3\nalerts\nold\n");
    EXPECT_TRUE(seen->err.starts_with(
        "error: cannot write to disk/alerts: No space left on device; it is left as it was, "))
        << seen->err;
}

TEST_F(FullDisk, ATestFileThatIsUpdatedStaysWhatItWas) {
    std::string tests =
        "rules: [../rules.yaml]\ntests:\n  - name: n\n    events: [{evt.type: open}]\n    expect: []\n" +
        std::string(5000, '#') + "\n";
    write_file(folder.path() / "x_test.yaml", tests);
    auto seen =
        with_small_disk(folder,
                        "cp x_test.yaml disk; dd if=/dev/zero of=disk/full 2>/dev/null; "
                        "stoop test --update disk/x_test.yaml; echo $?; ls -A disk; cat disk/x_test.yaml");
    if (!seen) GTEST_SKIP() << "no file system can be mounted here";
    EXPECT_EQ(seen->out, "3\nfull\nx_test.yaml\n" + tests);
    EXPECT_EQ(seen->err, "error: cannot write disk/x_test.yaml: No space left on device\n");
}

TEST_F(FullDisk, ATestFileOverALimitStaysWhatItWas) {
    std::string tests = "tests:\n  - name: n\n    events: [{evt.type: open}]\n    expect: []\n" +
                        std::string(5000, '#') + "\n";
    write_file(folder.path() / "rules_test.yaml", tests);
    Outcome seen =
        folder.run("(ulimit -f 4; stoop test --update rules_test.yaml); echo $?; ls -A | grep stoop");
    EXPECT_EQ(seen.out, "3\n");
    EXPECT_EQ(seen.err, "error: cannot write rules_test.yaml: File too large\n");
    EXPECT_EQ(read_file(folder.path() / "rules_test.yaml"), tests);
}

}  // namespace
}  // namespace stoop::tests
