// SPDX-License-Identifier: Apache-2.0
// Rule sets made of what lies on the edge: lists without items in conditions, exceptions and events, values
// that are absent or empty, fields of a schema that hold lists of each type, event types that no rule names
// or nobody knows. The reference evaluator is held against native code, event by event and in blocks, and
// against a matcher that changes from one to the other while it runs. Lasts STOOP_FUZZ_SECONDS (5 unless
// told).
#include <fmt/format.h>

#include <chrono>
#include <iostream>

#include "compiler/codegen/matcher.h"
#include "tests/differential/all_engines.h"
#include "tests/differential/edge_rules.h"

namespace stoop::tests {
namespace {

using Fired = std::vector<Hit>;

struct Counts {
    size_t rule_sets = 0, rules = 0, events = 0, hits = 0, differences = 0, switches = 0;
};

// One rule set and the events that it is tried on.
class Trial {
  public:
    Trial(const Schemas& schemas, std::string_view source, const std::string& rules,
          const std::vector<std::string>& events)
        : rules_(rules) {
        CompileOptions options;
        options.source = source;
        compilation_ = compile_rules({{"rules.yaml", rules}}, schemas, options);
        for (const Diagnostic& d : compilation_->diagnostics.all())
            if (problem_info(d.problem).severity == Severity::Error)
                ADD_FAILURE() << render(d, compilation_->sources, false);
        if (testing::Test::HasFailure()) return;
        EventDecoder decoder(*schemas.find(source), program());
        for (const std::string& text : events) {
            Event event;
            if (decoder.decode(text, event)) continue;  // a value of the wrong type
            texts_.push_back(text);
            events_.push_back(std::move(event));
        }
        for (const Event& event : events_) {
            types_.push_back(event.type);
            slots_.push_back(event.values.data());
        }
    }

    // Whether all ways to match agree.
    bool agrees(std::mt19937_64& random, Counts& counts) {
        const Engine reference = reference_engine(program());
        for (Matching matching : {Matching::First, Matching::All})
            expected_[matching == Matching::All] = one_by_one(reference, limit(matching));
        Matcher matcher(program(), EngineChoice::Auto, std::nullopt);
        bool same = agrees("reference, in blocks", reference, random) && walk_agrees();
        const Engine tables = matcher.engine(1);
        EXPECT_NE(tables.function, reference.function);
        for (Matching matching : {Matching::First, Matching::All})
            same = same && is_expected("tables", matching, one_by_one(tables, limit(matching)));
        same = same && agrees("tables, in blocks", tables, random);
        matcher.engine(1'000'000);  // native code is worth it now
        for (; matcher.is_busy(); ++counts.switches) same = same && changing_agrees(matcher, random);
        const Engine native = matcher.engine(1);
        EXPECT_NE(native.function, tables.function);
        for (Matching matching : {Matching::First, Matching::All}) {
            Fired fired = one_by_one(native, limit(matching));
            same = same && is_expected("native", matching, fired);
        }
        same = same && agrees("native, in blocks", native, random);
        ++counts.rule_sets;
        counts.rules += program().rules.size();
        counts.events += events_.size();
        counts.hits += expected_[1].size();
        counts.differences += !same;
        return same;
    }

  private:
    const PreparedProgram& program() const { return *compilation_->program; }
    uint32_t limit(Matching matching) const {
        return matching == Matching::First ? 1 : static_cast<uint32_t>(program().rules.size());
    }

    void match_one(const Engine& engine, uint32_t event, uint32_t limit, Fired& out) {
        fired_.resize(program().rules.size() + 1);
        uint32_t count = engine.match(slots_[event], types_[event], scratch_, fired_.data(), limit);
        for (uint32_t i = 0; i < count; ++i) out.push_back({event, fired_[i]});
    }
    Fired one_by_one(const Engine& engine, uint32_t limit) {
        Fired out;
        for (uint32_t event = 0; event < events_.size(); ++event) match_one(engine, event, limit, out);
        return out;
    }

