// SPDX-License-Identifier: Apache-2.0
// Rule sets in which many rules look for literals in the same few fields: the engines agree on values that
// are those literals, begin or end with them, or nearly do. Lasts STOOP_FUZZ_SECONDS (5 unless told).
#include <fmt/format.h>

#include <chrono>
#include <iostream>

#include "tests/differential/all_engines.h"

namespace stoop::tests {
namespace {

using nlohmann::json;

class RuleSet {
  public:
    explicit RuleSet(std::mt19937_64& random) : random_(random) {
        for (int i = 0; i < 24; ++i) pool_.push_back(text(1 + random_() % (i % 3 == 0 ? 24 : 9)));
        pool_.push_back("");
        for (std::string alike = text(70); pool_.size() < 28;) pool_.push_back(alike + text(2));
        while (pool_.size() < 28 + kMany) pool_.push_back(text(6 + random_() % 4));
    }

    std::string condition() {
        std::string out = "evt.type = open";
        if (chance(30)) out += " and proc.is_exe_writable = true";
        if (chance(30)) out += " and container.id != host";
        if (chance(10)) out += " and proc.vpid = 1";
        out += " and " + (chance(80) ? search() : fmt::format("({} or {})", search(), search()));
        if (chance(60)) out += " and not " + equality();
        if (chance(20)) out += fmt::format(" and not ({} or not {} = {})", equality(), field(), literal());
        if (chance(20)) out += fmt::format(" and {} != {}", field(), literal());
        if (chance(20)) out += fmt::format(" and (not {} or not {})", equality(), equality());
        if (chance(20)) out += fmt::format(" and not ({} and {})", equality(), equality());
        if (chance(20)) out += searches(chance(50));
        return out;
    }

    json event() {
        json out = {{"evt.type", "open"},
                    {"proc.is_exe_writable", chance(50)},
                    {"container.id", chance(50) ? "host" : "abc"},
                    {"proc.vpid", chance(95) ? 1 : 2}};
        for (const char* name : kFields)
            if (chance(90)) out[name] = value();
        return out;
    }

  private:
    static constexpr size_t kMany = 30;
    static constexpr const char* kFields[] = {"proc.name", "proc.exepath", "fd.name"};

    bool chance(unsigned percent) { return random_() % 100 < percent; }
    std::string text(size_t size) {
        std::string out;
        while (out.size() < size) out += "aab/"[random_() % 4];
        return out;
    }
    const std::string& one() { return pool_[random_() % pool_.size()]; }
    // Mostly one that other rules have too.
    std::string literal() {
        if (chance(5)) pool_.insert(pool_.begin(), text(6 + random_() % 9));
        return '"' + (chance(10) ? pool_.front() : one()) + '"';
    }
    std::string field() { return kFields[random_() % std::size(kFields)]; }
    std::string list() {
        std::string out = "(" + literal();
        for (size_t more = random_() % 5; more > 0; --more) out += ", " + literal();
        return out + ")";
    }
    std::string equality() {
        return chance(50) ? fmt::format("{} in {}", field(), list())
                          : fmt::format("{} = {}", field(), literal());
    }
    std::string search() {
        constexpr const char* kOperators[] = {"startswith", "endswith", "contains", "icontains"};
        if (chance(40)) return equality();
        if (chance(10)) return fmt::format("{} glob \"{}*\"", field(), one());
        return fmt::format("{} {} {}", field(), kOperators[random_() % std::size(kOperators)], literal());
    }
    // Nearly all in one field, so many that they become one search.
    std::string searches(bool denied) {
        std::string of = field(), op = chance(50) ? "contains" : "icontains", out;
        for (size_t i = pool_.size() - kMany; i < pool_.size(); ++i) {
            std::string one = chance(90) ? fmt::format("{} {} \"{}\"", of, op, pool_[i]) : search();
            out += denied ? " and not " + one : (out.empty() ? "" : " or ") + one;
        }
        return denied ? out : fmt::format(" and {}({})", chance(50) ? "not " : "", out);
    }
    std::string value() {
        std::string out = one();
        switch (random_() % 6) {
            case 0: return out + text(1 + random_() % 9);
            case 1: return text(1 + random_() % 9) + out;
            case 2: return out.substr(0, random_() % (out.size() + 1));
            case 3:
                if (!out.empty()) out[random_() % out.size()] = 'x';
                return out;
            default: return out;
        }
    }

    std::mt19937_64& random_;
    std::vector<std::string> pool_;
};

TEST(RulesThatSearch, AgreeOnNearMisses) {
    const char* given = getenv("STOOP_FUZZ_SECONDS");
    std::chrono::seconds budget(given ? std::atoi(given) : 5);
    uint64_t start = seed();
    SCOPED_TRACE("repeat with STOOP_SEED=" + std::to_string(start));
    std::mt19937_64 random(start);
    size_t rules = 0, events = 0, hits = 0, joined = 0;
    auto end = std::chrono::steady_clock::now() + budget;
    do {
        RuleSet set(random);
        std::vector<RuleSource> sources;
        for (size_t count = 7 + random() % (random() % 4 == 0 ? 100 : 50); sources.size() < count;)
            sources.push_back({"r" + std::to_string(sources.size()), set.condition()});
        AllEngines engines(compile_conditions(sources, Schemas()));
        for (int i = 0; i < 2000; ++i) ASSERT_TRUE(engines.agree(set.event(), start));
        rules += sources.size();
        events += engines.compared();
        hits += engines.hits();
        joined += engines.joined();
    } while (std::chrono::steady_clock::now() < end);
    EXPECT_GT(hits, events / 2);  // or little was compared
    EXPECT_GT(joined, 0u);
    std::cout << "seed " << start << ": " << rules << " rules, " << events << " events, " << hits
              << " hits\n";
}

// Searches for so many texts that there is not memory enough to make one of each rule's.
TEST(RulesThatSearch, AgreeOnMoreTextsThanAreJoined) {
    std::mt19937_64 random(1);
    auto text = [&] {
        std::string out;
        while (out.size() < 40) out += static_cast<char>('a' + random() % 26);
        return out;
    };
    std::vector<std::string> texts;
    std::vector<RuleSource> sources;
    for (int rule = 0; rule < 30; ++rule) {
        std::string any;
        for (int i = 0; i < 1'000; ++i) {
            texts.push_back(text());
            any += (any.empty() ? "proc.cmdline contains " : " or proc.cmdline contains ") + texts.back();
        }
        sources.push_back({"r" + std::to_string(rule), "evt.type = open and (" + any + ")"});
    }
    AllEngines engines(compile_conditions(sources, Schemas()));
    EXPECT_GT(engines.joined(), 0u);
    EXPECT_LT(engines.joined(), sources.size());
    for (int i = 0; i < 200; ++i) {
        std::string value = text();
        for (size_t found = random() % 3; found > 0; --found)
            value += texts[random() % texts.size()] + text();
        ASSERT_TRUE(engines.agree({{"evt.type", "open"}, {"proc.cmdline", value}}, 1));
    }
    EXPECT_GT(engines.hits(), 100u);
}

}  // namespace
}  // namespace stoop::tests
