// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/printable.h"

#include <gtest/gtest.h>

namespace stoop {
namespace {

TEST(Printable, OrdinaryTextStays) {
    for (std::string text : {"", "sh -c id", "naïve ‘quotes’ 日本語 🦅", "C:\\n", "a\"b'c`d"})
        EXPECT_EQ(printable(text), text);
}

TEST(Printable, NoLineBreaks) {
    EXPECT_EQ(printable("a\n::error::x\r\nok 99"), "a\\n::error::x\\r\\nok 99");
    EXPECT_EQ(printable("a\vb\fc\x85\u0085d\u2028e\u2029"), "a\\u000bb\\fc\uFFFD\\u0085d\\u2028e\\u2029");
}

TEST(Printable, NoEscapeSequences) {
    EXPECT_EQ(printable("\x1b[31mred\x1b]0;title\x07"), "\\u001b[31mred\\u001b]0;title\\u0007");
    EXPECT_EQ(printable("\u009b31m \u0090 \u009d \x9b"), "\\u009b31m \\u0090 \\u009d \uFFFD");
    EXPECT_EQ(printable(std::string("\0\b\x7f", 3)), "\\u0000\\b\\u007f");
}

TEST(Printable, NothingThatHides) {
    EXPECT_EQ(printable("a\u202Eb\u2066c\u200F\u061C\u200B\uFEFF\u00AD"),
              "a\\u202eb\\u2066c\\u200f\\u061c\\u200b\\ufeff\\u00ad");
    EXPECT_EQ(printable("\uFFFE\uFFFF\U0001FFFE\uFDD0\U000E0041"),
              "\\ufffe\\uffff\\ud83f\\udffe\\ufdd0\\udb40\\udc41");
}

TEST(Printable, WhatIsNotUtf8) {
    // A bad byte, half a character, a surrogate, an overlong form, beyond the last code.
    EXPECT_EQ(printable("\xFFz"), "\uFFFDz");
    EXPECT_EQ(printable("\xE2\x82"), "\uFFFD");
    EXPECT_EQ(printable("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
    EXPECT_EQ(printable("\xC0\xAF\xF4\x90\x80\x80"), std::string("\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"));
}

// Two names could look the same.
TEST(Printable, CharactersThatNobodySees) {
    EXPECT_EQ(printable("a\u034f\ufff9\u3164\u115f\uffa0\ufe0f\u17b5\u2800b"),
              "a\\u034f\\ufff9\\u3164\\u115f\\uffa0\\ufe0f\\u17b5\\u2800b");
    EXPECT_EQ(printable("\u0350\u3163\ufffc\u00e4"), "\u0350\u3163\ufffc\u00e4");
}

TEST(Printable, ASecondTimeChangesNothing) {
    std::string text;
    for (int c = 1; c < 256; ++c) text += static_cast<char>(c);
    text += "\u202e\uFFFE\U000E0041";
    EXPECT_EQ(printable(printable(text)), printable(text));
}

TEST(Printable, ArgumentsOfAFormatAreMadeHarmlessAndReadyTextIsNot) {
    std::string name = "a\nb";
    std::string_view view = name;
    EXPECT_EQ(format_printable("{} {} {} {:>4}\n{}", name, view, 7, std::string("\t"), Ready{name}),
              "a\\nb a\\nb 7   \\t\na\nb");
}

TEST(Printable, LinesStayLines) {
    EXPECT_EQ(printable_lines("a\x1b\nb\r\n\n"), "a\\u001b\nb\\r\n\n");
    EXPECT_EQ(printable_lines(""), "");
}

}  // namespace
}  // namespace stoop
