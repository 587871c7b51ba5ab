// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/nearest.h"

#include <gtest/gtest.h>

namespace stoop {
namespace {

TEST(Nearest, ASlipOfTheKeyboard) {
    EXPECT_EQ(nearest("proc.nmae", {"proc.pid", "proc.name", "proc.env"}), "proc.name");
    EXPECT_EQ(nearest("proc.name", {"proc.name"}), "");  // it is no slip
    EXPECT_EQ(nearest("something", {"else", "entirely"}), "");
    EXPECT_EQ(nearest("ab", {"cd"}), "");
    EXPECT_EQ(nearest("abc", {"abd", "abe"}), "abd");
    EXPECT_EQ(nearest("", {"a"}), "");
    EXPECT_EQ(nearest("evt.tpye", {"evt.time", "evt.type"}),
              "evt.type");  // two that change places are one slip
    EXPECT_EQ(nearest("proc.cmd", {"proc.cwd", "proc.cmdline"}), "proc.cmdline");  // it goes on
    EXPECT_EQ(nearest("fd", {"fd.name"}), "");                                     // too little to go on from
}

TEST(Nearest, ANameThatDiffersInCaseOnly) {
    EXPECT_EQ(nearest("EXECVE", {"execv", "execve"}), "execve");
    EXPECT_EQ(nearest("A SHELL", {"A SHELF", "A shell"}), "A shell");
    EXPECT_EQ(nearest("ABCDEF", {"abcdeg"}), "abcdeg");
}

// To look at all of these would take a day.
TEST(Nearest, OfVeryManyNamesTheFirstAreLookedAt) {
    std::string wanted(128, 'a');
    std::vector<std::string> names;
    for (int i = 0; i < 1000; ++i)
        names.push_back(std::string(96, 'a') + std::string(32, static_cast<char>('b' + i % 20)));
    std::vector<std::string_view> views;
    for (int i = 0; i < 1000; ++i) views.insert(views.end(), names.begin(), names.end());
    for (int i = 0; i < 100; ++i) EXPECT_EQ(nearest(wanted, views).size(), 128u);
}

}  // namespace
}  // namespace stoop
