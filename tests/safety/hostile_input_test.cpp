// SPDX-License-Identifier: Apache-2.0
// Rule files that are meant to do harm: each gives a clear error or a right result, in bounded time and
// memory. Falco overflows its stack on some of them.
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

std::string repeated(const std::string& text, size_t times) {
    std::string out;
    out.reserve(text.size() * times);
    for (size_t i = 0; i < times; ++i) out += text;
    return out;
}

std::string rule_with(const std::string& condition) {
    return "- rule: r\n  desc: d\n  condition: " + condition + "\n  output: o\n  priority: INFO\n";
}

class HostileInput : public testing::Test {
  protected:
    // `stoop check` within bounded memory (sanitizers want address space of their own) and time.
    Outcome check(const std::string& rules) {
        write_file(folder_.path() / "rules.yaml", rules);
#if defined(__SANITIZE_ADDRESS__)
        return folder_.run("ulimit -t 120; stoop check rules.yaml");
#else
        return folder_.run("ulimit -t 60 -v 4000000; stoop check rules.yaml");
#endif
    }
    void expect_error(const std::string& rules, const std::string& message) {
        Outcome outcome = check(rules);
        EXPECT_EQ(outcome.exit, 2) << outcome.err.substr(0, 500);
        EXPECT_NE(outcome.err.find(message), std::string::npos) << outcome.err.substr(0, 500);
        EXPECT_NE(outcome.err.find("rules.yaml:"), std::string::npos) << outcome.err.substr(0, 500);
    }
    void expect_valid(const std::string& rules) {
        Outcome outcome = check(rules);
        EXPECT_EQ(outcome.exit, 0) << outcome.err.substr(0, 500);
    }

  private:
    WorkFolder folder_;
};

TEST_F(HostileInput, Parentheses) {
    expect_error(rule_with(repeated("(", 100'000) + "proc.name = a" + repeated(")", 100'000)),
                 "nested more than");
    expect_error(rule_with(repeated("(", 100'000)), "nested more than");
    expect_valid(
        rule_with("evt.type = open and " + repeated("(", 900) + "proc.name = a" + repeated(")", 900)));
}

TEST_F(HostileInput, Nots) {
    expect_valid(rule_with("evt.type = open and " + repeated("not ", 100'000) + "proc.name = a"));
    expect_error(rule_with(repeated("not (", 100'000) + "proc.name = a" + repeated(")", 100'000)),
                 "nested more than");
}

TEST_F(HostileInput, LongConditions) {
    std::string part = " or proc.name = abcdefghijklmnopqrst";
    expect_error(rule_with("proc.name = a" + repeated(part, (size_t{50} << 20) / part.size())),
                 "bytes long; at most");
    expect_valid(rule_with("evt.type = open and (proc.name = a" + repeated(part, 10'000) + ")"));
}

TEST_F(HostileInput, MacrosThatDouble) {
    std::string rules = "- macro: m0\n  condition: proc.name = a or proc.name = b\n";
    for (int i = 1; i <= 64; ++i) {
        std::string before = "m" + std::to_string(i - 1);
        rules += "- macro: m" + std::to_string(i) + "\n  condition: " + before + " and " + before + "\n";
    }
    expect_error(rules + rule_with("m64"), "too large once its macros are expanded");
}

TEST_F(HostileInput, MacrosNestedDeep) {
    std::string rules = "- macro: m0\n  condition: evt.type = open\n";
    for (int i = 1; i <= 5'000; ++i)
        rules += "- macro: m" + std::to_string(i) + "\n  condition: m" + std::to_string(i - 1) + "\n";
    expect_error(rules + rule_with("m5000"), "too large once its macros are expanded");
}

TEST_F(HostileInput, MacrosThatRecur) {
    expect_error(
        "- macro: a\n  condition: evt.type = open\n- macro: b\n  condition: a\n- macro: a\n  condition: b\n" +
            rule_with("a"),
        "leads back to itself");
    expect_error("- macro: a\n  condition: a\n" + rule_with("a"), "'a' is not defined");
}

TEST_F(HostileInput, AliasBombs) {
    std::string rules = "- list: l\n  items: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    std::string before = "*a0";
    for (int i = 1; i <= 12; ++i) {
        std::string name = "a" + std::to_string(i);
        rules += "- unknown" + std::to_string(i) + ": &" + name + " [" + repeated(before + ", ", 9) + before +
                 "]\n";
        before = "*" + name;
    }
    Outcome outcome = check(rules + rule_with("evt.type = open and proc.name in (l)"));
    EXPECT_TRUE(outcome.exit == 0 || outcome.exit == 2) << outcome.exit;
    // A list that holds itself.
    for (std::string values : {"&v [*v]", "&v [*v, *v]", "[[&v [*v]]]"})
        expect_error(rule_with("evt.type = open") +
                         "  exceptions:\n    - {name: a, fields: [proc.name], values: " + values + "}\n",
                     "an alias cannot stand within the node that it names");
    // One long text under a thousand aliases.
    std::string lists = "- list: l0\n  items: [&t " + std::string(1 << 20, 'x') + "]\n";
    for (int i = 1; i <= 1'000; ++i) lists += "- list: l" + std::to_string(i) + "\n  items: [*t]\n";
    expect_error(lists, "this file has too many values");
}

TEST_F(HostileInput, ListOfAMillionItems) {
    std::string items;
    for (int i = 0; i < 1'000'000; ++i) items += (i ? ", x" : "x") + std::to_string(i);
    std::string list = "- list: l\n  items: [" + items + "]\n";
    expect_valid(list + rule_with("evt.type = open"));
    // In a condition it is longer than any condition may be.
    expect_error(list + rule_with("evt.type = open and proc.name in (l)"), "bytes long; at most");
}

TEST_F(HostileInput, YamlNestedDeep) {
    Outcome outcome = check("- list: l\n  items: " + repeated("[", 100'000));
    EXPECT_EQ(outcome.exit, 2) << outcome.err.substr(0, 500);
    outcome = check(repeated("- ", 50'000) + "x");
    EXPECT_EQ(outcome.exit, 2) << outcome.err.substr(0, 500);
}

}  // namespace
}  // namespace stoop::tests
