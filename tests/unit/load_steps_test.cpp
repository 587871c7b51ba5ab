// SPDX-License-Identifier: Apache-2.0
#include "compiler/load_steps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "compiler/compiler.h"

namespace stoop {
namespace {

std::vector<size_t> steps(const std::vector<std::string>& texts) {
    std::vector<RuleSource> files;
    for (const std::string& text : texts) files.push_back({"f.yaml", text});
    return load_steps(compile_rules(std::move(files), Schemas())->files);
}

std::string rule(const std::string& name, const std::string& condition, const std::string& more = "") {
    return "- {rule: " + name + ", desc: d, condition: " + condition + ", output: o, priority: INFO" + more +
           "}\n";
}

TEST(LoadSteps, FilesThatHaveNothingToDoWithEachOtherHaveNone) {
    std::vector<std::string> files;
    for (char c = 'a'; c <= 'z'; ++c)
        files.push_back("- {macro: m" + std::string(1, c) + ", condition: evt.type=open}\n" +
                        rule(std::string(1, c), "m" + std::string(1, c)));
    EXPECT_EQ(steps(files), (std::vector<size_t>{}));
    EXPECT_EQ(steps({files[0]}), (std::vector<size_t>{}));
    EXPECT_EQ(steps({}), (std::vector<size_t>{}));
}

TEST(LoadSteps, OneStepShowsAllRulesBeforeTheyAreOverridden) {
    std::vector<std::string> files{rule("A", "evt.type=open") + rule("B", "evt.type=open") +
                                   rule("C", "evt.type=open")};
    for (const char* name : {"A", "B", "C"})
        files.push_back("- {rule: " + std::string(name) +
                        ", enabled: false, override: {enabled: replace}}\n");
    EXPECT_EQ(steps(files), (std::vector<size_t>{1}));
    files.push_back("- {rule: C, tags: [t], override: {tags: append}}\n");
    EXPECT_EQ(steps(files), (std::vector<size_t>{1, 4}));
}

TEST(LoadSteps, EachChangeOfAListOrMacroIsOne) {
    std::string list = "- {list: l, items: [a]}\n",
                more = "- {list: l, items: [b], override: {items: append}}\n";
    EXPECT_EQ(steps({list, more, more}), (std::vector<size_t>{1, 2}));
    EXPECT_EQ(steps({rule("A", "proc.name in (l)"), list}),
              (std::vector<size_t>{1}));  // it is mentioned before
}

// In whatever way the files change each other: something is wrong after one of them if and only if it is
// reported.
TEST(LoadSteps, EveryStepThatIsNotValidIsFound) {
    std::mt19937 random(11);
    auto any = [&](std::initializer_list<const char*> choices) {
        return std::string(choices.begin()[random() % choices.size()]);
    };
    auto check = [&] {
        return any(
            {"proc.name in (l0)", "proc.name in (l1, x)", "m0", "m1", "fd.num in (l1)", "evt.type=open"});
    };
    auto condition = [&] { return random() % 2 ? check() : check() + any({" and ", " or "}) + check(); };
    auto item = [&]() -> std::string {
        std::string n = any({"0", "1"});
        std::string override = "override: {condition: " + any({"append", "replace"}) + "}";
        switch (random() % 9) {
            case 0:
            case 1: return rule("r" + n, "'" + condition() + "'");
            case 2: return "- {rule: r" + n + ", condition: 'or " + condition() + "', " + override + "}\n";
            case 3: return "- {rule: r" + n + ", enabled: false}\n";
            case 4:
                return "- {rule: r" + n + ", exceptions: [{name: e, fields: [proc.name], values: [[" +
                       any({"a", "l0", "'('"}) + "]]}], override: {exceptions: replace}}\n";
            case 5:
            case 6: return "- {macro: m" + n + ", condition: '" + condition() + "'}\n";
            case 7: return "- {list: l" + n + ", items: [" + any({"1", "a", "'1, ('", "l0", "l1"}) + "]}\n";
            default: return "- {list: l" + n + ", items: [b], override: {items: append}}\n";
        }
    };
    Schemas schemas;
    size_t valid = 0, only_earlier = 0;
    for (int round = 0; round < 3000; ++round) {
        std::vector<RuleSource> files;
        for (size_t i = 0; i < 2 + random() % 3; ++i) {
            std::string text;
            // Definitions first, or nearly nothing would be valid.
            if (i == 0)
                for (const char* n : {"0", "1"})
                    text += "- {list: l" + std::string(n) + ", items: [1]}\n- {macro: m" + n +
                            ", condition: proc.name in (a)}\n" + rule("r" + std::string(n), "evt.type=open");
            for (size_t j = 1 + random() % 2; j > 0; --j) text += item();
            files.push_back({std::to_string(i) + ".yaml", text});
        }
        auto compilation = compile_rules(files, schemas);
        std::vector<FalcoResult> results = falco_results(*compilation, schemas);
        bool wrong = std::any_of(results.begin(), results.end(),
                                 [](const auto& result) { return !result.errors.empty(); });
        ASSERT_EQ(compilation->diagnostics.errors() > 0, wrong) << [&] {
            std::string out;
            for (const RuleSource& file : files) out += "--- " + file.name + "\n" + file.text;
            return out;
        }();
        valid += !wrong;
        only_earlier += wrong && results.back().errors.empty();
    }
    EXPECT_GT(valid, 100u);
    EXPECT_GT(only_earlier, 100u);
}

}  // namespace
}  // namespace stoop
