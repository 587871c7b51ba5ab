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
    return replace_list_name(text(condition), "l", mapped).text();
}

TEST(ListNames, DelimitedNamesAreReplaced) {
    EXPECT_EQ(replaced("proc.name in (l)", {"a", "b c"}), "proc.name in ( a, \"b c\" )");
    EXPECT_EQ(replaced("proc.name in (x, l)", {"a"}), "proc.name in (x, a )");
    EXPECT_EQ(replaced("l and x", {"a"}), "a and x");
    EXPECT_EQ(replaced("proc.env[l] = ll", {"a"}), "proc.env[l] = ll");
}

TEST(ListNames, AnEmptyListTakesOneCommaAlong) {
    EXPECT_EQ(replaced("(x, l, y)", {}), "(x, y)");
    EXPECT_EQ(replaced("(l)", {}), "()");
}

TEST(ListNames, ItemsKeepTheirPlace) {
    MappedText out = replace_list_name(text("in (l)"), "l", {text("item", 1)});
    size_t at = out.text().find("item");
    EXPECT_EQ(out.span(at, at + 4).file, 1u);
    EXPECT_EQ(out.span(at, at + 4).end, 4u);
    EXPECT_EQ(out.span(out.text().size() - 1, out.text().size()).begin, 5u);
}

}  // namespace
}  // namespace stoop
