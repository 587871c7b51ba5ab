// SPDX-License-Identifier: Apache-2.0
// Programs as bytes: what comes back from its encoding says the same of every event, on every engine. A
// representative set is in tests/data; the whole of the recorded rules and events is read from ../shared
// where that is there.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "compiler/codegen/native.h"
#include "compiler/compiler.h"
#include "runtime/engine/prepare.h"
#include "runtime/engine/reference.h"
#include "runtime/engine/tables_engine.h"
#include "runtime/ingest/json/event_decoder.h"
#include "runtime/program/decode.h"
#include "runtime/program/encode.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;
using RuleFiles = std::map<std::string, std::string>;  // by name, in the order in which they load

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) out.push_back(line);
    return out;
}

RuleFiles files_in(const fs::path& folder) {
    RuleFiles out;
    for (const auto& file : fs::directory_iterator(folder))
        if (file.path().extension() == ".yaml") out[file.path().filename().string()] = read_file(file.path());
    return out;
}

std::vector<uint32_t> fired(const Engine& engine, const Program& program, const Event& event,
                            Scratch& scratch) {
    std::vector<uint32_t> out(program.rules.size() + 1);
    out.resize(engine.match(event.values.data(), event.type, scratch, out.data(),
                            static_cast<uint32_t>(program.rules.size())));
    return out;
}

class RoundTrip {
  public:
    explicit RoundTrip(std::vector<std::string> events) : events_(std::move(events)) {}

    // Rules that are not valid have no program. `native`: the decoded program gets native code, too.
    void compare(const std::string& name, const RuleFiles& files, bool native) {
        std::vector<RuleSource> sources;
        for (const auto& [file, text] : files) sources.push_back({file, text});
        auto compilation = compile_rules(std::move(sources), schemas_);
        if (compilation->diagnostics.errors() > 0) return;
        const PreparedProgram& original = *compilation->program;
        const std::string bytes = encode(original);
        std::string error;
        auto decoded = decode(bytes, error);
        ASSERT_TRUE(decoded) << name << ": " << error;
        EXPECT_TRUE(encode(*decoded) == bytes) << name;
        RegexStore regexes(limits_[Limit::RegexMemory]);
        auto prepared = prepare(std::move(*decoded), {}, regexes, error);
        ASSERT_TRUE(prepared) << name << ": " << error;
        compare(name, original, *prepared, native);
        ++programs_;
    }

    size_t programs() const { return programs_; }
    size_t alerts() const { return alerts_; }

  private:
    void compare(const std::string& name, const PreparedProgram& original, const PreparedProgram& decoded,
                 bool native) {
        EventDecoder decoder(*schemas_.find(kDefaultSource), original);
        EventDecoder again(*schemas_.find(kDefaultSource), decoded);
        const MatchTables tables = prepare(decoded, Use::Tables);
        std::string error;
        auto code = native ? NativeCode::compile(decoded, error) : nullptr;
        ASSERT_EQ(code != nullptr, native) << error;
        Event event;
        Scratch scratch;
        for (size_t i = 0; i < events_.size(); ++i) {
            if (decoder.decode(events_[i], event)) continue;
            auto want = fired(reference_engine(original), original, event, scratch);
            ASSERT_FALSE(again.decode(events_[i], event));
            ASSERT_EQ(fired(tables_engine(tables), decoded, event, scratch), want)
                << name << ", event " << i + 1;
            if (code) {
                ASSERT_EQ(fired(code->engine(), decoded, event, scratch), want)
                    << name << ", event " << i + 1;
            }
            alerts_ += want.size();
        }
    }

    const Schemas schemas_;
    const Limits limits_;
    const std::vector<std::string> events_;
    size_t programs_ = 0, alerts_ = 0;
};

TEST(Programs, RepresentativeSetComesBack) {
    const fs::path data = source_dir() / "tests/data";
    RoundTrip round_trip(lines_of(read_file(data / "verdicts/events.jsonl")));
    round_trip.compare("verdicts", {{"rules.yaml", read_file(data / "verdicts/rules.yaml")}}, true);
    for (const std::string& line : lines_of(read_file(data / "rule_files.jsonl"))) {
        auto one = nlohmann::json::parse(line);
        round_trip.compare(one["id"], one["files"], false);
    }
    EXPECT_GT(round_trip.programs(), 50u);
    EXPECT_GT(round_trip.alerts(), 50u);
}

TEST(Programs, EveryRecordedRuleSetComesBack) {
    if (!have_shared()) GTEST_SKIP() << "the recorded answers (../shared) are not here";
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "too slow with sanitizers; the release build runs it";
#endif
    const fs::path rules = shared_dir() / "data/rules";
    WorkFolder folder;
    RoundTrip round_trip(
        lines_of(folder.run("gzip -cd " + (shared_dir() / "data/events").string() + "/*.gz").out));
    round_trip.compare("upstream", files_in(rules / "upstream"), true);
    for (const auto& [name, text] : files_in(rules)) round_trip.compare(name, {{name, text}}, true);
    for (const auto& version : fs::directory_iterator(rules / "history")) {
        if (version.path().extension() != ".gz") continue;
        std::string text = folder.run("gzip -cd '" + version.path().string() + "'").out;
        round_trip.compare(version.path().filename(), {{"rules.yaml", text}}, false);
    }
    size_t recorded = round_trip.programs();
    for (const auto& entry : fs::directory_iterator(shared_dir() / "conformance/rulefiles"))
        if (entry.is_directory()) round_trip.compare(entry.path().filename(), files_in(entry.path()), false);
    RecordProperty("programs", static_cast<int>(round_trip.programs()));
    RecordProperty("alerts", fmt::to_string(round_trip.alerts()));
    fmt::print("{} programs, {} of them of data/rules; {} alerts\n", round_trip.programs(), recorded,
               round_trip.alerts());
    EXPECT_GT(recorded, 20u);
    EXPECT_GT(round_trip.programs(), 200u);
    EXPECT_GT(round_trip.alerts(), 100'000u);
}

}  // namespace
}  // namespace stoop::tests
