// SPDX-License-Identifier: Apache-2.0
#include "runtime/match/encode.h"

#include <gtest/gtest.h>

#include <set>

#include "compiler/compiler.h"

namespace stoop {
namespace {

std::string conditions(const std::string& rules) {
    static const Schemas schemas;
    auto compiled = compile_rules({{"rules.yaml", rules}}, schemas);
    EXPECT_EQ(compiled->diagnostics.errors(), 0u) << rules;
    return encode_conditions(*compiled->plan);
}

std::string rule(const std::string& condition, const std::string& more = "") {
    return more + "- rule: R\n  desc: d\n  condition: " + condition + "\n  output: o\n  priority: INFO\n";
}

const std::string kCondition = "evt.type = open and proc.name in (a, b) and fd.num > 3 and proc.pid > 1";

TEST(Encode, WhatOnlyPeopleSeeChangesNothing) {
    std::string bytes = conditions(rule(kCondition));
    EXPECT_FALSE(bytes.empty());
    EXPECT_TRUE(conditions("# a comment\n" + rule(kCondition)) == bytes);
    EXPECT_EQ(conditions("- priority: ERROR\n  output: other\n  tags: [t]\n  desc: other\n  condition: " +
                         kCondition + "\n  rule: Another name\n"),
              bytes);
    EXPECT_TRUE(conditions(rule("evt.type=open and proc.name  in (a,b) and (fd.num > 3) and proc.pid>1")) ==
                bytes);
    EXPECT_TRUE(conditions(rule("evt.type = open and proc.name in (l) and fd.num > 3 and proc.pid > 1",
                                "- list: l\n  items: [a, b]\n")) == bytes);
}

TEST(Encode, NamesOfMacrosChangeNothing) {
    auto with_macro = [](const std::string& name) {
        return rule(name + " and fd.num > 3", "- macro: " + name + "\n  condition: evt.type = open\n");
    };
    EXPECT_TRUE(conditions(with_macro("m")) == conditions(with_macro("another")));
}

TEST(Encode, WhatDecidesChangesIt) {
    std::set<std::string> all;
    size_t tried = 0;
    for (const char* condition :
         {"evt.type = open and proc.name in (a, b) and fd.num > 3 and proc.pid > 1",
          "evt.type = open and proc.name in (a, b, c) and fd.num > 3 and proc.pid > 1",
          "evt.type = open and proc.name in (ab) and fd.num > 3 and proc.pid > 1",
          "evt.type = openat and proc.name in (a, b) and fd.num > 3 and proc.pid > 1",

          "evt.type = open and proc.name in (a, b) and fd.num >= 3 and proc.pid > 1",
          "evt.type = open and proc.name in (a, b) and fd.num > 4 and proc.pid > 1",
          "evt.type = open and proc.name in (a, b) and fd.num > 3 or proc.pid > 1",
          "evt.type = open and proc.name in (a, b) and fd.num > 3 and not proc.pid > 1",
          "evt.type = open and proc.name startswith a", "evt.type = open and proc.name startswith anyof (a)",
          "evt.type = open and tolower(proc.name) = a", "evt.type = open and toupper(proc.name) = a",
          "evt.type = open and proc.name = val(proc.pname)", "evt.type = open and proc.name exists",
          "evt.type = open and proc.aname[2] = a",

          "evt.type = open and fd.ip = 1.2.3.4", "evt.type = open and fd.net = 1.2.3.0/24",
          "evt.type = open and fd.net = 1.2.3.0/25", "evt.type = open and proc.name regex 'a.*'"}) {
        ++tried;
        EXPECT_TRUE(all.insert(conditions(rule(condition))).second) << condition;
    }
    EXPECT_EQ(all.size(), tried);
}

// Conditions read slots; which fields these are is another matter.
TEST(Encode, FieldsAreSlots) {
    EXPECT_TRUE(conditions(rule("evt.type = open and proc.name = a")) ==
                conditions(rule("evt.type = open and proc.pname = a")));
    EXPECT_FALSE(conditions(rule("evt.type = open and proc.name = a and proc.pname = b")) ==
                 conditions(rule("evt.type = open and proc.name = a and proc.name != b")));
}

TEST(Encode, TheOrderOfRulesIsSaid) {
    std::string first = "- rule: A\n  desc: d\n  condition: evt.type = open\n  output: o\n  priority: INFO\n";
    std::string second = "- rule: B\n  desc: d\n  condition: evt.type = dup\n  output: o\n  priority: INFO\n";
    EXPECT_FALSE(conditions(first + second) == conditions(second + first));
    EXPECT_FALSE(conditions(first + second) == conditions(first));
}

}  // namespace
}  // namespace stoop
