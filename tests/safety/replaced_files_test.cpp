// SPDX-License-Identifier: Apache-2.0
// `test --update` and `run --output` end at every one of their system calls, by a signal or an error: the
// file is the old one or the new one, never half of one, and no temporary file is left.
#include <gtest/gtest.h>

#include <csignal>
#include <set>

#include "tests/safety/tracer.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;

// The sanitizers take their time: not every call then.
#if defined(__SANITIZE_ADDRESS__)
constexpr size_t kStep = 11;
#else
constexpr size_t kStep = 1;
#endif

struct Command {
    std::string name;
    const char* target;  // the file that is replaced
    const char* from;    // calls are counted from the opening of this file
    std::vector<std::string> words;
};

const Command kCommands[] = {
    {"update", "rules_test.yaml", "rules_test.yaml", {"test", "--update", "-j", "1", "rules_test.yaml"}},
    {"output",
     "alerts.txt",
     "rules.yaml",
     {"run", "-q", "-j", "1", "--no-cache", "--engine", "reference", "-r", "rules.yaml", "events.jsonl",
      "--output", "alerts.txt", "--fsync"}},
};

class ReplacedFiles : public testing::TestWithParam<Command> {
  protected:
    ReplacedFiles() {
        write("rules.yaml",
              "- {rule: r, desc: d, condition: evt.type = open, output: o %fd.name, priority: INFO}\n");
        std::string events;
        for (int i = 0; i < 100; ++i)
            events +=
                R"({"evt.type": "open", "evt.rawtime": 0, "fd.name": "/file/)" + std::to_string(i) + "\"}\n";
        write("events.jsonl", events);
        restore();
        auto traced = run({}, true);
        can_trace_ = traced.has_value();
        if (!can_trace_) return;
        EXPECT_EQ(traced->exit, 0) << traced->message;
        calls_ = traced->calls;
        new_ = read_file(target());
        EXPECT_NE(new_, old());
        EXPECT_GT(calls_, 50u);
    }

    fs::path target() const { return folder_.path() / GetParam().target; }
    void write(const char* name, const std::string& text) const { write_file(folder_.path() / name, text); }
    bool is_output() const { return GetParam().name == "output"; }
    std::string old() const {
        return is_output() ? "old alerts\n"
                           : "events: events.jsonl\ntests:\n  - name: n\n    from: 1\n    expect: []\n";
    }
    void restore() const {
        write_file(target(), old());
        fs::permissions(target(), fs::perms(0640));
    }

    std::optional<Traced> run(Fault fault, bool nameless, size_t at = 0) const {
        TracePlan plan{{stoop_binary().string()}, folder_.path(), GetParam().from, at, fault, nameless};
        plan.command.insert(plan.command.end(), GetParam().words.begin(), GetParam().words.end());
        return run_traced(plan);
    }

    std::set<std::string> left_over() const {
        std::set<std::string> out;
        for (const auto& entry : fs::directory_iterator(folder_.path()))
            if (std::string name = entry.path().filename().string(); name.starts_with(".")) out.insert(name);
        return out;
    }
    void expect_whole(const Traced& traced, size_t at) const {
        std::string is = read_file(target());
        // A run that cannot go on, or is told to stop, puts the alerts that there were until then into the
        // file.
        bool some_alerts = traced.exit != 0 && new_.starts_with(is) && (is.empty() || is.ends_with('\n'));
        EXPECT_TRUE(is == old() || is == new_ || (is_output() && some_alerts))
            << "at call " << at << ": " << is.substr(0, 200);
        EXPECT_EQ(fs::status(target()).permissions(), fs::perms(0640)) << "at call " << at;
        EXPECT_TRUE(traced.exit != 0 || is == new_)
            << "nothing was said at call " << at << " (" << traced.faulted << "): " << traced.message;
    }

    // Runs with the fault at each call in turn.
    template <typename Check>
    void at_each_call(Fault fault, bool nameless, const Check& check) {
        if (!can_trace_) GTEST_SKIP() << "programs cannot be traced here";
        size_t reached = 0;
        for (size_t at = 1;; at += kStep) {
            restore();
            auto traced = run(fault, nameless, at);
            ASSERT_TRUE(traced.has_value());
            if (traced->faulted < 0) break;
            // The sanitizer has calls of its own, and ends the program if they fail.
            if (traced->message.find("SanitizerTool: CHECK failed") != std::string::npos) continue;
            ++reached;
            expect_whole(*traced, at);
            check(*traced, at);
            if (HasFailure()) return;
        }
        EXPECT_GT(reached, calls_ / kStep / 2);
    }

    TemporaryFolder folder_;
    bool can_trace_ = false;
    size_t calls_ = 0;
    std::string new_;
};

