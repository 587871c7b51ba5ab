// SPDX-License-Identifier: Apache-2.0
// What happens to `stoop run` while it runs: its reader is killed, its input is cut back, it is told to stop,
// the file it follows is replaced. Nothing hangs, and what was written is whole lines.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

constexpr const char* kRules = R"(
- rule: every execve
  desc: d
  condition: evt.type = execve
  output: alert of %proc.name
  priority: INFO
)";

const std::string kLine = R"({"evt.type": "execve", "proc.name": "sh", "evt.rawtime": 1})";
// Everything is to end within this; `timeout` exits with 124 if it does not.
const std::string kRun = "timeout -k 1 60 stoop run -r rules.yaml -o verdicts ";

class RunFaults : public testing::TestWithParam<const char*> {
  protected:
    RunFaults() { write_file(folder_.path() / "rules.yaml", kRules); }

    void write_events(size_t count) const {
        std::string text;
        for (size_t i = 0; i < count; ++i) text += kLine + "\n";
        write_file(folder_.path() / "events.jsonl", text);
    }
    Outcome bash(const std::string& script) const {
        write_file(folder_.path() / "script", script);
        return folder_.run("bash script");
    }
    std::string jobs() const { return std::string(" -j") + GetParam() + " "; }
    std::string read(const std::string& name) const { return read_file(folder_.path() / name); }

    WorkFolder folder_;
};

// How many lines there are, all of them whole and in order.
size_t whole_lines(const std::string& text) {
    std::istringstream lines(text);
    size_t count = 0;
    for (std::string line; std::getline(lines, line);)
        EXPECT_EQ(line, "{\"event\":" + std::to_string(++count) + ",\"rules\":[\"every execve\"]}");
    EXPECT_TRUE(text.empty() || text.back() == '\n');
    return count;
}

TEST_P(RunFaults, TheReaderOfTheOutputIsKilled) {
    write_events(200'000);
    Outcome outcome = bash("mkfifo pipe; (exec sleep 60 <pipe) & reader=$!\n" + kRun + jobs() +
                           "events.jsonl >pipe & run=$!\nsleep 0.5; kill -9 $reader; wait $run");
    EXPECT_EQ(outcome.exit, 3);
    EXPECT_NE(outcome.err.find("stopped by the output"), std::string::npos) << outcome.err;
}

TEST_P(RunFaults, HeadTakesWhatItWants) {
    write_events(200'000);
    Outcome outcome = bash("set -o pipefail\n" + kRun + jobs() + "events.jsonl | head -n 3");
    EXPECT_EQ(outcome.exit, 3);
    EXPECT_EQ(whole_lines(outcome.out), 3u);
}

TEST_P(RunFaults, SignalsEndItWithWhatWasReadSoFar) {
    for (auto [name, number] : {std::pair("TERM", 15), std::pair("INT", 2)}) {
        write_events(1000);
        // A pipe that stays open and has nothing more to give.
        Outcome outcome = bash("set -m; mkfifo p; (cat events.jsonl; exec sleep 60) >p & writer=$!\n" + kRun +
                               jobs() + "--output out - <p & run=$!\nsleep 1; pkill -" + name +
                               " -P $run; wait $run; code=$?; kill -9 -- -$writer; rm p; exit $code");
        EXPECT_EQ(outcome.exit, 128 + number) << outcome.err;
        EXPECT_EQ(whole_lines(read("out")), 1000u);
        EXPECT_NE(outcome.err.find("1000 events, 1000 alerts, 0 bad lines"), std::string::npos)
            << outcome.err;
        EXPECT_NE(outcome.err.find(std::string("stopped by SIG") + name), std::string::npos) << outcome.err;
    }
}

TEST_P(RunFaults, TheInputIsCutBackWhileItIsRead) {
    write_events(400'000);
    // The output is not read for a while, so the run stands in the middle of the file.
    Outcome outcome = bash("set -o pipefail\n" + kRun + jobs() +
                           "events.jsonl | (sleep 1; cat >out) & run=$!\n"
                           "sleep 0.5; truncate -s 1000 events.jsonl; wait $run");
    EXPECT_EQ(outcome.exit, 3) << outcome.err;
    EXPECT_NE(outcome.err.find("it became shorter while it was read"), std::string::npos) << outcome.err;
    size_t lines = whole_lines(read("out"));
    EXPECT_GT(lines, 0u);
    EXPECT_LT(lines, 400'000u);
}

TEST_P(RunFaults, AFileIsFollowedWhereverItsNameGoes) {
    write_events(2);
    Outcome outcome = bash(
        kRun + jobs() +
        "--follow events.jsonl >out & run=$!\nsleep 1\n"
        "line='" +
        kLine +
        "'\nprintf '%s' \"$line\" >>events.jsonl; sleep 0.3; echo >>events.jsonl; sleep 0.5\n"
        "mv events.jsonl old; echo \"$line\" >events.jsonl; echo \"$line\" >>old; sleep 2.5\n"  // renamed
        ": >events.jsonl; sleep 0.5; echo \"$line\" >>events.jsonl; sleep 0.5\n"                // cut back
        "pkill -TERM -P $run; wait $run");
    EXPECT_EQ(outcome.exit, 143) << outcome.err;
    EXPECT_EQ(whole_lines(read("out")), 6u) << outcome.err;
}

TEST_P(RunFaults, TheSameAlertsFromFilePipeAndCompressed) {
    std::string data = (source_dir() / "tests/data/verdicts").string();
    std::string run = "stoop run -q --rule-matching all -o verdicts -r " + data + "/rules.yaml" + jobs();
    Outcome plain = folder_.run(run + data + "/events.jsonl");
    EXPECT_EQ(plain.exit, 0);
    EXPECT_GT(plain.out.size(), 1000u);
    EXPECT_EQ(folder_.run("cat " + data + "/events.jsonl | " + run).out, plain.out);
    EXPECT_EQ(folder_.run("gzip -c " + data + "/events.jsonl | " + run).out, plain.out);
    EXPECT_EQ(folder_.run(run + " " + data + "/events.jsonl").out, plain.out);
}

INSTANTIATE_TEST_SUITE_P(Jobs, RunFaults, testing::Values("1", "2"));

}  // namespace
}  // namespace stoop::tests
