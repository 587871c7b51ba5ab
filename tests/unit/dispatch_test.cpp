// SPDX-License-Identifier: Apache-2.0
// What is asked of an event before any rule is evaluated. Whether it is sound is shown by the differential
// tests; here, that what should make it fast is there.
#include "runtime/engine/prepare.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "compiler/compiler.h"

namespace stoop {
namespace {

class Rules {
  public:
    explicit Rules(std::vector<RuleSource> sources)
        : compilation_(compile_conditions(std::move(sources), Schemas())),
          program_(*compilation_->program),
          tables_(prepare(program_, Use::Code)) {}

    size_t bucket_of(std::string_view type) const {
        auto at = std::find(program_.event_types.begin(), program_.event_types.end(), type);
        return tables_.bucket_of[static_cast<size_t>(at - program_.event_types.begin())];
    }
    std::set<std::string> fields_looked_at(std::string_view type) const {
        std::set<std::string> out;
        for (const Bucket::Look& look : tables_.buckets[bucket_of(type)].looks)
            out.insert(program_.slots[look.slot].spelling);
        return out;
    }
    std::vector<Prefilter::Literal> in_place(std::string_view type) const {
        std::vector<Prefilter::Literal> out;
        for (const auto& look : tables_.prefilters[bucket_of(type)].literals)
            out.insert(out.end(), look.begin(), look.end());
        return out;
    }
    // The texts of the exceptions that are asked of, and how many they are.
    std::multiset<size_t> exceptions(std::string_view type) const {
        std::set<uint32_t> atoms;
        for (const Prefilter::Literal& literal : in_place(type))
            if (literal.exception) atoms.insert(*literal.exception);
        std::multiset<size_t> out;
        for (uint32_t exception : atoms)
            out.insert(tables_.exceptions[exception].table->atom->constants.size());
        return out;
    }

    const MatchTables& tables() const { return tables_; }
    const std::vector<std::string>& event_types() const { return program_.event_types; }

  private:
    std::unique_ptr<Compilation> compilation_;
    const PreparedProgram& program_;
    MatchTables tables_;
};

template <typename Condition>
std::vector<RuleSource> rules(int count, Condition&& condition) {
    std::vector<RuleSource> out;
    for (int i = 0; i < count; ++i) out.push_back({fmt::format("r{}", out.size()), condition(i)});
    return out;
}

std::string texts(std::string_view name, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += fmt::format("{}{}{}", i == 0 ? "" : ", ", name, i);
    return "(" + out + ")";
}

TEST(Dispatch, AGuardIsAWitnessOnlyWhereItHasNoBit) {
    auto condition = [](int i) {
        return fmt::format("evt.type = connect and fd.sip = 10.0.0.{} and proc.name in (curl, wget)", i);
    };
    EXPECT_EQ(Rules(rules(20, condition)).fields_looked_at("connect"), std::set<std::string>{"proc.name"});
    EXPECT_TRUE(Rules(rules(200, condition)).fields_looked_at("connect").contains("fd.sip"));
}

TEST(Dispatch, ALargeBucketAsksOfExceptions) {
    auto condition = [](int i) {
        return fmt::format(
            "evt.type = open and fd.name = /f{} and not proc.name in {} and not proc.pname in {}", i,
            texts("a", 5), texts("b", 210));
    };
    Rules small(rules(60, condition)), large(rules(70, condition));
    EXPECT_TRUE(small.exceptions("open").empty());
    EXPECT_EQ(large.exceptions("open"), std::multiset<size_t>{210});  // the longer one
    for (const Prefilter::Literal& literal : large.in_place("open"))
        EXPECT_EQ(literal.exception.has_value(), literal.text.starts_with("/f")) << literal.text;
}

TEST(Dispatch, AnExceptionIsThereOnce) {
    auto condition = [](int i) {
        return fmt::format("evt.type = open and fd.name = /f{} and not proc.name in {}", i, texts("a", 300));
    };
    EXPECT_EQ(Rules(rules(120, condition)).tables().exceptions.size(), 1u);
}

// Thousands of rules that look for the same thousands of texts: neither has a list of its own.
TEST(Dispatch, RulesShareLiterals) {
    std::string list = texts("a", 900);
    Rules same(rules(3000, [&](int i) {
        return fmt::format("evt.type = open and proc.name in {} and fd.name != /f{}", list, i);
    }));
    EXPECT_LT(same.tables().members.size(), 1000u);
}

// Rules for all types of events, and one for each: not all of them stand in a bucket for each type.
TEST(Dispatch, BucketsAreLimited) {
    std::vector<RuleSource> sources = rules(1500, [](int i) { return fmt::format("proc.name = /n{}", i); });
    std::vector<std::string> types = Rules(std::vector<RuleSource>{{"r", "evt.type = open"}}).event_types();
    ASSERT_GT(types.size(), 150u);
    for (const std::string& type : types)
        sources.push_back({"of " + type, fmt::format("evt.type = {} and fd.name = /f", type)});
    Rules many(std::move(sources));
    size_t members = 0, mixed = 0;
    for (const Bucket& bucket : many.tables().buckets) {
        members += bucket.members.size();
        mixed += bucket.mixed;
    }
    EXPECT_LT(members, 4 * (1500 + types.size()) + 200'000);
    EXPECT_EQ(mixed, 1u);
    EXPECT_EQ(
        Rules(rules(1500, [](int i) { return fmt::format("proc.name = /n{}", i); })).tables().buckets.size(),
        1u);
}

// Each mask of guards would be a list of members, and a piece of code.
TEST(Dispatch, MembersThatAreAlwaysCandidatesAreInFewLists) {
    Rules many(rules(3000, [](int i) {
        std::string out = "evt.type = open and proc.name != a" + std::to_string(i);
        for (int bit = 0; bit < 12; ++bit)
            if (i >> bit & 1) out += fmt::format(" and fd.num = {}", bit);
        return out;
    }));
    const Bucket& bucket = many.tables().buckets[many.bucket_of("open")];
    EXPECT_LE(bucket.always.size(), 50u);
    std::set<uint32_t> members;
    for (const Bucket::Always& list : bucket.always) {
        const RuleRange& range = many.tables().lists[list.list];
        for (uint32_t i = range.begin; i < range.begin + range.count; ++i)
            for (uint32_t bit = 0; bit < 64; ++bit)
                if (many.tables().members[i].bits >> bit & 1)
                    members.insert(many.tables().members[i].word * 64 + bit);
    }
    EXPECT_EQ(members.size(), 3000u);
}

}  // namespace
}  // namespace stoop