TEST_P(ReplacedFiles, Killed) {
    size_t left = 0;
    at_each_call({Fault::Kind::Signal, SIGKILL}, true, [&](const Traced& traced, size_t) {
        EXPECT_EQ(traced.exit, 128 + SIGKILL);
        for (const std::string& name : left_over()) left += fs::remove(folder_.path() / name);
    });
    // A name must be there for a moment; the next replacement takes it away.
    EXPECT_LE(left, 1u);
    restore();
    write((".stoop-" + std::string(GetParam().target) + "-0").c_str(), "half");
    EXPECT_TRUE(!can_trace_ || run({}, true)->exit == 0);
    EXPECT_EQ(left_over(), std::set<std::string>());
}

TEST_P(ReplacedFiles, KilledWithANamedTemporaryFile) {
    at_each_call({Fault::Kind::Signal, SIGKILL}, false,
                 [&](const Traced&, size_t at) { EXPECT_LE(left_over().size(), 1u) << "at call " << at; });
    restore();
    EXPECT_TRUE(!can_trace_ || run({}, false)->exit == 0);
    EXPECT_EQ(left_over(), std::set<std::string>());
}

TEST_P(ReplacedFiles, EndedBySignals) {
    const int kSignals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGSEGV, SIGXCPU, SIGUSR1};
    for (bool nameless : {true, false}) {
        size_t turn = 0;
        // Each call with another signal: all of them at every call would take long.
        for (int signal : kSignals) {
            if (!can_trace_) GTEST_SKIP() << "programs cannot be traced here";
            for (size_t at = 1 + turn++; at <= calls_ + 20; at += std::size(kSignals) * kStep) {
                restore();
                auto traced = run({Fault::Kind::Signal, signal}, nameless, at);
                ASSERT_TRUE(traced.has_value());
                if (traced->faulted < 0) break;
                expect_whole(*traced, at);
                EXPECT_EQ(left_over(), std::set<std::string>()) << "signal " << signal << " at call " << at;
                if (HasFailure()) return;
            }
        }
    }
}

TEST_P(ReplacedFiles, EveryCallFails) {
    for (auto [error, nameless] : {std::pair(ENOSPC, true), {EIO, false}})
        at_each_call({Fault::Kind::Fail, error}, nameless, [&](const Traced& traced, size_t at) {
            EXPECT_LT(traced.exit, 128) << "at call " << at << ": " << traced.message;
            EXPECT_EQ(left_over(), std::set<std::string>()) << "at call " << at;
        });
}

// Somebody saves the test file while its tests run.
TEST_P(ReplacedFiles, WhatOthersWriteMeanwhileStays) {
    if (!can_trace_) GTEST_SKIP() << "programs cannot be traced here";
    if (is_output()) GTEST_SKIP() << "whoever writes to an output loses";
    size_t refused = 0;
    for (size_t at = calls_ / 2; at < calls_; at += kStep) {
        restore();
        auto traced = run({Fault::Kind::Call, 0, [&] { write_file(target(), "tests: mine\n"); }}, true, at);
        ASSERT_TRUE(traced.has_value());
        refused +=
            traced->exit == 3 && traced->message.find("changed while its tests ran") != std::string::npos;
        EXPECT_TRUE(traced->exit == 0 || read_file(target()) == "tests: mine\n") << "at call " << at;
    }
    EXPECT_GT(refused, 0u);
}

void PrintTo(const Command& command, std::ostream* out) { *out << command.name; }

INSTANTIATE_TEST_SUITE_P(Commands, ReplacedFiles, testing::ValuesIn(kCommands),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace stoop::tests
