// SPDX-License-Identifier: Apache-2.0
// The index of ranges finds what comparing the value with each of them finds.
#include "runtime/engine/range_index.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/support/members.h"

namespace stoop {
namespace {

using tests::only;

std::set<uint32_t> found(const RangeIndex& index, const Value& value) {
    std::set<uint32_t> out;
    index.look(value, [&](const RuleRange& range) {
        for (uint32_t i = range.begin; i < range.begin + range.count; ++i)
            for (uint32_t bit = 0; bit < 64; ++bit)
                if (index.members()[i].bits >> bit & 1) out.insert(index.members()[i].word * 64 + bit);
    });
    return out;
}

TEST(RangeIndex, FindsWhatComparisonsFind) {
    std::mt19937_64 random(5);
    for (int round = 0; round < 2000; ++round) {
        bool is_signed = round % 2 == 0;
        TypeClass type = is_signed ? TypeClass::Signed : TypeClass::Unsigned;
        auto number = [&] {
            const int64_t kEdges[] = {INT64_MIN, INT64_MAX, -1, 0, 1};
            return Value::of_signed(random() % 4 == 0 ? kEdges[random() % 5]
                                                      : static_cast<int64_t>(random() % 40) - 20);
        };
        RangeIndex index(type);
        std::vector<KeyRange> ranges;
        for (uint32_t member = 0; member < 1 + random() % 70; ++member) {
            RangeKey a = number_key(number(), type), b = number_key(number(), type);
            ranges.push_back({std::min(a, b), random() % 3 == 0 ? std::min(a, b) : std::max(a, b), false});
            index.add(ranges.back(), only(static_cast<uint32_t>(ranges.size() - 1)));
        }
        index.build();
        for (int i = 0; i < 30; ++i) {
            Value value = number();
            RangeKey key = number_key(value, type);
            std::set<uint32_t> want;
            for (uint32_t member = 0; member < ranges.size(); ++member)
                if (ranges[member].low <= key && key <= ranges[member].high) want.insert(member);
            ASSERT_EQ(found(index, value), want) << value.i;
        }
    }
}

TEST(RangeIndex, FamiliesOfAddressesAreApart) {
    using std::string_view_literals::operator""sv;
    RangeIndex index(TypeClass::Address);
    index.add({address_key("\x0A\0\0\0"sv), address_key("\x0A\xFF\xFF\xFF"), false}, only(1));
    index.add({0, ~RangeKey{0}, true}, only(2));
    index.build();
    EXPECT_EQ(found(index, Value::of_text("\x0A\x01\x02\x03"sv)), std::set<uint32_t>{1});
    EXPECT_EQ(found(index, Value::of_text("\x0B\x01\x02\x03"sv)), std::set<uint32_t>{});
    EXPECT_EQ(found(index, Value::of_text("\0\0\0\0\0\0\0\0\0\0\0\0\x0A\x01\x02\x03"sv)),
              std::set<uint32_t>{2});
    EXPECT_EQ(found(index, Value::of_text("")), std::set<uint32_t>{});
}

// Ranges within ranges would need a list for each pair of them: the widest are found wherever the value is.
TEST(RangeIndex, VeryManyNestedRanges) {
    RangeIndex index(TypeClass::Unsigned);
    for (uint32_t i = 0; i < 5000; ++i) index.add({i, 100'000 - i, false}, only(i));
    index.build();
    EXPECT_EQ(found(index, Value::of_unsigned(50'000)).size(), 5000u);
    EXPECT_TRUE(found(index, Value::of_unsigned(10)).contains(10));
    EXPECT_LE(found(index, Value::of_unsigned(10)).size(), 5000u);
}

}  // namespace
}  // namespace stoop