    bool agrees(const char* what, const Engine& engine, std::mt19937_64& random) {
        for (Matching matching : {Matching::First, Matching::All}) {
            Fired fired, of_block;
            for (size_t at = 0, size = 0; at < events_.size(); at += size) {
                size = std::min<size_t>(1 + random() % 130, events_.size() - at);
                of_block.clear();
                engine.match({{types_.data() + at, size}, slots_.data() + at}, scratch_, limit(matching),
                             of_block);
                for (Hit hit : of_block) fired.push_back({hit.event + static_cast<uint32_t>(at), hit.rule});
            }
            if (!is_expected(what, matching, fired)) return false;
        }
        return true;
    }
    // Each event with the engine that the matcher has by then.
    bool changing_agrees(Matcher& matcher, std::mt19937_64& random) {
        Matching matching = random() % 2 == 0 ? Matching::First : Matching::All;
        Fired fired;
        for (uint32_t event = 0; event < events_.size(); ++event)
            match_one(matcher.engine(1), event, limit(matching), fired);
        return is_expected("while it changes", matching, fired);
    }
    // By the graph alone.
    bool walk_agrees() {
        PackedGraph graph(program());
        std::vector<uint32_t> known(graph.remembered());
        Fired fired;
        for (uint32_t event = 0; event < events_.size(); ++event) {
            scratch_.arena.reset();
            for (uint32_t rule = 0; rule < program().rules.size(); ++rule)
                if (program().rules[rule].event_types.contains(types_[event]) &&
                    graph.holds(rule, slots_[event], scratch_, event + 1, known.data()))
                    fired.push_back({event, rule});
        }
        return is_expected("walked", Matching::All, fired);
    }

    bool is_expected(const char* what, Matching matching, const Fired& fired) {
        const Fired& expected = expected_[matching == Matching::All];
        auto same = [](const Hit& a, const Hit& b) { return a.event == b.event && a.rule == b.rule; };
        auto [a, b] = std::mismatch(expected.begin(), expected.end(), fired.begin(), fired.end(), same);
        if (a == expected.end() && b == fired.end()) return true;
        bool missing = b == fired.end() ||
                       (a != expected.end() && std::pair(a->event, a->rule) < std::pair(b->event, b->rule));
        const Hit& hit = missing ? *a : *b;
        ADD_FAILURE() << what << (matching == Matching::All ? ", all: " : ", first: ")
                      << program().rules[hit.rule].name
                      << (missing ? " should fire on " : " should not fire on ") << texts_[hit.event] << "\n"
                      << text_of(hit.rule);
        return false;
    }

    // The rule as it stands in the file.
    std::string text_of(uint32_t number) const {
        for (const auto& item : nlohmann::json::parse(rules_))
            if (item.value("rule", "") == program().rules[number].name) return item.dump();
        return "";
    }

