// SPDX-License-Identifier: Apache-2.0
// What must be in a value for a regular expression to match it.
#include "runtime/engine/regex_literals.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <random>

#include "runtime/search/text.h"

namespace stoop {
namespace {

using Texts = std::vector<std::string>;

Texts of(const std::string& pattern) {
    re2::RE2 regex(pattern, re2::RE2::POSIX);
    EXPECT_TRUE(regex.ok()) << pattern;
    Texts out = required_literals(regex);
    std::sort(out.begin(), out.end());
    return out;
}

TEST(RegexLiterals, OneThatMustBeThereOrAFewOfWhichOneMust) {
    EXPECT_EQ(of(".*curl.*Secret_key.*"), Texts{"secret_key"});
    EXPECT_EQ(of("(curl|wget) .*"), (Texts{"curl ", "wget "}));
    EXPECT_EQ(of("/usr/(bin|sbin)/[a-z]+"), (Texts{"/usr/bin/", "/usr/sbin/"}));
    EXPECT_EQ(of(".*"), Texts{});
    EXPECT_EQ(of("ab"), Texts{});
    EXPECT_EQ(of("(curl|.*)"), Texts{});
    EXPECT_EQ(of("(curl)?x"), Texts{});
    EXPECT_EQ(of("caf\xC3\xA9 and tea"), Texts{});
}

// A value that matches has one of the texts, whatever the expression.
TEST(RegexLiterals, NoMatchIsLost) {
    std::mt19937_64 random(11);
    const char* const kParts[] = {"abc", "ABC",    "[aA]bc", "(abc|cab)", ".*",
                                  "a+",  "(bca)?", "[^b]",   "b{2,3}",    "c*"};
    size_t matches = 0, with_texts = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string pattern;
        for (size_t n = 1 + random() % 4; n > 0; --n) pattern += kParts[random() % std::size(kParts)];
        re2::RE2 regex(pattern, re2::RE2::POSIX);
        Texts texts = required_literals(regex);
        if (texts.empty()) continue;
        ++with_texts;
        for (int i = 0; i < 400; ++i) {
            std::string value;
            for (size_t n = random() % 12; n > 0; --n) value += "abcABC"[random() % (i % 2 == 0 ? 3 : 6)];
            if (!re2::RE2::FullMatch(value, regex)) continue;
            ++matches;
            EXPECT_TRUE(
                std::any_of(texts.begin(), texts.end(),
                            [&](const std::string& text) { return contains_ignoring_case(value, text); }))
                << pattern << " " << value;
        }
    }
    EXPECT_GT(with_texts, 500u);
    EXPECT_GT(matches, 1000u);
}

}  // namespace
}  // namespace stoop
