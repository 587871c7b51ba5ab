// SPDX-License-Identifier: Apache-2.0
// The regular expressions of a rule set share memory, and nobody can tell by their verdicts.
#include "runtime/engine/regex_store.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <random>

namespace stoop {
namespace {

constexpr uint64_t kMemory = uint64_t{64} << 20;

TEST(RegexStore, APatternIsCompiledOnce) {
    RegexStore store(kMemory);
    const auto* first = store.compile("a+").regex.get();
    EXPECT_EQ(store.compile("a+").regex.get(), first);
    EXPECT_NE(store.compile("a*").regex.get(), first);
    EXPECT_EQ(store.compile("curl.*").literals, std::vector<std::string>{"curl"});
}

TEST(RegexStore, BadPatternsTakeNothing) {
    RegexStore store(4096);
    EXPECT_FALSE(store.compile("a(").regex->ok());
    EXPECT_FALSE(store.is_over());
    EXPECT_EQ(store.share().expressions, 0u);
}

TEST(RegexStore, FewHaveWhatTheyWant) {
    RegexStore store(kMemory);
    const auto* regex = store.compile("a+").regex.get();
    RegexMemory memory = store.share();
    EXPECT_EQ(memory.expressions, 1u);
    EXPECT_FALSE(memory.limited);
    EXPECT_EQ(store.find(regex->pattern()).regex.get(), regex);
}

TEST(RegexStore, ManyShare) {
    RegexStore store(kMemory);
    std::vector<std::shared_ptr<const re2::RE2>> all;
    for (int i = 0; i < 100; ++i) all.push_back(store.compile("a+" + std::to_string(i)).regex);
    RegexMemory memory = store.share();
    EXPECT_EQ(memory.expressions, 100u);
    EXPECT_TRUE(memory.limited);
    EXPECT_GT(memory.each, kMemory / 200);
    int64_t together = 0;
    for (const auto& regex : all) {
        auto shared = store.find(regex->pattern()).regex;
        ASSERT_TRUE(shared->ok());
        EXPECT_EQ(shared->pattern(), regex->pattern());
        together += shared->options().max_mem() * 2 / 3;
    }
    EXPECT_LE(static_cast<uint64_t>(together), kMemory);
}

// A short pattern may be a long program.
TEST(RegexStore, LargeExpressionsAreTooMuch) {
    RegexStore store(kMemory);
    int count = 0;
    for (; count < 1000 && !store.is_over(); ++count)
        ASSERT_TRUE(store.compile("(a{900}|b{900}|c{900})d{" + std::to_string(count) + "}").regex->ok());
    EXPECT_GT(count, 50);
    EXPECT_LT(count, 1000);
}

TEST(RegexStore, VerdictsStayTheSame) {
    std::mt19937_64 random(7);
    const char* const kParts[] = {"a", "b+", "[ab]*", "(ab|ba)", ".*", "(a|b){2,5}", "[^a]", "c?", "(a.){9}"};
    std::vector<std::string> patterns;
    for (int i = 0; i < 200; ++i) {
        std::string pattern;
        for (size_t n = 1 + random() % 6; n > 0; --n) pattern += kParts[random() % std::size(kParts)];
        patterns.push_back(pattern);
    }
    size_t matches = 0;
    for (uint64_t bytes : {uint64_t{1} << 20, uint64_t{2} << 20, uint64_t{32} << 20}) {
        RegexStore store(bytes);
        for (const std::string& pattern : patterns) store.compile(pattern);
        ASSERT_FALSE(store.is_over());
        ASSERT_TRUE(store.share().limited);
        for (const std::string& pattern : patterns) {
            re2::RE2 alone(pattern, re2::RE2::POSIX);
            auto shared = store.find(alone.pattern()).regex;
            ASSERT_LT(shared->options().max_mem(), alone.options().max_mem());
            for (int i = 0; i < 50; ++i) {
                std::string value;
                for (size_t n = random() % 40; n > 0; --n) value += "abc"[random() % 3];
                bool matched = re2::RE2::FullMatch(value, alone);
                matches += matched;
                EXPECT_EQ(re2::RE2::FullMatch(value, *shared), matched) << pattern << ' ' << value;
            }
        }
    }
    EXPECT_GT(matches, 1000u);
}

}  // namespace
}  // namespace stoop
