// What is asked of an event before any rule is evaluated. Whether it is sound is shown by the differential
// tests; here, that what should make it fast is there.
#include "compiler/plan/dispatch.h"

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
          plan_(*compilation_->plan),
          dispatch_(make_dispatch(plan_)) {}

    size_t bucket_of(std::string_view type) const {
        auto at = std::find(plan_.event_types.begin(), plan_.event_types.end(), type);
        return dispatch_.program.bucket_of[static_cast<size_t>(at - plan_.event_types.begin())];
    }
    std::set<std::string> fields_looked_at(std::string_view type) const {
        std::set<std::string> out;
        for (const Bucket::Look& look : dispatch_.program.buckets[bucket_of(type)].looks)
            out.insert(plan_.slots[look.slot].ref.spelling);
        return out;
    }
    std::vector<Dispatch::Literal> in_place(std::string_view type) const {
        std::vector<Dispatch::Literal> out;
        for (const auto& look : dispatch_.types[bucket_of(type)].literals)
            out.insert(out.end(), look.begin(), look.end());
        return out;
    }
    // The texts of the exceptions that are asked of, and how many they are.
    std::multiset<size_t> exceptions(std::string_view type) const {
        std::set<uint32_t> atoms;
        for (const Dispatch::Literal& literal : in_place(type))
            if (literal.exception) atoms.insert(*literal.exception);
        std::multiset<size_t> out;
        for (uint32_t atom : atoms) out.insert(plan_.atoms[atom].constants.size());
        return out;
    }

  private:
    std::unique_ptr<Compilation> compilation_;
    const Plan& plan_;
    Dispatch dispatch_;
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
    EXPECT_EQ(large.exceptions("open"), std::multiset<size_t>{5});  // the other is too long
    for (const Dispatch::Literal& literal : large.in_place("open"))
        EXPECT_EQ(literal.exception.has_value(), literal.text.starts_with("/f")) << literal.text;
}

// They are code, and must not take the place of other code.
TEST(Dispatch, ExceptionsAreLimited) {
    std::vector<RuleSource> sources = rules(120, [](int i) {
        return fmt::format("evt.type = open and fd.name = /f{} and not proc.name in {}", i,
                           texts(fmt::format("{}_{}_", i, std::string(40, 'x')), 150));
    });
    for (RuleSource& rule :
         rules(100, [](int i) { return fmt::format("evt.type = openat and fd.name = /f{}", i); }))
        sources.push_back({"at " + rule.name, rule.text});
    Rules limited(std::move(sources));
    EXPECT_EQ(limited.exceptions("open").size(), 15'000u / (2 * 150));  // texts of more than 32 bytes
    EXPECT_EQ(limited.in_place("openat").size(), 100u);
}

}  // namespace
}  // namespace stoop
