#include "runtime/match/text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "runtime/match/pair_search.h"

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
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (size_t size = random() % 200; text.size() < size;) text += "abAB"[random() % 4];
        std::vector<BytePair> pairs(1 + random() % kMostPairs);
        for (BytePair& pair : pairs) pair = {"ab"[random() % 2], "ab"[random() % 2], random() % 70};
        char fold = random() % 2 == 0 ? 0 : 0x20;
        size_t from = random() % 3;
        std::vector<std::vector<size_t>> want(pairs.size());
        for (size_t at = from; at < text.size(); ++at)
            for (size_t i = 0; i < pairs.size(); ++i)
                if (at + pairs[i].distance < text.size() && (text[at] | fold) == pairs[i].first &&
                    (text[at + pairs[i].distance] | fold) == pairs[i].second)
                    want[i].push_back(at);
        auto add = [](uint64_t mask, size_t at, std::vector<size_t>& to) {
            for (size_t i = 0; i < kPairBlock; ++i)
                if (mask >> i & 1) to.push_back(at + i);
        };
        for (const PairSearch& search : pair_searches()) {
            std::vector<size_t> of_first;
            for (PairPlaces places = search.one(text, from, pairs[0], fold); places.mask != 0;
                 places = search.one(text, places.at + kPairBlock, pairs[0], fold))
                add(places.mask, places.at, of_first);
            ASSERT_EQ(of_first, want[0]) << text;
            std::vector<std::vector<size_t>> got(pairs.size());
            uint64_t masks[kMostPairs];
            for (size_t at = search.several(text, from, pairs, fold, masks); at < text.size();
                 at = search.several(text, at + kPairBlock, pairs, fold, masks))
                for (size_t i = 0; i < pairs.size(); ++i) add(masks[i], at, got[i]);
            ASSERT_EQ(got, want) << text;
        }
    }
}

}  // namespace
}  // namespace stoop
