// SPDX-License-Identifier: Apache-2.0
// The index of literals finds what a comparison of the value with each of them finds.
#include "runtime/engine/literal_index.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "runtime/search/text.h"
#include "tests/support/members.h"

namespace stoop {
namespace {

using tests::only;

bool holds(LiteralPlace place, std::string_view value, std::string_view literal) {
    switch (place) {
        case LiteralPlace::Whole: return value == literal;
        case LiteralPlace::Beginning: return value.starts_with(literal);
        case LiteralPlace::End: return value.ends_with(literal);
        case LiteralPlace::Part: return contains(value, literal);
        case LiteralPlace::PartAnyCase: return contains_ignoring_case(value, literal);
    }
    return false;
}

std::set<uint32_t> found(const LiteralIndex& index, std::string_view value) {
    std::set<uint32_t> out;
    index.look(value, kAllPlaces, [&](const RuleRange& range) {
        for (uint32_t i = range.begin; i < range.begin + range.count; ++i)
            for (uint32_t bit = 0; bit < 64; ++bit)
                if (index.members()[i].bits >> bit & 1) out.insert(index.members()[i].word * 64 + bit);
    });
    return out;
}

// What `find` says, which is for few members.
std::set<uint32_t> found_in_word(const LiteralIndex& index, std::string_view value) {
    std::set<uint32_t> out;
    uint64_t bits = index.find(value, kAllPlaces, 0);
    for (uint32_t bit = 0; bit < 64; ++bit)
        if (bits >> bit & 1) out.insert(bit);
    return out;
}

std::string text(std::mt19937_64& random, size_t longest, std::string_view alphabet) {
    std::string out;
    for (size_t n = random() % (longest + 1); out.size() < n;) out += alphabet[random() % alphabet.size()];
    return out;
}

TEST(LiteralIndex, FindsWhatComparisonsFind) {
    std::mt19937_64 random(7);
    size_t hits = 0;
    for (int round = 0; round < 2000; ++round) {
        std::string_view alphabet = round % 2 == 0 ? "ab" : "aAbB/\xff";
        std::vector<std::pair<LiteralPlace, std::string>> literals;
        LiteralIndex index;
        for (uint32_t rule = 0, count = 1 + static_cast<uint32_t>(random() % 12); rule < count; ++rule) {
            auto place = static_cast<LiteralPlace>(random() % 5);
            std::string literal = text(random, 9, alphabet);
            if (literal.empty() && place != LiteralPlace::Whole) literal = "a";
            literals.emplace_back(place, literal);
            index.add(place, literal, only(rule));
        }
        index.build();
        for (int value = 0; value < 20; ++value) {
            std::string tried = text(random, value % 4 == 0 ? 200 : 24, alphabet);
            std::set<uint32_t> want;
            for (uint32_t rule = 0; rule < literals.size(); ++rule)
                if (holds(literals[rule].first, tried, literals[rule].second)) want.insert(rule);
            hits += want.size();
            ASSERT_EQ(found(index, tried), want) << "value " << tried << ", round " << round;
            ASSERT_EQ(found_in_word(index, tried), want) << "value " << tried << ", round " << round;
        }
    }
    EXPECT_GT(hits, 10'000u);
}

// Values are gone through in several stretches at once; what crosses from one to the next is found too.
TEST(LiteralIndex, PartsAcrossStretches) {
    std::mt19937_64 random(13);
    size_t hits = 0;
    for (int round = 0; round < 4000; ++round) {
        std::vector<std::string> literals;
        LiteralIndex index;
        for (uint32_t rule = 0; rule < 30; ++rule) {
            literals.push_back(text(random, 14, "abcdef") + "abcdef"[rule % 6]);
            index.add(LiteralPlace::Part, literals.back(), only(rule));
        }
        index.build();
        std::string value(40 + random() % (round % 2 == 0 ? 100 : 1000), "ab."[random() % 3]);
        for (int i = 0; i < 4; ++i) {
            const std::string& literal = literals[random() % literals.size()];
            value.replace(random() % (value.size() - literal.size() + 1), literal.size(), literal);
        }
        std::set<uint32_t> want;
        for (uint32_t rule = 0; rule < literals.size(); ++rule)
            if (holds(LiteralPlace::Part, value, literals[rule])) want.insert(rule);
        hits += want.size();
        ASSERT_EQ(found(index, value), want) << "round " << round;
        ASSERT_EQ(found_in_word(index, value), want) << "round " << round;
    }
    EXPECT_GT(hits, 1000u);
}

// What is longer than the index keeps is found by its beginning or end.
TEST(LiteralIndex, LongLiteralsAreFound) {
    std::string longer(1000, 'x');
    for (LiteralPlace place : {LiteralPlace::Whole, LiteralPlace::Beginning, LiteralPlace::End,
                               LiteralPlace::Part, LiteralPlace::PartAnyCase}) {
        LiteralIndex index;
        index.add(place, longer, only(3));
        index.build();
        EXPECT_EQ(found(index, longer), std::set<uint32_t>{3});
        EXPECT_EQ(found(index, "y"), std::set<uint32_t>{});
    }
}

// Those that agree in all that is kept are found together, each with its rule.
TEST(LiteralIndex, LongLiteralsThatBeginAlike) {
    for (LiteralPlace place : {LiteralPlace::Whole, LiteralPlace::Beginning, LiteralPlace::End,
                               LiteralPlace::Part, LiteralPlace::PartAnyCase}) {
        LiteralIndex index;
        std::string alike(100, 'x');
        for (uint32_t rule = 0; rule < 60; ++rule)
            index.add(
                place,
                place == LiteralPlace::End ? std::to_string(rule) + alike : alike + std::to_string(rule),
                only(rule));
        index.build();
        for (uint32_t rule = 0; rule < 60; ++rule) {
            std::string value =
                place == LiteralPlace::End ? std::to_string(rule) + alike : alike + std::to_string(rule);
            EXPECT_TRUE(found(index, value).contains(rule));
            EXPECT_TRUE(found_in_word(index, value).contains(rule));
        }
    }
}

// More texts to look for than the automaton may hold: every rule may be meant, none is lost.
TEST(LiteralIndex, VeryManySubstrings) {
    LiteralIndex index;
    for (uint32_t i = 0; i < 60'000; ++i) index.add(LiteralPlace::Part, std::to_string(i), only(i));
    index.add(LiteralPlace::Whole, "", only(60'000));
    index.build();
    EXPECT_TRUE(found(index, "12345").contains(12345));
    EXPECT_FALSE(found(index, "12345").contains(60'000));
    EXPECT_TRUE(found(index, "").contains(60'000));
}

// Nested as deep as they are many: neither building nor looking is recursive.
TEST(LiteralIndex, ManyNestedLiterals) {
    LiteralIndex index;
    for (uint32_t i = 1; i <= 60; ++i) {
        index.add(LiteralPlace::Beginning, std::string(i, 'a'), only(i));
        index.add(LiteralPlace::Part, std::string(i, 'a'), only(100 + i));
    }
    index.build();
    EXPECT_EQ(found(index, std::string(100'000, 'a')).size(), 120u);
    EXPECT_EQ(found(index, "aaa").size(), 6u);
}

}  // namespace
}  // namespace stoop
