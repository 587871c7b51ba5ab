// SPDX-License-Identifier: Apache-2.0
// Patterns of project files, the order in which rule files load, and what a change of a project file changes.
#include <gtest/gtest.h>

#include "compiler/project/file_patterns.h"
#include "compiler/project/project_changes.h"
#include "compiler/project/rule_text.h"

namespace stoop::tests {
namespace {

struct PatternCase {
    const char* path;
    const char* pattern;
    bool matches;
};

constexpr PatternCase kPatterns[] = {
    {"a.yaml", "a.yaml", true},
    {"a.yaml", "./a.yaml", true},
    {"a.yaml", "*.yaml", true},
    {"a.yaml", "?.yaml", true},
    {"a.yaml", "[ab].yaml", true},
    {"a.yml", "*.yaml", false},
    {"x/a.yaml", "*.yaml", false},
    {"x/a.yaml", "*/*.yaml", true},
    {"x/y/a.yaml", "*/*.yaml", false},
    {"a.yaml", "**/*.yaml", true},
    {"x/y/a.yaml", "**/*.yaml", true},
    {"x/y/a.yaml", "x/**", true},
    {"x/y/a.yaml", "x/**/a.yaml", true},
    {"x/a.yaml", "x/**/**/a.yaml", true},
    {"x/y/a.yaml", "**/x/*.yaml", false},
    {"x/.a.yaml", "x/*.yaml", false},
    {"x/.a.yaml", "x/.*.yaml", true},
    {"", "**", true},
    {"a", "", false},
};

TEST(Patterns, MatchNameByName) {
    for (const PatternCase& one : kPatterns)
        EXPECT_EQ(matches_pattern(one.path, one.pattern), one.matches) << one.path << " " << one.pattern;
}

// What would take a backtracking matcher for ever.
TEST(Patterns, TakeLinearTime) {
    std::string path, pattern;
    for (int i = 0; i < 400; ++i) {
        path += "a/";
        pattern += "**/a*/";
    }
    EXPECT_FALSE(matches_pattern(path + "b", pattern + "c"));
    EXPECT_FALSE(matches_pattern(std::string(250, 'a') + "b", "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*c"));
}

std::string order(const std::vector<std::pair<std::string, std::string>>& files) {
    std::vector<RuleText> read;
    for (const auto& [path, text] : files) read.push_back(read_rule_text(path, text, {}));
    std::string out;
    for (const RuleText& file : in_load_order(std::move(read))) out += (out.empty() ? "" : " ") + file.path;
    return out;
}

TEST(LoadOrder, FollowsWhatFilesUse) {
    const std::string kMacro = "- {macro: m, condition: evt.type = open}\n";
    const std::string kUse = "- {rule: r, condition: m and proc.name = a}\n";
    const std::string kChange = "- {rule: r, condition: and proc.name = b, override: {condition: append}}\n";
    EXPECT_EQ(order({{"a.yaml", kUse}, {"b.yaml", kMacro}}), "b.yaml a.yaml");
    EXPECT_EQ(order({{"a.yaml", kChange}, {"b.yaml", kUse}, {"c.yaml", kMacro}}), "c.yaml b.yaml a.yaml");
    EXPECT_EQ(order({{"a.yaml", kMacro}, {"z/falco_rules.yaml", kUse}}), "z/falco_rules.yaml a.yaml");
    EXPECT_EQ(order({{"a.yaml", "- {list: l, items: [k]}\n"}, {"b.yaml", "- {list: k, items: [l]}\n"}}),
              "a.yaml b.yaml");  // each uses the other
}

TEST(ProjectChanges, NameEveryKey) {
    Sources sources;
    Diagnostics found;
    auto read = [&](const char* text) {
        return read_project_file(sources, sources.add("stoop.yaml", text), {}, found);
    };
    ProjectFile before = read("rulesets: {a: {rules: [x.yaml], coverage: {min: 80}}, b: {rules: [y.yaml]}}");
    ProjectFile after =
        read("rulesets: {b: {rules: [y.yaml, z.yaml]}, c: {rules: [x.yaml]}}\nwarnings: {no-tests: off}");
    EXPECT_EQ(found.errors(), 0);
    auto changes = project_changes(before, after);
    ASSERT_EQ(changes.size(), 4);
    EXPECT_TRUE(changes[0].rule_set == "a" && changes[0].drops_gates);
    EXPECT_TRUE(changes[1].rule_set == "b" && changes[1].key == "rules" &&
                changes[1].after == "y.yaml, z.yaml");
    EXPECT_TRUE(changes[2].rule_set == "c" && changes[2].after == "new");
    EXPECT_TRUE(changes[3].key == "no-tests" && changes[3].after == "off");
    EXPECT_TRUE(project_changes(before, before).empty());
}

}  // namespace
}  // namespace stoop::tests
