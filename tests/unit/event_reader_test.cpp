#include "runtime/ingest/event_reader.h"

#include <gtest/gtest.h>

namespace stoop {
namespace {

// `line:column text` of each record.
std::vector<std::string> records(std::string text) {
    std::FILE* file = fmemopen(text.data(), text.size(), "r");
    EventReader reader(file);
    std::vector<std::string> out;
    while (auto record = reader.next())
        out.push_back(std::to_string(record->line) + ":" + std::to_string(record->column) + " " +
                      std::string(record->text));
    std::fclose(file);
    return out;
}

using Lines = std::vector<std::string>;

TEST(EventReader, Lines) {
    EXPECT_EQ(records("{}\n{\"a\":1}\n"), (Lines{"1:1 {}", "2:1 {\"a\":1}"}));
    EXPECT_EQ(records("{}\r\n\n{}"), (Lines{"1:1 {}", "3:1 {}"}));
    EXPECT_EQ(records("\xEF\xBB\xBF{}\n"), (Lines{"1:1 {}"}));
}

TEST(EventReader, OneDocumentOverSeveralLines) {
    EXPECT_EQ(records("\n{\n \"a\": 1\n}\n"), (Lines{"2:1 {\n \"a\": 1\n}"}));
}

TEST(EventReader, AnArray) {
    EXPECT_EQ(records("[{\"a\":1},\n  {\"b\":[2,\"]\"]}]"),
              (Lines{"1:2 {\"a\":1}", "2:3 {\"b\":[2,\"]\"]}"}));
    EXPECT_EQ(records("[]\n"), (Lines{}));
}

TEST(EventReader, WhatIsNoDocumentIsReadAsLines) {
    EXPECT_EQ(records("{\"a\":\n{}\n"), (Lines{"1:1 {\"a\":", "2:1 {}"}));
    EXPECT_EQ(records("nonsense\n"), (Lines{"1:1 nonsense"}));
    EXPECT_EQ(records("{\"a\":\n{\"b\":1}\n}\n"), (Lines{"1:1 {\"a\":", "2:1 {\"b\":1}", "3:1 }"}));
}

TEST(EventReader, ALongArrayTakesLinearTime) {
    std::string text = "[";
    for (int i = 0; i < 200'000; ++i) text += "{},";
    EXPECT_EQ(records(text + "{}]").size(), 200'001u);
}

TEST(EventReader, ALineThatIsTooLongIsSaidToBe) {
    std::string text = "{}" + std::string(EventReader::kLongestLine, ' ') + "x\n{}\n";
    std::FILE* file = fmemopen(text.data(), text.size(), "r");
    EventReader reader(file);
    auto first = reader.next();
    ASSERT_TRUE(first);
    ASSERT_TRUE(first->problem);
    EXPECT_EQ(first->problem->kind, EventProblem::Kind::TooLong);
    auto second = reader.next();
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->problem);
    EXPECT_EQ(second->text, "{}");
    std::fclose(file);
}

}  // namespace
}  // namespace stoop
