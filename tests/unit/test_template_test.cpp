// SPDX-License-Identifier: Apache-2.0
// Placeholders and cases of the event generator's templates.
#include "testing/test_template.h"

#include <gtest/gtest.h>

#include <set>

namespace stoop {
namespace {

// The key of the first placeholder, `?` for one that is no item's, or nothing if there is none.
std::string key(std::string_view text) {
    auto found = find_placeholder(text);
    if (!found) return "";
    return found->key.empty() ? "?" : std::string(found->key);
}

TEST(TestTemplate, FindsPlaceholders) {
    EXPECT_EQ(key("%{item.a}"), "a");
    EXPECT_EQ(key(" %{  item.a.b  } "), "a.b");
    EXPECT_EQ(key("x ${ item.a }"), "a");
    EXPECT_EQ(key("%{ step.ret }"), "?");
    EXPECT_EQ(key("%{ items.a }"), "?");
    EXPECT_EQ(key("${ item. }"), "?");
    EXPECT_EQ(key("{ item.a } %{ item.b }"), "b");
    EXPECT_EQ(key("%{ item.a"), "");
    EXPECT_EQ(key("% { item.a }"), "");
    EXPECT_EQ(key("{item.a}"), "");
    EXPECT_EQ(key(""), "");
}

TEST(TestTemplate, FindsEachPlaceholderOnce) {
    std::string_view text = "a %{ item.x }%{ item.y } b";
    auto first = find_placeholder(text);
    ASSERT_TRUE(first);
    EXPECT_EQ(text.substr(first->begin, first->end - first->begin), "%{ item.x }");
    auto second = find_placeholder(text, first->end);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->key, "y");
    EXPECT_FALSE(find_placeholder(text, second->end));
}

TEST(TestTemplate, MendsPlainScalarsOnly) {
    EXPECT_EQ(with_plain_placeholders("a: %{ item.b }\nc:   %{d}\n"), "a: ${ item.b }\nc:   ${d}\n");
    EXPECT_EQ(with_plain_placeholders("a: \"%{ item.b }\""), "a: \"%{ item.b }\"");
    EXPECT_EQ(with_plain_placeholders("a:%{b}, %{c}: x %{d}"), "a:%{b}, %{c}: x %{d}");
    EXPECT_EQ(with_plain_placeholders("%{a}"), "%{a}");
}

TEST(TestTemplate, HasEachCombinationOnce) {
    YamlDocuments yaml("[[1, 2, 3], [a, b], [x]]", Limits());
    auto list = [&](size_t i) {
        const YamlNode& node = yaml.roots()[0].begin()[i];
        return std::vector<YamlNode>(node.begin(), node.end());
    };
    TestTemplate cases;
    cases.add({{"k", {list(2)[0]}}, {"l", {list(1)[0]}}});
    cases.add({{"k", list(0)}, {"l", list(1)}});
    ASSERT_EQ(cases.size(), 7u);
    EXPECT_EQ(cases.label(0), "k=\"x\", l=\"a\"");
    EXPECT_EQ(cases.label(1), "k=\"1\", l=\"a\"");
    EXPECT_EQ(cases.label(2), "k=\"1\", l=\"b\"");
    EXPECT_EQ(cases.label(6), "k=\"3\", l=\"b\"");
    EXPECT_EQ(cases.value(6, "k")->Scalar(), "3");
    EXPECT_FALSE(cases.value(6, "m"));
    std::set<std::string> labels;
    for (uint64_t i = 0; i < cases.size(); ++i) labels.insert(cases.label(i));
    EXPECT_EQ(labels.size(), 7u);
}

TEST(TestTemplate, CountsMoreThanFits) {
    YamlDocuments yaml("[1, 2]", Limits());
    std::vector<YamlNode> two(yaml.roots()[0].begin(), yaml.roots()[0].end());
    TestTemplate::Values values;
    for (int i = 0; i < 70; ++i) values.push_back({std::to_string(i), two});
    TestTemplate cases;
    cases.add(values);
    cases.add(values);
    EXPECT_EQ(cases.size(), UINT64_MAX);
}

}  // namespace
}  // namespace stoop
