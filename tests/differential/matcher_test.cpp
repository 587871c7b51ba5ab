// SPDX-License-Identifier: Apache-2.0
// Code from the cache, and the matcher that changes from one engine to the other, against the reference.
#include "compiler/codegen/matcher.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "compiler/compiler.h"
#include "runtime/engine/reference.h"
#include "runtime/ingest/json/event_decoder.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;

class MatcherTest : public testing::Test {
  protected:
    MatcherTest() { load({}); }

    // These rules, and then those that come with Stoop.
    void load(std::vector<RuleSource> sources) {
        events_.clear();
        for (const auto& entry : fs::directory_iterator(source_dir() / "rules")) {
            std::string file = entry.path().string();
            if (file.ends_with(".yaml") && !file.ends_with("_test.yaml"))
                sources.push_back({file, read_file(file)});
        }
        compilation_ = compile_rules(std::move(sources), schemas_);
        EventDecoder decoder(schema_, program());
        for (const auto& entry : fs::recursive_directory_iterator(source_dir() / "fixtures")) {
            std::ifstream lines(entry.path());
            if (entry.path().extension() != ".jsonl") continue;
            for (std::string line; std::getline(lines, line);) {
                Event event;
                if (!decoder.decode(line, event)) events_.push_back(std::move(event));
            }
        }
    }

    const PreparedProgram& program() const { return *compilation_->program; }

    std::vector<uint32_t> verdicts(const Engine& engine) {
        std::vector<uint32_t> out, fired(program().rules.size() + 1);
        for (const Event& event : events_) {
            uint32_t count = engine.match(event.values.data(), event.type, scratch_, fired.data(),
                                          static_cast<uint32_t>(program().rules.size()));
            out.insert(out.end(), fired.begin(), fired.begin() + count);
            out.push_back(UINT32_MAX);
        }
        return out;
    }
    // The verdicts with native code, which came from the cache or did not.
    void expect_native(bool from_cache, const CodeCache* cache) {
        std::string error;
        auto native = NativeCode::compile(program(), error, {cache});
        ASSERT_TRUE(native) << error;
        EXPECT_EQ(native->from_cache(), from_cache);
        EXPECT_EQ(verdicts(native->engine()), verdicts(reference_engine(program())));
        for (uint32_t limit : {1u, static_cast<uint32_t>(program().rules.size())})
            EXPECT_EQ(in_blocks(native->engine(), limit), in_blocks(reference_engine(program()), limit));
    }
    // The hits with the events in blocks of different sizes, as event and rule.
    std::vector<std::pair<uint32_t, uint32_t>> in_blocks(const Engine& engine, uint32_t limit) {
        std::vector<EventTypeId> types;
        std::vector<const Value*> slots;
        for (const Event& event : events_) {
            types.push_back(event.type);
            slots.push_back(event.values.data());
        }
        std::vector<std::pair<uint32_t, uint32_t>> out;
        std::vector<Hit> hits;
        for (size_t at = 0, size = 1; at < types.size(); at += size, size = size * 2 % 301) {
            size = std::min(size, types.size() - at);
            hits.clear();
            engine.match({{types.data() + at, size}, slots.data() + at}, scratch_, limit, hits);
            for (const Hit& hit : hits) out.emplace_back(hit.event + at, hit.rule);
        }
        EXPECT_FALSE(out.empty());
        return out;
    }

    Schemas schemas_;
    const Schema& schema_ = *schemas_.find(kDefaultSource);
    std::unique_ptr<Compilation> compilation_;
    std::vector<Event> events_;
    Scratch scratch_;
    TemporaryFolder folder_;
};

// Native code is made of so many conditions at most. Behind a rule that is larger by itself, all others do
// without.
TEST_F(MatcherTest, RulesForWhichThereIsNoRoom) {
    std::string rules = "- macro: m0\n  condition: proc.name = cat\n";
    for (int i = 1; i < 16; ++i)
        rules += fmt::format("- macro: m{}\n  condition: (m{} and m{})\n", i, i - 1, i - 1);
    rules +=
        "- rule: large\n  condition: evt.type in (open, openat, execve) and m15\n"
        "  desc: d\n  output: o\n  priority: INFO\n";
    load({{"large.yaml", rules}});
    ASSERT_EQ(compilation_->diagnostics.errors(), 0u);
    ASSERT_GT(program().source_map.rules[0].tree.nodes.size(), 100'000u);
    expect_native(false, nullptr);
}

TEST_F(MatcherTest, ColdWarmAndDamagedCache) {
    ASSERT_FALSE(events_.empty());
    CodeCache cache({folder_.path() / "stoop", folder_.path() / "state"});
    expect_native(false, nullptr);
    expect_native(false, &cache);
    expect_native(true, &cache);
    for (const auto& entry : fs::directory_iterator(folder_.path() / "stoop")) {
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(fs::file_size(entry.path()) / 2));
        file.put('\xff');
    }
    expect_native(false, &cache);
    expect_native(true, &cache);
}

// Another rule set has other code, be the difference one byte of one text. (Which field a slot holds is none:
// code knows slots alone.)
TEST_F(MatcherTest, CodeOfAnotherRuleSetIsNotTaken) {
    CodeCache cache({folder_.path() / "stoop", folder_.path() / "state"});
    std::string error;
    for (std::string text : {"proc.name = aa", "proc.name = ab", "proc.name != aa", "proc.name = aaa",
                             "proc.name = aa and evt.type = open", "proc.name startswith aa"}) {
        auto one = compile_conditions({{"c", text}}, schemas_);
        auto native = NativeCode::compile(*one->program, error, {&cache});
        ASSERT_TRUE(native) << error;
        EXPECT_FALSE(native->from_cache()) << text;
    }
}

TEST_F(MatcherTest, ChangesToNativeCodeInTheBackground) {
    Matcher matcher(program(), EngineChoice::Auto, std::nullopt);
    auto expected = verdicts(reference_engine(program()));
    const Engine tables = matcher.engine(1);
    EXPECT_EQ(verdicts(tables), expected);
    EXPECT_FALSE(matcher.is_busy());
    matcher.engine(1'000'000);
    while (matcher.is_busy()) EXPECT_EQ(verdicts(matcher.engine(1)), expected);
    EXPECT_NE(matcher.engine(1).function, tables.function);
    EXPECT_EQ(verdicts(matcher.engine(1)), expected);
    EXPECT_EQ(matcher.problem(), "");
}

TEST_F(MatcherTest, MayEndWhileCodeIsBeingMade) {
    Matcher matcher(program(), EngineChoice::Auto, std::nullopt);
    matcher.engine(1'000'000);
}

TEST_F(MatcherTest, EnginesThatWereAskedFor) {
    Engine reference = reference_engine(program());
    Matcher never(program(), EngineChoice::Reference, std::nullopt);
    EXPECT_EQ(never.engine(1'000'000).function, reference.function);
    EXPECT_FALSE(never.is_busy());
    Matcher tables(program(), EngineChoice::Tables, std::nullopt);
    const MatchFunction by_tables = tables.engine(1'000'000).function;
    EXPECT_NE(by_tables, reference.function);
    EXPECT_FALSE(tables.is_busy());
    Matcher at_once(program(), EngineChoice::Native, std::nullopt);
    EXPECT_NE(at_once.engine(1).function, reference.function);
    EXPECT_NE(at_once.engine(1).function, by_tables);
}

}  // namespace
}  // namespace stoop::tests
