// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/json/block_reader.h"

#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

// `line:column text` of each record, with its flaw if it has one.
std::vector<std::string> records(const std::string& text) {
    TemporaryFolder folder;
    std::string path = (folder.path() / "events").string();
    write_file(path, text);
    ByteSource source(path, {});
    BlockReader reader(source);
    std::vector<std::string> out;
    for (Block block; reader.next(block);)
        for (const Record& record : block.records) {
            static const char* const kFlaws[] = {"",     " UNENDED", " TOO LONG", " LONG ELEMENT",
                                                 " BAD", " OPEN"};
            out.push_back(std::to_string(record.line) + ":" + std::to_string(record.column) + " " +
                          std::string(block.text(record)) + kFlaws[static_cast<size_t>(record.flaw)]);
        }
    EXPECT_EQ(source.problem(), "");
    return out;
}

using Lines = std::vector<std::string>;

TEST(BlockReader, Lines) {
    EXPECT_EQ(records("{}\n{\"a\":1}\n"), (Lines{"1:1 {}", "2:1 {\"a\":1}"}));
    EXPECT_EQ(records("{}\r\n\n{}"), (Lines{"1:1 {}", "3:1 {} UNENDED"}));
    EXPECT_EQ(records("\xEF\xBB\xBF{}\n"), (Lines{"1:1 {}"}));
    EXPECT_EQ(records(""), (Lines{}));
    EXPECT_EQ(records("\n \r\n\t"), (Lines{}));
}

// What is left of a line or an array when somebody does not want the rest is no mistake, and no records.
TEST(BlockReader, AnInterruptEndsItBetweenRecords) {
    std::string one = "{\"a\":\"" + std::string(1000, 'x') + "\"}", lines, array = "[" + one;
    while (lines.size() < 3 * BlockReader::kBlock) lines += one + "\n";
    while (array.size() < 3 * BlockReader::kBlock) array += ",\n" + one;
    for (const std::string& text : {lines, array + "]"}) {
        TemporaryFolder folder;
        std::string path = (folder.path() / "events").string();
        write_file(path, text);
        Interrupt interrupt;
        ByteSource source(path, {false, &interrupt});
        BlockReader reader(source);
        Block block;
        ASSERT_TRUE(reader.next(block));
        interrupt.requested = true;
        while (reader.next(block))
            for (const Record& record : block.records) {
                EXPECT_EQ(record.flaw, Flaw::None);
                EXPECT_EQ(block.text(record), one);
            }
    }
}

TEST(BlockReader, OneDocumentOverSeveralLines) {
    EXPECT_EQ(records("\n{\n \"a\": 1\n}\n"), (Lines{"2:1 {\n \"a\": 1\n}"}));
    EXPECT_EQ(records("\xEF\xBB\xBF{\n}"), (Lines{"1:1 {\n}"}));
}

TEST(BlockReader, AnArray) {
    EXPECT_EQ(records("[{\"a\":1},\n  {\"b\":[2,\"]\"]}]"),
              (Lines{"1:2 {\"a\":1}", "2:3 {\"b\":[2,\"]\"]}"}));
    EXPECT_EQ(records("[]\n"), (Lines{}));
    EXPECT_EQ(records("[\n{\"a\":\"\\\"é]\"}, 3 ,\"x\"]"),
              (Lines{"2:1 {\"a\":\"\\\"é]\"}", "2:15 3", "2:18 \"x\""}));
}

TEST(BlockReader, ABrokenArrayGoesOnWithLines) {
    EXPECT_EQ(records("[{} {}\n{\"a\":1}\n"), (Lines{"1:2 {}", "1:5 {} BAD", "2:1 {\"a\":1}"}));
    EXPECT_EQ(records("[{}]{}\n{}\n"), (Lines{"1:2 {}", "1:5 {} BAD", "2:1 {}"}));
    EXPECT_EQ(records("[{},\n{\"a\""), (Lines{"1:2 {}", "2:1 {\"a\" OPEN"}));
    EXPECT_EQ(records("[{}"), (Lines{"1:2 {}", "1:4  OPEN"}));
}

TEST(BlockReader, WhatIsNoDocumentIsReadAsLines) {
    EXPECT_EQ(records("{\"a\":\n{}\n"), (Lines{"1:1 {\"a\":", "2:1 {}"}));
    EXPECT_EQ(records("nonsense\n"), (Lines{"1:1 nonsense"}));
    EXPECT_EQ(records("[INFO] started\n{}\n"), (Lines{"1:1 [INFO] started", "2:1 {}"}));
    EXPECT_EQ(records("{\"a\":\n{\"b\":1}\n}\n"), (Lines{"1:1 {\"a\":", "2:1 {\"b\":1}", "3:1 }"}));
}

TEST(BlockReader, ALongArrayTakesLinearTime) {
    std::string text = "[";
    for (int i = 0; i < 200'000; ++i) text += "{},";
    EXPECT_EQ(records(text + "{}]").size(), 200'001u);
}

TEST(BlockReader, LinesAcrossBlocks) {
    std::string text;
    Lines want;
    for (size_t i = 1; text.size() < 5 * BlockReader::kBlock; ++i) {
        std::string line = "{\"n\":\"" + std::string(i * 37 % 5000, 'x') + "\"}";
        text += line + "\n";
        want.push_back(std::to_string(i) + ":1 " + line);
    }
    EXPECT_EQ(records(text), want);
}

TEST(BlockReader, ALineThatIsTooLongIsSaidToBe) {
    std::string much(BlockReader::kLongest, ' ');
    Lines got = records("{}" + much + "x\n{}\n");
    ASSERT_EQ(got.size(), 2u);
    EXPECT_TRUE(got[0].ends_with("TOO LONG"));
    EXPECT_EQ(got[1], "2:1 {}");
    // However long, and whatever ends it.
    got = records("{}\n{\"a\":\"" + much + much + much);
    ASSERT_EQ(got.size(), 2u);
    EXPECT_TRUE(got[1].ends_with("TOO LONG"));
    got = records("[{},{\"a\":\"" + much + "\"}]");
    ASSERT_EQ(got.size(), 2u);
    EXPECT_TRUE(got[1].ends_with("LONG ELEMENT"));
    // The longest that is read.
    EXPECT_EQ(records("{}\n" + much.substr(1) + "1\n").size(), 2u);
}

}  // namespace
}  // namespace stoop::tests
