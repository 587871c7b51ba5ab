// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/glob.h"

#include <fnmatch.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "runtime/search/set_sequence.h"

namespace stoop {
namespace {

using Tokens = std::vector<std::string>;

std::string random_text(std::mt19937_64& random, const Tokens& tokens, size_t most) {
    std::string out;
    for (size_t left = random() % (most + 1); left != 0; --left) out += tokens[random() % tokens.size()];
    return out;
}

// The answers that the C library gives differ from one version to the next where POSIX leaves them open.
bool is_undefined(const std::string& pattern) {
    bool has_bracket = pattern.find('[') != pattern.npos;
    bool ends_in_range = has_bracket && (pattern.ends_with('-') || pattern.ends_with('\\'));
    size_t symbol = pattern.rfind("[.");
    bool ends_in_symbol = symbol != pattern.npos && pattern.find('[') < symbol &&
                          pattern.find(".]", symbol + 2) == pattern.npos;
    return ends_in_range || ends_in_symbol || pattern.find("-[:") != pattern.npos ||
           pattern.find("-[=") != pattern.npos;
}

// How many of them match.
size_t expect_as_library(const std::string& pattern, const std::string& text) {
    size_t matched = 0;
    for (bool ignore_case : {false, true}) {
        bool expected = fnmatch(pattern.c_str(), text.c_str(), ignore_case ? FNM_CASEFOLD : 0) == 0;
        EXPECT_EQ(glob(text, pattern, ignore_case), expected)
            << pattern << " on " << text << (ignore_case ? ", whatever the case" : "");
        matched += expected;
    }
    return matched;
}

const Tokens kInBrackets = {
    "a",           "Z",         "m",         "0",         "5",     "9",     "_",     "[",       "]",
    "!",           "^",         "-",         "a-m",       "A-M",   "0-9",   "+-~",   "\\",      "\\]",
    "\\-",         "[:alpha:]", "[:upper:]", "[:digit:]", "[:x:]", "[=a=]", "[=Z=]", "[.a.]",   "[.-.]",
    "[.a.]-[.m.]", "[.ab.]",    "m-a",       "\xc3",      "?",     "*",     "[:",    "[:alpha", ".",
};

TEST(Glob, BracketsMatchTheBytesOfTheLibrary) {
    std::mt19937_64 random(1);
    size_t matched = 0;
    for (int i = 0; i < 20'000 && !HasFailure(); ++i) {
        std::string pattern = "[" + random_text(random, kInBrackets, 5) + "]";
        if (is_undefined(pattern)) continue;
        for (int byte = 1; byte < 256; ++byte)
            matched += expect_as_library(pattern, std::string(1, static_cast<char>(byte)));
    }
    EXPECT_GT(matched, 100'000u);
}

TEST(Glob, MatchesWhatTheLibraryMatches) {
    std::mt19937_64 random(2);
    const Tokens few = {"a", "b", "*", "?"}, many = {"a", "b", "A", "*", "?", "\\", "[", "]", "!", "-", "^"},
                 bytes = {"a", "b", "A", "\\"};
    size_t matched = 0;
    for (int i = 0; i < 500'000 && !HasFailure(); ++i) {
        std::string pattern = random_text(random, i % 4 ? few : many, 8);
        if (!is_undefined(pattern)) matched += expect_as_library(pattern, random_text(random, bytes, 10));
    }
    EXPECT_GT(matched, 10'000u);
}

// Parts of all lengths, in texts of a few bytes to a few blocks.
TEST(Glob, MatchesLongTexts) {
    std::mt19937_64 random(3);
    const Tokens elements = {"a",   "b",    "A",    "?",     "?",           "\\b",
                             "\\A", "[ab]", "[!b]", "[a-z]", "[[:upper:]]", "["},
                 often = {"a", "a", "?", "?", "[ab]", "[!b]", "[a-b0-9A-Z_]"},
                 bytes = {"a", "a", "a", "a", "b", "A", "\\", "["};
    size_t matched = 0;
    for (int i = 0; i < 30'000 && !HasFailure(); ++i) {
        std::string pattern = "*" +
                              random_text(random, i % 2 ? elements : often,
                                          i % 2   ? 12
                                          : i % 3 ? 90
                                                  : 700) +
                              "*" + random_text(random, elements, 3);
        matched += expect_as_library(pattern, random_text(random, bytes, i % 2 ? 400 : 1'000));
    }
    EXPECT_GT(matched, 1'000u);
}

// The library as well takes them for themselves, but needs quadratic time to find out: days for so many.
TEST(Glob, ManyBracketsWithoutEnd) {
    std::string brackets(1'000'000, '[');
    EXPECT_TRUE(glob(brackets, brackets, false));
    EXPECT_TRUE(glob("a" + brackets + "b", "?" + brackets + "?", false));
    EXPECT_TRUE(glob("aa" + brackets + "b" + brackets + "c", "*" + brackets + "?" + brackets + "*", true));
    EXPECT_TRUE(glob(brackets + "]", brackets + "\\]", false));
    EXPECT_FALSE(glob(brackets, brackets + "[a", false));
    EXPECT_FALSE(glob(std::string(1'000'000, 'a'), "*" + brackets + "*", false));
    for (size_t count = 1; count < 200; ++count) {
        std::string pattern = "*a" + std::string(count, '[') + "b*";
        EXPECT_EQ(expect_as_library(pattern, "aa" + std::string(count, '[') + "bb"), 2u) << count;
        EXPECT_EQ(expect_as_library(pattern, "aa" + std::string(count + 1, '[') + "bb"), 0u) << count;
    }
}

// The last brackets, `[.]`, have an end, but those before are read past it, as `[.].]` is a symbol.
TEST(Glob, BehindSixteenBracketsWithoutEndThereIsNoOther) {
    std::string pattern = std::string(15, '[') + "[.].]", text = std::string(15, '[') + "..]";
    EXPECT_EQ(expect_as_library(pattern, text), 2u);
    EXPECT_FALSE(glob("[" + text, "[" + pattern, false));
    EXPECT_TRUE(glob("[" + pattern, "[" + pattern, false));
}

TEST(Glob, EndsAtAZeroByte) {
    using namespace std::string_view_literals;
    EXPECT_TRUE(glob("ab\0c"sv, "ab"sv, false));
    EXPECT_TRUE(glob("ab"sv, "a*\0x"sv, false));
    EXPECT_FALSE(glob("ab\0c"sv, "*c"sv, false));
}

// Whatever vectors a processor has, it finds what a comparison at each place finds.
TEST(SetSequence, KindsOfVectorsAgree) {
    std::mt19937_64 random(4);
    size_t found = 0;
    for (int round = 0; round < 20'000; ++round) {
        SetSequence sequence;
        std::vector<ByteSet> sets;
        for (size_t left = 1 + random() % (round % 2 ? 6 : 200); left != 0 && !sequence.is_full(); --left) {
            ByteSet& bytes = sets.emplace_back();
            switch (random() % 3) {
                case 0:
                    sequence.add_any();
                    bytes.set();
                    break;
                case 1:
                    sequence.add("aB"[left % 2], true);
                    bytes.set("aB"[left % 2]).set("Ab"[left % 2]);
                    break;
                default:
                    bytes.set('a').set(static_cast<unsigned char>("bAB\xff"[random() % 4]));
                    if (random() % 2) bytes.flip();
                    sequence.add(bytes);
            }
        }
        std::string text;
        for (size_t size = random() % 500; text.size() < size;) text += "aaaabbAB\xff"[random() % 9];
        auto fits = [&](size_t at) {
            for (size_t i = 0; i < sets.size(); ++i)
                if (!sets[i][static_cast<unsigned char>(text[at + i])]) return false;
            return true;
        };
        size_t from = text.empty() ? 0 : random() % text.size(), want = from;
        while (want + sets.size() <= text.size() && !fits(want)) ++want;
        if (want + sets.size() > text.size()) want = text.npos;
        for (SetSequence::Search search : SetSequence::searches())
            ASSERT_EQ(search(text, from, sequence.ranges(), sequence.size()), want) << text;
        found += want != text.npos;
    }
    EXPECT_GT(found, 2'000u);
}

}  // namespace
}  // namespace stoop
