// SPDX-License-Identifier: Apache-2.0
// Standard input, output and error closed, full, or open for the wrong direction, in all combinations: alerts
// go on and stand in their file alone, nothing hangs, nothing crashes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

constexpr const char* kRules = R"(
- rule: every open
  desc: d
  condition: evt.type = open
  output: alert of %proc.name
  priority: INFO
)";

class Descriptors : public testing::Test {
  protected:
    Descriptors() {
        write_file(folder_.path() / "rules.yaml", kRules);
        write_file(folder_.path() / "bad.yaml", std::string(kRules) + "  tog: [a]\n");
        std::string events;
        for (int i = 0; i < 3000; ++i)
            events += R"({"evt.type":"open","proc.name":"sh"})"
                      "\n";
        events += "{bad\n";
        write_file(folder_.path() / "events.jsonl", events);
    }

    // Everything is to end within this; `timeout` exits with 124 if it does not.
    Outcome run(const std::string& arguments, const std::string& redirections) const {
        return folder_.run("timeout -k 1 60 stoop " + arguments + " " + redirections);
    }
    std::string file(const std::string& name) const { return read_file(folder_.path() / name); }

    WorkFolder folder_;
};

// How each descriptor may be given, and whether what it is for works then.
struct Given {
    const char* redirection;
    bool works;
};
const Given kIn[] = {{"<events.jsonl", true}, {"<&-", false}, {"0>written.txt", false}};
const Given kOut[] = {{">out.txt", true}, {">&-", false}, {">/dev/full", false}, {"1<rules.yaml", false}};
const Given kErr[] = {{"2>err.txt", true}, {"2>&-", false}, {"2>/dev/full", false}, {"2<rules.yaml", false}};

size_t lines(const std::string& text) {
    return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST_F(Descriptors, AlertsInAFile) {
    for (const Given& in : kIn)
        for (const Given& out : kOut)
            for (const Given& err : kErr) {
                std::string all = fmt::format("{} {} {}", in.redirection, out.redirection, err.redirection);
                folder_.run("rm -f alerts.txt");
                Outcome run_outcome =
                    run("run -o verdicts -r rules.yaml --output alerts.txt events.jsonl", all);
                EXPECT_EQ(run_outcome.exit, 2) << all << run_outcome.err;  // of the bad line
                std::string alerts = file("alerts.txt");
                EXPECT_EQ(lines(alerts), 3000u) << all;
                EXPECT_EQ(alerts.find("bad"), std::string::npos) << all;
                EXPECT_EQ(file("rules.yaml"), kRules) << all;
                if (err.works) {
                    EXPECT_NE(file("err.txt").find("E0301"), std::string::npos) << all;
                }
            }
}

TEST_F(Descriptors, EventsFromStandardInput) {
    for (const Given& in : kIn)
        for (const Given& out : kOut)
            for (const Given& err : kErr) {
                std::string all = fmt::format("{} {} {}", in.redirection, out.redirection, err.redirection);
                Outcome outcome = run("run -o verdicts -r rules.yaml -", all);
                EXPECT_EQ(outcome.exit, !in.works || !out.works ? 3 : 2) << all << outcome.err;
                if (in.works && out.works) {
                    EXPECT_EQ(lines(file("out.txt")), 3000u) << all;
                }
            }
}

TEST_F(Descriptors, OtherCommands) {
    write_file(folder_.path() / "rules_test.yaml",
               "tests:\n  - name: t\n    events: [{evt.type: open}]\n    expect: [every open]\n");
    for (const char* command :
         {"check rules.yaml", "check -o json bad.yaml", "list rules -r rules.yaml", "test rules_test.yaml",
          "fields proc.name", "--help", "explain -r rules.yaml events.jsonl", "eval 'evt.type = open'"})
        for (const Given& out : kOut)
            for (const Given& err : kErr) {
                std::string all = fmt::format("{} {}", out.redirection, err.redirection);
                Outcome outcome = run(command, all);
                EXPECT_LT(outcome.exit, 124) << command << " " << all;
                if (!out.works) {
                    EXPECT_EQ(outcome.exit, 3) << command << " " << all;
                }
            }
    Outcome missing = run("check /nonexistent", "2>/dev/full");
    EXPECT_EQ(missing.exit, 3);
}

// A reader of messages that goes away, a file that may not grow, a pipe that does not block.
TEST_F(Descriptors, MessagesThatNobodyReads) {
    write_file(
        folder_.path() / "script",
        "timeout 60 stoop run -o verdicts -r rules.yaml --output alerts.txt events.jsonl 2> >(exec <&-)\n"
        "echo $?\n"
        "(ulimit -f 200; timeout 60 stoop run -o verdicts -r rules.yaml events.jsonl >out.txt 2>>err.txt)\n"
        "echo $?\n");
    write_file(folder_.path() / "err.txt", std::string(200 * 1024, 'x'));
    Outcome outcome = folder_.run("bash script");
    EXPECT_EQ(outcome.out, "2\n2\n") << outcome.err;
    EXPECT_EQ(lines(file("alerts.txt")), 3000u);
    EXPECT_EQ(lines(file("out.txt")), 3000u);
}

// Values of events command a terminal nothing. What a file or pipe gets is Falco's own line.
TEST_F(Descriptors, AlertsOnATerminal) {
    write_file(folder_.path() / "one.jsonl",
               R"({"evt.type": "open", "proc.name": "\u001b[2J\n::error::x\u009b\u202e"})"
               "\n");
    const std::string run = "stoop run -q -r rules.yaml one.jsonl";
    Outcome shown = folder_.run("script -qec '" + run + "' /dev/null");
    EXPECT_EQ(shown.exit, 0) << shown.err;
    EXPECT_NE(shown.out.find(R"(alert of \u001b[2J\n::error::x\u009b\u202e)"), std::string::npos)
        << shown.out;
    EXPECT_NE(folder_.run(run + " | cat").out.find("alert of \x1b[2J\n::error::x\u009b\u202e"),
              std::string::npos);
}

// 1,000 nested parentheses, whatever the stack is.
TEST_F(Descriptors, ASmallStack) {
    std::string deep = std::string(998, '(') + "proc.name = a" + std::string(998, ')');
    write_file(folder_.path() / "deep.yaml", "- rule: r\n  desc: d\n  condition: evt.type = open and " +
                                                 deep + "\n  output: o\n  priority: INFO\n");
    std::string rules;
    for (int i = 0; i < 100; ++i)
        rules += fmt::format(
            "- rule: r{}\n  desc: d\n  condition: evt.type = open and {}\n  output: o\n"
            "  priority: INFO\n",
            i, deep);
    write_file(folder_.path() / "many.yaml", rules);  // parsed by several threads
    for (const char* command :
         {"check -q deep.yaml", "check -q many.yaml", "list -q rules --resolved -r deep.yaml",
          "run -q -r deep.yaml --engine reference events.jsonl"}) {
        Outcome small = folder_.run(std::string("ulimit -s 256; stoop ") + command);
        Outcome large = folder_.run(std::string("stoop ") + command);
        EXPECT_EQ(small.exit, large.exit) << command;
        EXPECT_LT(small.exit, 3) << command;
        EXPECT_EQ(small.out, large.out) << command;
    }
}

}  // namespace
}  // namespace stoop::tests
