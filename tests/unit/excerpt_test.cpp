// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/excerpt.h"

#include <gtest/gtest.h>

#include "runtime/base/utf8.h"

namespace stoop {
namespace {

bool is_utf8(std::string_view text) {
    for (Utf8Step step; !text.empty(); text.remove_prefix(step.size))
        if (step = step_utf8(text); !step.valid) return false;
    return true;
}

TEST(Excerpt, ShortTextsStayAsTheyAre) {
    for (size_t size : {size_t{0}, size_t{1}, kLongestShown}) {
        std::string text(size, 'x');
        EXPECT_EQ(cut(text), text);
        EXPECT_EQ(excerpt(text), text);
    }
}

TEST(Excerpt, LongTextsKeepTheirEndsAndSayHowLongTheyAre) {
    std::string text = "begin" + std::string(8'000'000, 'x') + "end";
    std::string shown = excerpt(text);
    EXPECT_LT(shown.size(), kLongestShown);
    EXPECT_TRUE(shown.starts_with("beginx"));
    EXPECT_NE(shown.find("xend (8000008 bytes)"), shown.npos);
    EXPECT_NE(shown.find("x … x"), shown.npos);
}

TEST(Excerpt, TheFocusIsKeptWhereverItIs) {
    std::string text(5'000, 'x');
    for (size_t focus = 0; focus + 6 <= text.size(); focus += 7) {
        std::string marked = text;
        marked.replace(focus, 6, "needle");
        std::string shown = cut(marked, focus);
        EXPECT_NE(shown.find("needle"), shown.npos) << focus;
        EXPECT_LE(shown.size(), kLongestShown);
    }
    EXPECT_EQ(cut(text, text.size() + 1), cut(text));
}

TEST(Excerpt, CharactersAreNotDivided) {
    for (const char* character : {"ä", "€", "😀"})
        for (size_t before = 0; before < 5; ++before) {
            std::string text(before, 'x');
            while (text.size() < 4'000) text += character;
            for (size_t focus = 0; focus < text.size(); ++focus) EXPECT_TRUE(is_utf8(cut(text, focus)));
        }
    std::string no_utf8(4'000, '\x80');  // is cut, too
    EXPECT_LE(cut(no_utf8, 2'000).size(), kLongestShown);
}

}  // namespace
}  // namespace stoop
