// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/value_table.h"

#include <gtest/gtest.h>

#include <limits>

namespace stoop {
namespace {

TEST(ValueTable, FindsWhatItWasFilledWith) {
    ValueTable table;
    for (int count : {0, 1, 2, 3, 100}) {
        std::vector<std::string> texts;
        for (int i = 0; i < count; ++i) texts.push_back(std::to_string(i % 50));
        std::vector<Value> values;
        for (const std::string& text : texts) values.push_back(Value::of_text(text));
        table.fill(values, TypeClass::Text);
        for (const std::string& text : texts) EXPECT_TRUE(table.contains(Value::of_text(text)));
        EXPECT_FALSE(table.contains(Value::of_text("x")));
        EXPECT_FALSE(table.contains(Value::of_text("")));
    }
}

TEST(ValueTable, Numbers) {
    ValueTable table;
    std::vector<Value> numbers{Value::of_signed(-1), Value::of_signed(0), Value::of_signed(7)};
    table.fill(numbers, TypeClass::Signed);
    EXPECT_TRUE(table.contains(Value::of_signed(-1)));
    EXPECT_FALSE(table.contains(Value::of_signed(1)));
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    std::vector<Value> doubles{Value::of_double(-0.0), Value::of_double(kNone), Value::of_double(1.5)};
    table.fill(doubles, TypeClass::Double);
    EXPECT_TRUE(table.contains(Value::of_double(0.0)));
    EXPECT_TRUE(table.contains(Value::of_double(1.5)));
    EXPECT_FALSE(table.contains(Value::of_double(kNone)));  // it equals nothing
    EXPECT_FALSE(table.contains(Value::of_double(2.5)));
}

}  // namespace
}  // namespace stoop