    const std::string rules_;
    std::unique_ptr<Compilation> compilation_;
    std::vector<std::string> texts_;
    std::vector<Event> events_;
    std::vector<EventTypeId> types_;
    std::vector<const Value*> slots_;
    Fired expected_[2];  // by the reference, one event after the other: the first rules, all rules
    std::vector<uint32_t> fired_;
    Scratch scratch_;
};

TEST(RulesOnTheEdge, AgreeOnEventsOnTheEdge) {
    const char* given = getenv("STOOP_FUZZ_SECONDS");
    std::chrono::seconds budget(given ? std::atoi(given) : 5);
    auto end = std::chrono::steady_clock::now() + budget;
    const Schemas schemas = edge_schemas();
    Counts counts;
    uint64_t start = seed(), at = start;
    do {
        SCOPED_TRACE("repeat with STOOP_SEED=" + std::to_string(at));
        std::mt19937_64 random(at++);
        EdgeRules edge(random, random() % 4 == 0 ? kOwnSource : kDefaultSource);
        std::string rules = edge.rules();
        std::vector<std::string> events;
        for (int i = 0; i < 300; ++i) events.push_back(edge.event());
        ASSERT_TRUE(Trial(schemas, edge.source(), rules, events).agrees(random, counts));
    } while (std::chrono::steady_clock::now() < end);
    EXPECT_GT(counts.hits, counts.events);  // or little was compared
    std::cout << fmt::format(
        "seed {}: {} rule sets, {} rules, {} events, {} hits, {} runs while the engine changed, {} "
        "differences\n",
        start, counts.rule_sets, counts.rules, counts.events, counts.hits, counts.switches,
        counts.differences);
}

// What Falco says of lists without items, in conditions and in events (spec: condition-language.md §10). Of
// fields that a schema adds, which are a plugin's in Falco, one without values is absent.
TEST(EmptyLists, MeanWhatTheyMeanToFalco) {
    struct Case {
        const char *condition, *event;
        bool fires;
    };
    constexpr Case kCases[] = {
        {"fd.types in ()", R"({"fd.types": []})", true},
        {"fd.types in ()", R"({"fd.types": ["ipv4"]})", false},
        {"fd.types in ()", R"({"fd.types": null})", false},
        {"fd.types in ()", R"({})", false},
        {"not fd.types in ()", R"({"fd.types": []})", false},
        {"not fd.types in ()", R"({"fd.types": null})", true},
        {"fd.types[3] in ()", R"({"fd.types[3]": []})", true},
        {"fd.types in (file)", R"({"fd.types": []})", true},
        {"fd.types intersects ()", R"({"fd.types": []})", false},
        {"fd.types intersects ()", R"({"fd.types": ["ipv4"]})", false},
        {"fd.types intersects (file)", R"({"fd.types": []})", false},
        {"fd.types exists", R"({"fd.types": []})", true},
        {"tolower(fd.types) in ()", R"({"fd.types": []})", true},
        {"tolower(fd.types) in ()", R"({"fd.types": [""]})", false},
        {"basename(fd.types) in (a)", R"({"fd.types": []})", true},
        {"getopt((proc.name), \"n\") in ()", R"({"proc.name": "x"})", true},
        {"getopt((proc.name), \"n\") in ()", R"({"proc.name": "-n"})", false},
        {"getopt(fd.types, \"n\") in ()", R"({"fd.types": []})", true},
        {"len(fd.types) = 0", R"({"fd.types": []})", true},
        {"len(fd.types) in ()", R"({"fd.types": []})", false},
        {"join(\",\", fd.types) = ''", R"({"fd.types": []})", true},
        {"join(\",\", fd.types) in ()", R"({"fd.types": []})", false},
        {"own.texts in ()", R"({"own.texts": []})", false},
        {"own.texts in (sh)", R"({"own.texts": []})", false},
        {"own.texts exists", R"({"own.texts": []})", false},
        {"not own.texts in ()", R"({"own.texts": []})", true},
        {"own.numbers in ()", R"({"own.numbers": []})", false},
        {"own.numbers in ()", R"({"own.numbers": [0]})", false},
        {"own.addresses in ()", R"({"own.addresses": []})", false},
        {"own.texts in val(own.others)", R"({"own.texts": ["a"], "own.others": []})", false},
        {"tolower(own.texts) in ()", R"({"own.texts": []})", false},
        {"proc.name in ()", R"({"proc.name": ""})", false},
        {"proc.name intersects ()", R"({"proc.name": ""})", false},
        {"proc.name pmatch ()", R"({"proc.name": ""})", false},
        {"not proc.name in ()", R"({"proc.name": "cat"})", true},
        {"not proc.name in ()", R"({})", true},
        {"proc.name in (\"\\z\")", R"({"proc.name": ""})", false},
        {"proc.name = allof ()", R"({"proc.name": "cat"})", false},
        {"proc.name != allof ()", R"({"proc.name": "cat"})", false},
        {"proc.name contains anyof ()", R"({"proc.name": "cat"})", false},
        {"not proc.name = oneof ()", R"({"proc.name": "cat"})", true},
        {"proc.aname in ()", R"({"proc.aname": []})", false},
        {"proc.aname in ()", R"({"proc.aname": ["sh"]})", false},
        {"proc.aname pmatch ()", R"({"proc.aname": ["sh"]})", false},
        {"fd.port in ()", R"({"fd.port": [80]})", false},
        {"fd.port in ()", R"({"fd.port": []})", false},
        {"fd.ip in ()", R"({"fd.ip": ["::1"]})", false},
        {"fd.cnet in ()", R"({"fd.cnet": "::1"})", false},
        {"evt.rawarg.name in ()", R"({"evt.rawarg.name": "x"})", false},
        {"proc.pid in ()", R"({"proc.pid": 1})", false},
        {"evt.buffer in ()", R"({"evt.buffer": ""})", false},
        {"evt.type in ()", R"({"evt.type": "open"})", false},
        {"evt.type in ()", R"({"evt.type": "nosuch"})", false},
        {"not evt.type in ()", R"({"evt.type": "open"})", true},
    };
    const Schemas schemas = edge_schemas();
    // Alone, and among so many rules that fields are looked at before rules.
    for (int others : {0, 10})
        for (const auto& [condition, event, fires] : kCases) {
            std::vector<RuleSource> sources{{"rule", condition}};
            for (int i = 0; i < others; ++i)
                sources.push_back({fmt::format("r{}", i), fmt::format("own.name = a{}", i)});
            AllEngines engines(compile_conditions(std::move(sources), schemas),
                               *schemas.find(kDefaultSource));
            EXPECT_TRUE(engines.agree(nlohmann::json::parse(event), 0)) << condition;
            EXPECT_EQ(engines.compared(), 1u) << event;
            EXPECT_EQ(engines.hits() != 0, fires) << condition << " on " << event;
        }
}

}  // namespace
}  // namespace stoop::tests
