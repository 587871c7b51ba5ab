#include "compiler/semantics/list_names.h"

#include <gtest/gtest.h>

namespace stoop {
namespace {

MappedText text(const std::string& s, uint32_t file = 0) {
    MappedText out;
    out.append(s, file, 0);
    return out;
}

std::string replaced(const std::string& condition, const std::vector<std::string>& items) {
    std::vector<MappedText> mapped;
    for (const std::string& item : items) mapped.push_back(text(item, 1));
    MappedText out = text(condition);
    replace_list_name(out, "l", mapped, 1000);
    return out.text();
}

TEST(ListNames, DelimitedNamesAreReplaced) {
    EXPECT_EQ(replaced("proc.name in (l)", {"a", "b c"}), "proc.name in ( a, \"b c\" )");
    EXPECT_EQ(replaced("proc.name in (x, l)", {"a"}), "proc.name in (x, a )");
    EXPECT_EQ(replaced("l and x", {"a"}), "a and x");
    EXPECT_EQ(replaced("proc.env[l] = ll", {"a"}), "proc.env[l] = ll");
}

TEST(ListNames, FindsWhichStandInAText) {
    ListNames names({"shells", "my list", "a=b", "", "editors"});
    auto first = [&](const char* text, size_t from = 0) { return names.first_in(text, from); };
    EXPECT_EQ(first("proc.name in (editors, shells)"), 0u);
    EXPECT_EQ(first("proc.name in (editors, shells)", 1), 4u);
    EXPECT_EQ(first("proc.name in (editors, shells)", 5), std::nullopt);
    EXPECT_EQ(first("shells"), 0u);
    EXPECT_EQ(first("proc.name in (shellsx, x-shells)"), std::nullopt);
    EXPECT_EQ(first("proc.name in (my list)"), 1u);
    EXPECT_EQ(first("(a=b)"), 2u);
    EXPECT_EQ(first(""), std::nullopt);
}

TEST(ListNames, AnEmptyListTakesOneCommaAlong) {
    EXPECT_EQ(replaced("(x, l, y)", {}), "(x, y)");
    EXPECT_EQ(replaced("(l)", {}), "()");
}

TEST(ListNames, ItemsKeepTheirPlace) {
    MappedText out = text("in (l)");
    replace_list_name(out, "l", {text("item", 1)}, 1000);
    size_t at = out.text().find("item");
    EXPECT_EQ(out.span(at, at + 4).file, 1u);
    EXPECT_EQ(out.span(at, at + 4).end, 4u);
    EXPECT_EQ(out.span(out.text().size() - 1, out.text().size()).begin, 5u);
}

TEST(ListNames, WhatGrowsTooLongIsCutOff) {
    MappedText out = text("l l l l l l");
    replace_list_name(out, "l", {text(std::string(50, 'x'))}, 100);
    EXPECT_GT(out.text().size(), 100u);
    EXPECT_LT(out.text().size(), 200u);
}

}  // namespace
}  // namespace stoop
