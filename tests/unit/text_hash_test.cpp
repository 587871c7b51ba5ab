// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/text_hash.h"

#include <gtest/gtest.h>

#include "runtime/base/text_map.h"
#include "runtime/search/text_table.h"

namespace stoop {
namespace {

uint64_t inverse(uint64_t odd) {
    uint64_t out = odd;
    for (int i = 0; i < 6; ++i) out *= 2 - odd * out;
    return out;
}

// Texts that all have the same hash by the C++ library's function (murmur, 64 bits): two blocks of eight
// bytes, of which the second undoes the one bit that the first has changed, are as good as two others; n
// pairs give 2^n texts.
std::vector<std::string> texts_with_one_library_hash(size_t pairs) {
    constexpr uint64_t kFactor = 0xc6a4a7935bd1e995, kTop = uint64_t{1} << 63;
    auto block = [&](uint64_t mixed) {  // the bytes that are mixed into the hash as `mixed`
        uint64_t k = mixed * inverse(kFactor);
        k ^= k >> 47;
        k *= inverse(kFactor);
        return std::string(reinterpret_cast<const char*>(&k), sizeof k);
    };
    std::vector<std::string> out{""};
    for (size_t pair = 0; pair < pairs; ++pair) {
        size_t known = out.size();
        for (size_t i = 0; i < known; ++i) {
            out.push_back(out[i] + block(2 * pair + 1) + block(2 * pair + 2));
            out[i] += block((2 * pair + 1) ^ kTop) + block((2 * pair + 2) ^ kTop);
        }
    }
    return out;
}

// With one hash for all of them this would take minutes.
TEST(TextHash, NobodyCanChooseTextsThatFallTogether) {
    std::vector<std::string> texts = texts_with_one_library_hash(17);
    std::hash<std::string_view> library;
    if (library(texts[0]) != library(texts[1])) GTEST_SKIP() << "the library has another hash";
    TextMap<size_t> map;
    for (size_t i = 0; i < texts.size(); ++i) map.emplace(texts[i], i);
    EXPECT_EQ(map.size(), texts.size());
    std::vector<std::string_view> views(texts.begin(), texts.end());
    TextTable table;
    table.build(views);
    for (size_t i = 0; i < texts.size(); ++i) {
        ASSERT_EQ(map.at(texts[i]), i);
        ASSERT_EQ(table.find(texts[i]), i);
    }
}

// A list may have a text as often as its budget allows: with a place for each this would take hours.
TEST(TextHash, OfEqualTextsTheFirstCounts) {
    std::vector<std::string_view> texts(1'000'000, "a");
    texts[3] = "b";
    texts.back() = "c";
    TextTable table;
    table.build(texts);
    EXPECT_EQ(table.find("a"), 0u);
    EXPECT_EQ(table.find("b"), 3u);
    EXPECT_EQ(table.find("c"), 999'999u);
    EXPECT_EQ(table.find("d"), TextTable::kNone);
}

TEST(TextHash, EqualTextsHaveEqualHashes) {
    std::string text;
    std::set<uint64_t> seen;
    for (int i = 0; i < 200; ++i) {
        std::string copy = text;
        EXPECT_EQ(hash_text(text), hash_text(copy));
        EXPECT_TRUE(seen.insert(hash_text(text)).second) << "size " << i;
        text += 'a';
    }
}

}  // namespace
}  // namespace stoop
