// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/text.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "runtime/search/pair_search.h"

namespace stoop {
namespace {

std::string random_text(std::mt19937_64& random, std::string_view alphabet, size_t longest) {
    std::string out(random() % (longest + 1), ' ');
    for (char& c : out) c = alphabet[random() % alphabet.size()];
    return out;
}

std::string lower(std::string text) {
    for (char& c : text) c = ascii_lower(c);
    return text;
}

// Few different bytes, so that much is found and much nearly is.
TEST(Text, SearchesFindWhatTheLibraryFinds) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 200'000; ++i) {
        std::string text = random_text(random, i % 2 ? "ab" : "aAbB", 60);
        std::string part = random_text(random, i % 2 ? "ab" : "aAbB", i % 3 ? 5 : 20);
        bool expected = text.find(part) != text.npos, folded = lower(text).find(lower(part)) != text.npos;
        ASSERT_EQ(contains(text, part), expected) << part << " in " << text;
        ASSERT_EQ(contains_ignoring_case(text, part), folded) << part << " in " << text;
    }
}

// Long enough for the search that is linear in any case, with the parts that make others slow.
TEST(Text, SearchesForPeriodicParts) {
    for (std::string unit : {"a", "ab", "aab", "abaab"}) {
        std::string many, part;
        while (many.size() < 5'000) many += unit;
        while (part.size() < 300) part += unit;
        EXPECT_TRUE(contains(many, part)) << unit;
        EXPECT_FALSE(contains(many, part + "x")) << unit;
        EXPECT_FALSE(contains(many, "x" + part)) << unit;
        EXPECT_TRUE(contains(many + "x" + many, part + "x" + part)) << unit;
        EXPECT_TRUE(contains(many + part + "x", part + "x")) << unit;
        EXPECT_TRUE(contains_ignoring_case(many + "X", part + "x")) << unit;
        EXPECT_FALSE(contains_ignoring_case(many, part + "x")) << unit;
    }
}

// Whatever vectors a processor has, it finds the same places.
TEST(PairSearch, KindsOfVectorsAgree) {
    std::mt19937_64 random(3);
    size_t found = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (size_t size = random() % 200; text.size() < size;) text += "abAB"[random() % 4];
        char fold = random() % 2 == 0 ? 0 : 0x20;
        BytePair pair = {"ab"[random() % 2], "ab"[random() % 2], random() % 70};
        PairSieve sieve;
        sieve.distance = pair.distance;
        std::vector<std::pair<char, char>> pairs(1 + random() % PairSieve::kMostPairs);
        for (size_t i = 0; i < pairs.size(); ++i) {
            pairs[i] = {"abcq"[random() % 4], "abcq"[random() % 4]};
            sieve.add(i, pairs[i].first, pairs[i].second, fold);
        }
        size_t from = random() % 3;
        std::map<size_t, int> want_one, want_several;  // the pairs, by place
        for (size_t at = from; at + pair.distance < text.size(); ++at) {
            auto first = static_cast<char>(text[at] | fold);
            auto second = static_cast<char>(text[at + pair.distance] | fold);
            if (first == pair.first && second == pair.second) want_one[at] = 1;
            for (size_t i = 0; i < pairs.size(); ++i)
                if (std::pair(first, second) == pairs[i]) want_several[at] |= 1 << i;
        }
        for (const PairSearch& search : pair_searches()) {
            std::map<size_t, int> one, several;
            for (PairPlaces places = search.one(text, from, pair, fold); places.mask != 0;
                 places = search.one(text, places.at + kPairBlock, pair, fold))
                for (size_t i = 0; i < kPairBlock; ++i)
                    if (places.mask >> i & 1) one[places.at + i] = 1;
            ASSERT_EQ(one, want_one) << text;
            uint8_t at[kPairBlock];
            for (PairPlaces places = search.several(text, from, sieve, at); places.mask != 0;
                 places = search.several(text, places.at + kPairBlock, sieve, at))
                for (size_t i = 0; i < kPairBlock; ++i)
                    if (places.mask >> i & 1) several[places.at + i] = at[i];
            ASSERT_EQ(several, want_several) << text;
        }
        found += want_several.size();
    }
    EXPECT_GT(found, 100'000u);
}

}  // namespace
}  // namespace stoop
