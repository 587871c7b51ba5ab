// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/list_names.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace stoop {
namespace {

MappedText text(const std::string& s, uint32_t file = 0) {
    MappedText out;
    out.append(s, file, 0);
    return out;
}

using Outcome = ListNames::Outcome;

// Lists with the texts that they refer to.
class Lists {
  public:
    Lists& add(const std::string& name, const std::vector<std::string>& items) {
        names_.push_back(name);
        NamedList list{names_.back()};
        for (const std::string& item : items) {
            items_.push_back(text(item, 1));
            list.items.push_back(&items_.back());
        }
        lists_.push_back(std::move(list));
        return *this;
    }
    const std::vector<NamedList>& all() const { return lists_; }

    std::string replaced(const std::string& condition) const {
        MappedText out = text(condition);
        ListBudget budget;
        std::vector<uint32_t> used;
        EXPECT_EQ(ListNames(lists_).replace(out, budget, used), Outcome::Done);
        return out.text();
    }
    // As Falco does it: list after list.
    std::string replaced_in_turn(const std::string& condition) const {
        MappedText out = text(condition);
        ListBudget budget;
        for (const NamedList& list : lists_) replace_list_name(out, list, budget);
        return out.text();
    }

  private:
    std::deque<std::string> names_;
    std::deque<MappedText> items_;
    std::vector<NamedList> lists_;
};

std::string replaced(const std::string& condition, const std::vector<std::string>& items) {
    return Lists().add("l", items).replaced(condition);
}

TEST(ListNames, DelimitedNamesAreReplaced) {
    EXPECT_EQ(replaced("proc.name in (l)", {"a", "b c"}), "proc.name in ( a, \"b c\" )");
    EXPECT_EQ(replaced("proc.name in (x, l)", {"a"}), "proc.name in (x, a )");
    EXPECT_EQ(replaced("l and x", {"a"}), "a and x");
    EXPECT_EQ(replaced("proc.env[l] = ll", {"a"}), "proc.env[l] = ll");
    EXPECT_EQ(replaced("", {"a"}), "");
}

TEST(ListNames, AnEmptyListTakesOneCommaAlong) {
    EXPECT_EQ(replaced("(x, l, y)", {}), "(x, y)");
    EXPECT_EQ(replaced("(l)", {}), "()");
}

TEST(ListNames, ALaterListIsReplacedInWhatAnEarlierOneBrings) {
    Lists lists;
    lists.add("a", {"b", "(c"}).add("b", {"x"}).add("c", {"a", "y"});
    EXPECT_EQ(lists.replaced("in (a)"), lists.replaced_in_turn("in (a)"));
    EXPECT_EQ(lists.replaced("in (a)"), "in ( x , ( a, y )");
}

TEST(ListNames, NamesWithDelimiters) {
    Lists lists;
    lists.add("my list", {"a"}).add("a=b", {"c", "d"});
    EXPECT_EQ(lists.replaced("in (my list, a=b)"), "in ( a , c, d )");
}

// Any lists and any text: names that touch, that lie in each other, that become words of others when an empty
// list goes; items with blanks, commas and names in them.
TEST(ListNames, AllAtOnceIsAsOneAfterTheOther) {
    std::mt19937 random(5);
    auto any = [&](std::initializer_list<const char*> choices) {
        return std::string(choices.begin()[random() % choices.size()]);
    };
    auto name = [&] { return any({"a", "b", "c", "d", "ab", "a b", "b,c", "(a", "x"}); };
    auto piece = [&] {
        return any(
            {"a", "b", "c", "d", "ab", "x", "(", ")", ",", ",", "=", " ", " ", "  ", "\n", "\"a b\"", "y z"});
    };
    for (int round = 0; round < 50'000; ++round) {
        Lists lists;
        std::vector<std::string> names;
        for (size_t i = 0; i < 1 + random() % 5; ++i) {
            std::string next = name();
            if (std::find(names.begin(), names.end(), next) != names.end()) continue;
            names.push_back(next);
            std::vector<std::string> items;
            for (size_t j = random() % 4; j > 0; --j) {
                std::string item = piece();
                for (size_t k = random() % 3; k > 0; --k) item += piece();
                items.push_back(random() % 10 == 0 ? "" : item);
            }
            lists.add(next, items);
        }
        std::string condition;
        for (size_t i = random() % 14; i > 0; --i) condition += piece();
        ASSERT_EQ(lists.replaced(condition), lists.replaced_in_turn(condition)) << "condition: " << condition;
    }
}

TEST(ListNames, ItemsKeepTheirPlace) {
    MappedText out = text("in (l)"), item = text("item", 1);
    ListBudget budget;
    replace_list_name(out, {"l", {&item}}, budget);
    size_t at = out.text().find("item");
    EXPECT_EQ(out.span(at, at + 4).file, 1u);
    EXPECT_EQ(out.span(at, at + 4).end, 4u);
    EXPECT_EQ(out.span(out.text().size() - 1, out.text().size()).begin, 5u);
}

TEST(ListNames, WhatGrowsTooLongIsCutOff) {
    MappedText item = text(std::string(50, 'x'));
    std::vector<NamedList> lists{{"l", {&item}}};
    MappedText out = text("l l l l l l");
    ListBudget budget;
    budget.condition = 100;
    std::vector<uint32_t> used;
    EXPECT_EQ(ListNames(lists).replace(out, budget, used), Outcome::Done);
    EXPECT_GT(out.text().size(), 100u);
    EXPECT_LT(out.text().size(), 200u);
}

TEST(ListNames, WhatIsPutIntoAllTextsHasABudget) {
    MappedText item = text(std::string(100, 'x')), out = text("(l, l, l)");
    std::vector<NamedList> lists{{"l", {&item}}};
    ListBudget budget;
    budget.items = 250;
    std::vector<uint32_t> used;
    EXPECT_EQ(ListNames(lists).replace(out, budget, used), Outcome::TooMuchText);
    budget.items = 300;
    out = text("(l, l, l)");
    EXPECT_EQ(ListNames(lists).replace(out, budget, used), Outcome::Done);
}

// Each brings the name of the next.
TEST(ListNames, AChainOfListsTakesLooks) {
    Lists lists;
    for (int i = 0; i < 100; ++i) lists.add("l" + std::to_string(i), {"(l" + std::to_string(i + 1)});
    EXPECT_EQ(lists.replaced("in l0"), lists.replaced_in_turn("in l0"));
    MappedText out = text("in l0");
    ListBudget budget;
    budget.looks = 1'000;
    std::vector<uint32_t> used;
    EXPECT_EQ(ListNames(lists.all()).replace(out, budget, used), Outcome::TooManyLooks);
}

}  // namespace
}  // namespace stoop
