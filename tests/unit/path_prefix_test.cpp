// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/path_prefix.h"

#include <gtest/gtest.h>

namespace stoop {
namespace {

bool matches(const std::vector<std::string>& patterns, const std::string& value) {
    PathPrefixes paths;
    for (const std::string& pattern : patterns) paths.add(pattern);
    return paths.match(value);
}

TEST(PathPrefixes, WholeComponentsFromTheRoot) {
    EXPECT_TRUE(matches({"/etc"}, "/etc/passwd"));
    EXPECT_TRUE(matches({"/etc"}, "/etc"));
    EXPECT_FALSE(matches({"/etc"}, "/etcetera"));
    EXPECT_FALSE(matches({"/etc/ssh"}, "/etc"));
    EXPECT_TRUE(matches({"/usr", "/etc//ssh/"}, "etc/ssh/key"));
}

TEST(PathPrefixes, ComponentsMayBePatterns) {
    EXPECT_TRUE(matches({"/home/*/.ssh"}, "/home/me/.ssh/id"));
    EXPECT_FALSE(matches({"/home/*/.ssh"}, "/home/me/you/.ssh"));
    EXPECT_TRUE(matches({"/etc/pass?d"}, "/etc/passwd"));
}

TEST(PathPrefixes, EdgesAreAsFalcos) {
    EXPECT_TRUE(matches({"/"}, ""));
    EXPECT_FALSE(matches({}, "/etc"));
    EXPECT_FALSE(matches({"/opt/?ir/y", "/opt/*/x"}, "/opt/dir/y"));
    EXPECT_TRUE(matches({"/opt/*/x", "/opt/?ir/y"}, "/opt/dir/y"));
}

}  // namespace
}  // namespace stoop
