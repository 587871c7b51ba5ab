// SPDX-License-Identifier: Apache-2.0
#include "runtime/alert/markdown.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace stoop {
namespace {

using nlohmann::json;

std::string span(std::string_view text, size_t longest = 1000) {
    std::string out;
    append_code_span(text, longest, out);
    return out;
}

TEST(Markdown, CodeSpans) {
    EXPECT_EQ(span("sh -c id"), "`sh -c id`");
    EXPECT_EQ(span("\"quoted\" <b>&amp; [a](b) @who | é"), "`\"quoted\" <b>&amp; [a](b) @who | é`");
    EXPECT_EQ(span("a`b"), "``a`b``");
    EXPECT_EQ(span("``a`"), "``` ``a` ```");
    EXPECT_EQ(span(" a"), "`  a `");
    EXPECT_EQ(span(""), "`  `");
}

TEST(Markdown, ACodeSpanIsOneLineOfWhatShows) {
    EXPECT_EQ(span("a\n\n# b\r\x1b[0m\t\\n"), "`a\\n\\n# b\\r\\u001b[0m\\t\\\\n`");
    EXPECT_EQ(span(std::string_view("a\0b\x7f", 4)), "`a\\u0000b\\u007f`");
    EXPECT_EQ(span("evil\u202Etxt.exe\u200B\u2028\U000E0041"),
              "`evil\\u202etxt.exe\\u200b\\u2028\\udb40\\udc41`");
    EXPECT_EQ(span("\xFF\xE2\x82"), "`\uFFFD\uFFFD`");
}

TEST(Markdown, LongTextIsCutBetweenCharacters) {
    EXPECT_EQ(span("abcdef", 6), "`abcdef`");
    EXPECT_EQ(span("abcdef", 5), "`abcde…`");
    EXPECT_EQ(span("ab€x", 4), "`ab…`");
    EXPECT_EQ(span(std::string(9, '\x80'), 5), "`\uFFFD\uFFFD…`");
    EXPECT_LT(span(std::string(1'000'000, '`'), 200).size(), 700u);
}

// Whatever the text, the span begins with a run of backticks that comes again at its end and nowhere between,
// on the same line: that is all that CommonMark asks.
TEST(Markdown, NothingGetsOutOfACodeSpan) {
    std::mt19937 random(1);
    const std::vector<std::string> pieces = {"`", "``",   "```", "\n",   "\\", " ",
                                             "a", "\n\n", "é",   "\xFF", "<",  "…"};
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (size_t i = random() % 14; i > 0; --i) text += pieces[random() % pieces.size()];
        std::string out = span(text, 12);
        size_t fence = out.find_first_not_of('`');
        ASSERT_NE(fence, out.npos);
        ASSERT_EQ(out.find('\n'), out.npos) << text;
        std::vector<size_t> places;
        for (size_t at = 0, run; at < out.size(); at += std::max<size_t>(run, 1)) {
            run = std::min(out.find_first_not_of('`', at), out.size()) - at;
            if (run == fence) places.push_back(at);
        }
        ASSERT_EQ(places, (std::vector<size_t>{0, out.size() - fence})) << text << " -> " << out;
    }
}

TEST(Markdown, AJsonBlockEndsWhereItShould) {
    json value = {{"a", "```\n\u202e\U000E0041 é \x7f ````"}};
    std::string out;
    append_json_block(value.dump(2), out);
    EXPECT_TRUE(out.starts_with("`````json\n{"));
    EXPECT_TRUE(out.ends_with("\n}\n`````\n"));
    std::string inside = out.substr(10, out.size() - 16);
    EXPECT_EQ(json::parse(inside), value);
    for (const char* hidden : {"\u202e", "\U000E0041", "\x7f"}) EXPECT_EQ(inside.find(hidden), inside.npos);
    EXPECT_NE(inside.find("é"), inside.npos);
}

}  // namespace
}  // namespace stoop
