// SPDX-License-Identifier: Apache-2.0
// Matching allocates nothing once the matcher has seen its events.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "compiler/codegen/native.h"
#include "compiler/compiler.h"
#include "runtime/engine/prepare.h"
#include "runtime/engine/reference.h"
#include "runtime/engine/tables_engine.h"
#include "runtime/ingest/json/event_decoder.h"
#include "tests/allocation/counting.h"
#include "tests/support/paths.h"

namespace stoop::tests {
namespace {

using nlohmann::json;

TEST(Matching, AllocatesNothing) {
    std::vector<RuleSource> conditions;
    std::vector<std::string> texts;
    std::istringstream lines(read_file(source_dir() / "tests/data/conditions.jsonl"));
    for (std::string line; std::getline(lines, line);) {
        json one = json::parse(line);
        texts.push_back(one["fields"].dump());
        if (one["expect"].is_boolean()) conditions.push_back({one["id"], one["condition"]});
    }
    // A long value, for the comparisons that search it in several ways.
    std::string many = "proc.cmdline contains zz";
    for (size_t i = 0; i < kManySearched; ++i) many += " or proc.cmdline contains z" + std::to_string(i);
    conditions.push_back({"brackets", "proc.cmdline glob *[!x]*[a-z]?"});
    conditions.push_back({"many", many});
    texts.push_back(json{{"proc.cmdline", std::string(2000, 'x') + "z7"}}.dump());
    auto compilation = compile_conditions(std::move(conditions), Schemas());
    const PreparedProgram& program = *compilation->program;
    EventDecoder decoder(syscall_schema(), program);
    std::vector<Event> events(texts.size());
    for (size_t i = 0; i < texts.size(); ++i) decoder.decode(texts[i], events[i]);
    std::string error;
    auto native = NativeCode::compile(program, error);
    ASSERT_TRUE(native) << error;

    std::vector<uint32_t> fired(program.rules.size());
    const MatchTables tables = prepare(program, Use::Tables);
    for (const Engine& engine : {native->engine(), tables_engine(tables), reference_engine(program)}) {
        Scratch scratch;
        size_t hits = 0;
        auto match_all = [&] {
            for (const Event& event : events)
                hits += engine.match(event.values.data(), event.type, scratch, fired.data(),
                                     static_cast<uint32_t>(fired.size()));
        };
        match_all();
        size_t before = allocations_so_far();
        match_all();
        EXPECT_EQ(allocations_so_far(), before);
        EXPECT_GT(hits, 1000u);
    }
    EXPECT_GT(allocations_so_far(), 1000u) << "nothing is counted";
}

}  // namespace
}  // namespace stoop::tests
