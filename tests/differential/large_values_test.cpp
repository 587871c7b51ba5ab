// SPDX-License-Identifier: Apache-2.0
// Values that do not fit a value: four gigabytes and more, put together by transformers from texts of two
// megabytes.
#include <fmt/format.h>

#include "tests/differential/all_engines.h"

namespace stoop::tests {
namespace {

// An event of such texts is a bad one, whatever the budget. Should the engines be given them all the same,
// what would be made is absent to both.
TEST(LargeValues, AreAbsentToAllEngines) {
    auto concat = [](size_t times, const std::string& last) {
        std::string out = "concat(";
        for (size_t i = 0; i < times; ++i) out += "proc.cmdline, ";
        return out + last + ")";
    };
    const std::string kSize = concat(2047, "proc.cmdline"), kOneLess = concat(2047, "proc.name");
    const std::pair<std::string, bool> kConditions[] = {
        {"len(" + kSize + ") = 0", false},
        {"not len(" + kSize + ") = 0", true},
        {"len(" + kOneLess + ") > 0", false},
        {"tolower(" + kOneLess + ") startswith a", false},
        {"toupper(" + kOneLess + ") exists", false},
        {"b64(" + kSize + ") = ''", false},
        {"join(proc.cmdline, (" + kSize.substr(7) + ") contains A", false},
        {"proc.name = " + kSize, false},
        {"getopt((" + kSize + "), \"n\") in ()", false},
        {"len(" + concat(15, "proc.name") + ") > 1000000", true},
    };
    std::vector<RuleSource> sources;
    for (const auto& [condition, unused] : kConditions)
        sources.push_back({fmt::format("c{}", sources.size()), condition});
    auto compilation = compile_conditions(std::move(sources), Schemas());
    ASSERT_EQ(compilation->diagnostics.errors(), 0u);
    const PreparedProgram& program = *compilation->program;
    const std::string line(size_t{2} << 20, 'A'), name(line.size() - 1, 'B');
    std::vector<Value> slots(program.slots.size());
    for (size_t i = 0; i < slots.size(); ++i) {
        if (program.slots[i].spelling == "proc.cmdline") slots[i] = Value::of_text(line);
        if (program.slots[i].spelling == "proc.name") slots[i] = Value::of_text(name);
    }
    std::string error;
    auto native = NativeCode::compile(program, error);
    ASSERT_TRUE(native) << error;
    const MatchTables tables = prepare(program, Use::Tables);
    for (const Engine& engine : {reference_engine(program), tables_engine(tables), native->engine()}) {
        Scratch scratch;
        std::vector<uint32_t> fired(program.rules.size() + 1);
        fired.resize(engine.match(slots.data(), kAnyEventType, scratch, fired.data(),
                                  static_cast<uint32_t>(program.rules.size())));
        for (uint32_t rule = 0; rule < program.rules.size(); ++rule)
            EXPECT_EQ(std::count(fired.begin(), fired.end(), rule), kConditions[rule].second)
                << kConditions[rule].first.substr(0, 40);
    }
    for (uint64_t budget : {Limits()[Limit::TransformedBytes], limit_info(Limit::TransformedBytes).largest}) {
        Limits limits;
        limits.set(Limit::TransformedBytes, budget);
        EventDecoder decoder(syscall_schema(), program, Check::AllFields, limits);
        Event event;
        auto problem =
            decoder.decode(nlohmann::json{{"proc.cmdline", line}, {"proc.name", name}}.dump(), event);
        ASSERT_TRUE(problem);
        EXPECT_EQ(problem->kind, EventProblem::Kind::LimitExceeded);
        EXPECT_FALSE(decoder.decode(R"({"proc.cmdline": "a", "proc.name": "b"})", event));
    }
}

}  // namespace
}  // namespace stoop::tests
