// SPDX-License-Identifier: Apache-2.0
// Trees and the places of mistakes. What conditions mean is tested against Falco's answers
// (tests/conformance).
#include <gtest/gtest.h>

#include "compiler/syntax/parser.h"

namespace stoop {
namespace {

std::string canonical(const std::string& text) {
    auto parsed = parse_condition(text, Limits());
    return parsed.node ? to_text(*parsed.node)
                       : "error at " + std::to_string(parsed.error.range.begin) + ": " + parsed.error.message;
}

TEST(Parser, Precedence) {
    EXPECT_EQ(canonical("a or b and not c"), "(a or (b and not c))");
    EXPECT_EQ(canonical("(a or b) and c"), "((a or b) and c)");
    EXPECT_EQ(canonical("not not a"), "a");
    EXPECT_EQ(canonical("not not not(a)"), "not a");
}

TEST(Parser, KeywordsAreWordsWhereAValueStands) {
    EXPECT_EQ(canonical("proc.name = and and proc.name = or"), "(proc.name = and and proc.name = or)");
    EXPECT_EQ(canonical("proc.name = oneof"), "proc.name = oneof");
    EXPECT_EQ(canonical("proc.name = oneof and x"), "(proc.name = oneof and x)");
    EXPECT_EQ(canonical("proc.name = oneof (a)"), "proc.name = oneof (a)");
    EXPECT_EQ(canonical("proc.name = oneof android"), "proc.name = oneof android");
    EXPECT_EQ(canonical("android"), "android");
}

TEST(Parser, OperatorsWithoutBlanks) {
    EXPECT_EQ(canonical("proc.name incat"), "proc.name in cat");
    EXPECT_EQ(canonical("proc.name existsor x"), "(proc.name exists or x)");
}

TEST(Parser, GroupBehindOrIsItsWholeOperand) {
    EXPECT_EQ(canonical("a or (b) and c"), "(a or (b and c))");
    EXPECT_EQ(
        canonical("a or(b) and c"),
        "error at 8: 'and' cannot follow here: 'or(' takes the group in parentheses as its whole operand");
}

TEST(Parser, PlacesOfMistakes) {
    EXPECT_EQ(canonical(""), "error at 0: expected a check, found the end of the condition");
    EXPECT_EQ(canonical("proc.name = a and"), "error at 14: nothing follows 'and'");
    EXPECT_EQ(canonical("proc.name = "), "error at 10: nothing follows '='");
    EXPECT_EQ(canonical("(a and b"), "error at 8: expected ')', found the end of the condition");
    EXPECT_EQ(canonical("proc.name in (a,)"), "error at 15: nothing follows this comma");
    EXPECT_EQ(canonical("proc.name = \"\\z\""), "error at 13: '\\z' is not an escape");
}

TEST(Parser, RangesAreExact) {
    std::string text = "a and proc.name in (x, yz)";
    auto parsed = parse_condition(text, Limits());
    ASSERT_TRUE(parsed.node);
    const ast::Expression& check = parsed.node->children[1];
    auto slice = [&](ast::Range range) { return text.substr(range.begin, range.end - range.begin); };
    EXPECT_EQ(slice(check.range), "proc.name in (x, yz)");
    EXPECT_EQ(slice(check.comparison->left.range), "proc.name");
    EXPECT_EQ(slice(check.comparison->op_range), "in");
    EXPECT_EQ(slice(check.comparison->literals[1].range), "yz");
}

TEST(Parser, DeepNestingIsRefusedAndLongChainsAreNot) {
    std::string deep(100'000, '(');
    auto parsed = parse_condition(deep + "a" + std::string(100'000, ')'), Limits());
    EXPECT_FALSE(parsed.node);
    EXPECT_EQ(parsed.error.limit, Limit::Depth);
    const size_t most = Limits()[Limit::Depth];
    std::string fits(most, '(');
    EXPECT_EQ(canonical(fits + "a" + std::string(most, ')')), "a");
    std::string branches, groups;
    for (size_t i = 0; i < most; ++i) branches += "(b or ", groups += "not(";
    EXPECT_NE(canonical(branches + "a" + std::string(most, ')')).find("(b or a)"), std::string::npos);
    EXPECT_NE(canonical(groups + "a" + std::string(most, ')')).find("not not a"), std::string::npos);
    std::string nots;
    for (int i = 0; i < 100'001; ++i) nots += "not ";
    EXPECT_EQ(canonical(nots + "a"), "not a");
}

TEST(Parser, AVeryLongConditionIsRefused) {
    Limits limits;
    limits.set(Limit::ConditionBytes, 100);
    EXPECT_TRUE(parse_condition(std::string(100, 'a'), limits).node);
    auto parsed = parse_condition(std::string(101, 'a'), limits);
    EXPECT_FALSE(parsed.node);
    EXPECT_EQ(parsed.error.limit, Limit::ConditionBytes);
}

}  // namespace
}  // namespace stoop
