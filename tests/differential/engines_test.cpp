// One meaning, two engines: on every event the reference evaluator and native code fire the same rules. The
// rules are the shipped ones and the conditions of tests/data, which cover all operators and types; the
// events are the fixtures and random mutations of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "compiler/codegen/native.h"
#include "compiler/compiler.h"
#include "runtime/ingest/event_decoder.h"
#include "runtime/reference/evaluator.h"
#include "tests/support/paths.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr size_t kMutations = 10'000;

uint64_t seed() {
    const char* given = getenv("STOOP_SEED");
    return given ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

// The events of the cases: every field and type that the conditions ask for.
std::vector<json> case_events() {
    std::vector<json> out;
    std::istringstream lines(read_file(source_dir() / "tests/data/conditions.jsonl"));
    for (std::string line; std::getline(lines, line);) out.push_back(json::parse(line)["fields"]);
    return out;
}

std::vector<json> fixtures() {
    std::vector<json> out;
    for (const auto& entry : fs::recursive_directory_iterator(source_dir() / "fixtures"))
        if (entry.path().extension() == ".json") out.push_back(json::parse(read_file(entry.path())));
    return out;
}

// Values that lie on the edges of what rules compare with.
json interesting_value(const json& old, std::mt19937_64& random) {
    if (old.is_boolean()) return !old.get<bool>();
    if (old.is_number()) {
        const std::vector<json> kNumbers = {0, 1, -1, 2, 80, 1000, 4294967295u, INT64_MAX, 34816};
        return kNumbers[random() % kNumbers.size()];
    }
    const std::vector<std::string> kTexts = {"",
                                             "runc",
                                             "runc ",
                                             "RUNC",
                                             "execve",
                                             "execveat",
                                             "openat",
                                             "SUCCESS",
                                             "EACCES",
                                             "memfd:runc_cloned:/proc/self/exe",
                                             "memfd:program",
                                             "/etc/passwd",
                                             "EXE_FROM_MEMFD",
                                             "EXE_WRITABLE|EXE_FROM_MEMFD",
                                             "O_RDONLY|O_CLOEXEC",
                                             "cat"};
    return kTexts[random() % kTexts.size()];
}

json mutated(json event, std::mt19937_64& random) {
    json& fields = event.contains("output_fields") ? event["output_fields"] : event;
    size_t changes = 1 + random() % 4;
    for (size_t i = 0; i < changes && !fields.empty(); ++i) {
        auto field = std::next(fields.begin(), static_cast<ptrdiff_t>(random() % fields.size()));
        switch (random() % 3) {
            case 0: fields.erase(field); break;
            case 1: field.value() = nullptr; break;
            default: field.value() = interesting_value(field.value(), random);
        }
    }
    return event;
}

std::unique_ptr<Compilation> shipped_rules() {
    std::vector<RuleSource> files;
    for (const auto& entry : fs::directory_iterator(source_dir() / "rules"))
        if (entry.path().extension() == ".yaml")
            files.push_back({entry.path().string(), read_file(entry.path())});
    return compile_rules(std::move(files), Schemas());
}

std::unique_ptr<Compilation> many_conditions() {
    std::vector<RuleSource> conditions;
    std::istringstream lines(read_file(source_dir() / "tests/data/conditions.jsonl"));
    for (std::string line; std::getline(lines, line);) {
        json one = json::parse(line);
        if (one["expect"].is_boolean()) conditions.push_back({one["id"], one["condition"]});
    }
    return compile_conditions(std::move(conditions), Schemas());
}

// Both engines for one rule set, and an event to fill.
class BothEngines {
  public:
    explicit BothEngines(std::unique_ptr<Compilation> compilation)
        : compilation_(std::move(compilation)),
          plan_(*compilation_->plan),
          decoder_(syscall_schema(), plan_) {
        std::string error;
        native_ = NativeProgram::compile(plan_, error);
        EXPECT_TRUE(native_) << error;
        EXPECT_EQ(compilation_->diagnostics.errors(), 0u);
    }

    // False, with a failure, if they differ.
    bool agree(const json& event, uint64_t seed) {
        std::string text = event.dump();
        if (decoder_.decode(text, event_)) return true;  // a mutation made a value of the wrong type
        ++compared_;
        for (uint32_t limit : {1u, static_cast<uint32_t>(plan_.rules.size())}) {
            auto reference = fired(reference_engine(plan_), limit);
            auto native = fired(native_->engine(), limit);
            hits_ += reference.size();
            if (limit == plan_.rules.size()) count(reference);
            if (reference == native) continue;
            ADD_FAILURE() << "seed " << seed << ", event " << text << "\nreference: " << names(reference)
                          << "\nnative:    " << names(native);
            return false;
        }
        return true;
    }
    size_t compared() const { return compared_; }
    // The share of rules that were seen to fire and not to fire.
    double both_verdicts() const {
        auto both =
            std::count_if(fired_.begin(), fired_.end(), [&](size_t n) { return n > 0 && n < compared_; });
        return static_cast<double>(both) / static_cast<double>(plan_.rules.size());
    }
    size_t hits() const { return hits_; }

  private:
    std::vector<uint32_t> fired(const Engine& engine, uint32_t limit) {
        std::vector<uint32_t> out(plan_.rules.size() + 1);
        out.resize(engine.match(event_.values.data(), event_.type, scratch_, out.data(), limit));
        return out;
    }
    void count(const std::vector<uint32_t>& rules) {
        fired_.resize(plan_.rules.size());
        for (uint32_t rule : rules) ++fired_[rule];
    }
    std::string names(const std::vector<uint32_t>& rules) const {
        std::string out;
        for (uint32_t rule : rules) out += plan_.rules[rule].name + " ";
        return out;
    }

    std::unique_ptr<Compilation> compilation_;
    const Plan& plan_;
    EventDecoder decoder_;
    std::unique_ptr<NativeProgram> native_;
    Event event_;
    Scratch scratch_;
    std::vector<size_t> fired_;  // by rule, how often
    size_t compared_ = 0;
    size_t hits_ = 0;
};

void compare_on_mutations(std::unique_ptr<Compilation> rules, std::vector<json> events) {
    uint64_t start = seed();
    SCOPED_TRACE("repeat with STOOP_SEED=" + std::to_string(start));
    std::mt19937_64 random(start);
    ASSERT_FALSE(events.empty());
    BothEngines engines(std::move(rules));
    for (const json& event : events) ASSERT_TRUE(engines.agree(event, start));
    for (size_t i = 0; i < kMutations; ++i) {
        json event = events[random() % events.size()];
        const json& other = events[random() % events.size()];
        // Fields of two events together meet more conditions than those of one.
        if (random() % 2 == 0 && !event.contains("output_fields") && !other.contains("output_fields"))
            event.update(other);
        ASSERT_TRUE(engines.agree(mutated(event, random), start));
    }
    // A test in which nothing fires, or nothing is compared, could not fail.
    EXPECT_GT(engines.compared(), kMutations / 2);
    EXPECT_GT(engines.hits(), 100u);
    // Some conditions of the cases are true or false whatever the event.
    EXPECT_GT(engines.both_verdicts(), 0.75);
    std::cout << "seed " << start << ": " << engines.compared() << " events compared, " << engines.hits()
              << " hits\n";
}

TEST(Engines, AgreeOnTheShippedRules) { compare_on_mutations(shipped_rules(), fixtures()); }

TEST(Engines, AgreeOnAllOperators) {
    std::vector<json> events = case_events();
    for (json& event : fixtures()) events.push_back(std::move(event));
    compare_on_mutations(many_conditions(), std::move(events));
}

}  // namespace
}  // namespace stoop::tests
