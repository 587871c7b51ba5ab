// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/range_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "runtime/event/address.h"

namespace stoop {
namespace {

TEST(RangeSet, Numbers) {
    std::vector<KeyRange> ranges;
    for (int64_t number : std::initializer_list<int64_t>{5, 7, 6, -1, INT64_MIN, INT64_MAX})
        ranges.push_back(number_range(Value::of_signed(number), TypeClass::Signed));
    RangeSet set;
    EXPECT_TRUE(set.empty());
    set.build(ranges);
    EXPECT_FALSE(set.empty());
    for (int64_t number : std::initializer_list<int64_t>{5, 6, 7, -1, INT64_MIN, INT64_MAX})
        EXPECT_TRUE(set.contains(Value::of_signed(number), TypeClass::Signed)) << number;
    for (int64_t number : std::initializer_list<int64_t>{4, 8, 0, -2, INT64_MIN + 1, INT64_MAX - 1})
        EXPECT_FALSE(set.contains(Value::of_signed(number), TypeClass::Signed)) << number;
}

std::string random_bytes(std::mt19937& random, size_t size) {
    std::string out;
    // Few different ones, so that networks lie in each other and touch.
    for (size_t i = 0; i < size; ++i) out += static_cast<char>(random() % 3 == 0 ? 255 : random() % 2);
    return out;
}

TEST(RangeSet, NetworksHoldWhatOneOfThemHolds) {
    std::mt19937 random(3);
    for (int round = 0; round < 300; ++round) {
        std::vector<std::string> networks;
        std::vector<KeyRange> ranges;
        for (size_t i = 0; i < 1 + random() % 30; ++i) {
            size_t size = random() % 2 == 0 ? 4 : 16;
            std::string network = random_bytes(random, size);
            network += static_cast<char>(size == 4 ? random() % 33 : 1 + random() % 128);
            networks.push_back(network);
            ranges.push_back(network_range(network));
        }
        RangeSet set;
        set.build(ranges);
        for (int i = 0; i < 100; ++i) {
            std::string address = random_bytes(random, random() % 2 == 0 ? 4 : 16);
            bool expected = std::any_of(networks.begin(), networks.end(), [&](const std::string& n) {
                return n.size() == address.size() + 1 &&
                       in_network(address, n, static_cast<unsigned char>(n.back()));
            });
            ASSERT_EQ(set.contains(Value::of_text(address), TypeClass::Network), expected);
        }
        EXPECT_FALSE(set.contains(Value::of_text("abc"), TypeClass::Network));
    }
}

}  // namespace
}  // namespace stoop
