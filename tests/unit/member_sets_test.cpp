// SPDX-License-Identifier: Apache-2.0
// Unions of sets of members: the right ones, and each once.
#include "runtime/engine/member_sets.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace stoop {
namespace {

Members set_of(const std::set<uint32_t>& members, uint32_t guards = 0) {
    auto out = std::make_shared<MemberSet>();
    for (uint32_t member : members) out->add(member, guards);
    return out;
}

std::set<uint32_t> members_of(const RuleRange& range, const std::vector<MemberBits>& all) {
    std::set<uint32_t> out, words;
    for (uint32_t i = range.begin; i < range.begin + range.count; ++i) {
        EXPECT_TRUE(words.insert(all[i].word).second);
        for (uint32_t bit = 0; bit < 64; ++bit)
            if (all[i].bits >> bit & 1) out.insert(all[i].word * 64 + bit);
    }
    return out;
}

TEST(MemberSets, Unions) {
    std::mt19937_64 random(3);
    for (int round = 0; round < 500; ++round) {
        std::vector<std::set<uint32_t>> sets(1 + random() % 6);
        MemberSets all;
        for (auto& set : sets) {
            for (size_t n = 1 + random() % 8; n > 0; --n) set.insert(static_cast<uint32_t>(random() % 300));
            all.push_back(set_of(set));
        }
        std::vector<MemberBits> bits;
        MemberPlacer placer(bits, all);
        for (int i = 0; i < 10; ++i) {
            std::set<uint32_t> want;
            MemberSets some;
            for (size_t n = random() % 5; n > 0; --n) {
                size_t one = random() % sets.size();
                want.insert(sets[one].begin(), sets[one].end());
                some.push_back(all[one]);
            }
            EXPECT_EQ(members_of(placer.place(some), bits), want);
        }
    }
}

TEST(MemberSets, GuardsThatAllHave) {
    std::vector<MemberBits> bits;
    Members a = set_of({1}, 0b110), b = set_of({2, 90}, 0b011);
    MemberPlacer placer(bits, {a, b});
    EXPECT_EQ(placer.place({a}).guards, 0b110u);
    EXPECT_EQ(placer.place({b, a}).guards, 0b010u);
}

TEST(MemberSets, TheSameUnionIsThereOnce) {
    std::set<uint32_t> many;
    for (uint32_t i = 0; i < 64'000; ++i) many.insert(i);
    Members a = set_of(many), b = set_of({70'000});
    std::vector<MemberBits> bits;
    MemberPlacer placer(bits, {a, b});
    for (int i = 0; i < 100'000; ++i) placer.place(i % 2 == 0 ? MemberSets{a, b, a} : MemberSets{b, a});
    EXPECT_EQ(bits.size(), 1001u);
}

// Nothing is lost where there would be too many of them.
TEST(MemberSets, UnionsAreLimited) {
    MemberSets all;
    for (uint32_t first = 0; first < 40; ++first) {
        std::set<uint32_t> set;
        for (uint32_t member = first; member < 640'000; member += 64) set.insert(member);
        all.push_back(set_of(set));
    }
    std::vector<MemberBits> bits;
    MemberPlacer placer(bits, all);
    for (uint32_t i = 0; i < 1000; ++i) {
        RuleRange range = placer.place({all[i % 40], all[i / 40]});
        for (uint32_t wanted : {i % 40, i / 40})
            EXPECT_TRUE(bits[range.begin + 9'999].bits >> wanted & 1) << i;
    }
    EXPECT_LT(bits.size(), size_t{5} << 20);
}

}  // namespace
}  // namespace stoop
