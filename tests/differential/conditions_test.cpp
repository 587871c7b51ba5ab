// SPDX-License-Identifier: Apache-2.0
// Random conditions on random events, and all small conditions on all small events: the engines agree on
// every one. The random run lasts STOOP_FUZZ_SECONDS (5 unless told; 20 in CI).
#include <chrono>
#include <iostream>

#include "tests/differential/all_engines.h"

namespace stoop::tests {
namespace {

using nlohmann::json;

// A field, values that it is compared with and has, and operators that fit it.
struct FieldCase {
    std::string name;
    std::vector<std::string> operands;  // as conditions write them
    std::vector<json> values;           // as events hold them
    std::vector<std::string> operators;
    std::vector<std::string> list_operators;
};

const std::vector<std::string> kText = {"=",        "!=",   "contains", "icontains", "startswith",
                                        "endswith", "glob", "iglob",    "regex"};
const std::vector<std::string> kNumber = {"=", "!=", "<", "<=", ">", ">="};

const std::vector<FieldCase>& field_cases() {
    static const std::vector<FieldCase> cases = {
        {"evt.type",
         {"open", "openat", "execve", "getppid"},
         {"open", "openat", "execve", "getppid", "getpid"},
         {"=", "!="},
         {"in"}},
        {"proc.name",
         {"sh", "bash", "SH", "\"a b\"", "''", "s"},
         {"sh", "bash", "SH", "a b", "", "s", "shsh"},
         kText,
         {"in", "intersects"}},
        {"proc.exepath",
         {"/bin/sh", "/bin", "/usr/bin/sh", "bin"},
         {"/bin/sh", "/bin", "/usr/bin/sh", "/", ""},
         kText,
         {"in", "pmatch"}},
        {"proc.pid",
         {"0", "1", "-1", "4294967296"},
         {0, 1, -1, 4294967296, 7},
         kNumber,
         {"in", "intersects"}},
        {"user.uid", {"0", "1", "4294967295"}, {0, 1, 4294967295u, 7}, kNumber, {"in"}},
        {"fd.cport", {"0", "80", "65535"}, {0, 80, 65535, 8080}, kNumber, {"in"}},
        {"proc.is_exe_writable", {"true", "false"}, {true, false}, {"=", "!="}, {"in"}},
        {"fd.cip", {"10.0.0.1", "::1"}, {"10.0.0.1", "::1", "10.0.0.2"}, {"=", "!="}, {"in"}},
        {"fd.cnet", {"10.0.0.0/8", "11.0.0.0/16"}, {"10.0.0.1", "11.0.0.1"}, {"=", "!="}, {"in"}},
        {"evt.buffer",
         {"ab", "abc", "\"a b\""},
         {"ab", "abcabc", "a b", ""},
         {"=", "!=", "contains", "startswith", "endswith"},
         {}},
        {"proc.aname[2]", {"sh", "bash"}, {"sh", "bash", ""}, {"=", "!=", "contains"}, {"in"}},
        {"evt.arg.flags", {"O_RDONLY", "EXE"}, {"O_RDONLY", "EXE_FROM_MEMFD", ""}, {"=", "contains"}, {"in"}},
    };
    return cases;
}

class Generator {
  public:
    explicit Generator(uint64_t seed) : random_(seed) {}

    template <typename T>
    const T& one_of(const std::vector<T>& from) {
        return from[random_() % from.size()];
    }
    bool chance(unsigned percent) { return random_() % 100 < percent; }

    std::string atom() {
        const FieldCase& field = one_of(field_cases());
        std::string left = field.name;
        bool text = field.operators.size() == kText.size();
        if (text && chance(15))
            left = one_of<std::string>({"tolower", "toupper", "basename"}) + "(" + left + ")";
        if (chance(10)) return left + " exists";
        if (text && chance(10))
            return left + " = val(" + (field.name == "proc.name" ? "proc.pname" : "proc.exe") + ")";
        if (text && chance(5))
            return "len(" + field.name + ") " + one_of(kNumber) + " " + std::to_string(random_() % 9);
        if (!field.list_operators.empty() && chance(35))
            return left + " " + one_of(field.list_operators) + " " + list(field);
        if (text && chance(15))
            return left + " " + one_of<std::string>({"=", "startswith", "contains"}) + " " +
                   one_of<std::string>({"oneof", "anyof", "allof"}) + " " + list(field);
        return left + " " + one_of(field.operators) + " " + one_of(field.operands);
    }

    std::string condition(int depth) {
        if (depth == 0 || chance(25)) return atom();
        if (chance(20)) return "not (" + condition(depth - 1) + ")";
        const char* joint = chance(50) ? " and " : " or ";
        std::string out = "(" + condition(depth - 1);
        for (size_t i = 1 + random_() % 3; i > 0; --i) out += joint + condition(depth - 1);
        return out + ")";
    }

    json event() {
        json out = json::object();
        for (const FieldCase& field : field_cases()) {
            if (chance(15)) continue;
            out[field.name] = chance(15) ? json() : one_of(field.values);
        }
        for (const char* name : {"proc.pname", "proc.exe"})
            if (chance(70)) out[name] = one_of<std::string>({"sh", "bash", "/bin/sh", ""});
        return out;
    }

  private:
    std::string list(const FieldCase& field) {
        std::string out = "(";
        for (size_t i = chance(10) ? 20 : 1 + random_() % 4; i > 0; --i)
            out += one_of(field.operands) + (i > 1 ? ", " : ")");
        return out;
    }

    std::mt19937_64 random_;
};

TEST(RandomConditions, AgreeOnRandomEvents) {
    const char* given = getenv("STOOP_FUZZ_SECONDS");
    std::chrono::seconds budget(given ? std::atoi(given) : 5);
    uint64_t start = seed();
    SCOPED_TRACE("repeat with STOOP_SEED=" + std::to_string(start));
    Generator generator(start);
    constexpr size_t kConditions = 60, kEvents = 400;
    size_t conditions = 0, events = 0, hits = 0;
    auto end = std::chrono::steady_clock::now() + budget;
    do {
        std::vector<RuleSource> sources;
        for (size_t i = 0; i < kConditions; ++i)
            sources.push_back({"c" + std::to_string(i), generator.condition(4)});
        AllEngines engines(compile_conditions(sources, Schemas()));
        for (size_t i = 0; i < kEvents; ++i) ASSERT_TRUE(engines.agree(generator.event(), start));
        conditions += kConditions;
        events += engines.compared();
        hits += engines.hits();
    } while (std::chrono::steady_clock::now() < end);
    EXPECT_GT(hits, events);  // or little was compared
    std::cout << "seed " << start << ": " << conditions << " conditions, " << events
              << " events (each against " << kConditions << "), " << hits << " hits\n";
}

// So many rules that not all have native code of their own, and that types of events share a bucket.
TEST(LargeRuleSets, AgreeOnRandomEvents) {
    uint64_t start = seed();
    SCOPED_TRACE("repeat with STOOP_SEED=" + std::to_string(start));
    Generator generator(start);
    std::vector<RuleSource> sources;
    auto add = [&](const std::string& condition) {
        sources.push_back({"c" + std::to_string(sources.size()), condition});
    };
    for (int i = 0; i < 2000; ++i) add(generator.condition(3));
    Schemas schemas;
    for (const std::string& type : schemas.find(kDefaultSource)->event_types().names())
        if (!type.empty()) add("evt.type = " + type + " and " + generator.condition(1));
    AllEngines engines(compile_conditions(sources, schemas));
    for (size_t i = 0; i < 300; ++i) ASSERT_TRUE(engines.agree(generator.event(), start));
    EXPECT_GT(engines.hits(), engines.compared());
}

// Every condition of one to three atoms, over a handful of atoms, each atom negated or not, in every way to
// join them; on every event that gives each field one of its values or none.
TEST(AllSmallConditions, AgreeOnAllSmallEvents) {
    const std::vector<std::string> kAtoms = {
        "proc.name = sh",  "proc.name in (sh, b)",        "proc.pid > 1",     "proc.pid exists",
        "evt.type = open", "proc.is_exe_writable = true", "fd.cip = 10.0.0.1"};
    const std::vector<std::pair<std::string, std::vector<json>>> kFields = {
        {"proc.name", {json(), "sh", "b", "x"}},      {"proc.pid", {json(), 1, 2}},
        {"evt.type", {json(), "open", "close"}},      {"proc.is_exe_writable", {json(), true, false}},
        {"fd.cip", {json(), "10.0.0.1", "10.0.0.2"}},
    };
    std::vector<std::string> literals;
    for (const std::string& atom : kAtoms) {
        literals.push_back(atom);
        literals.push_back("not " + atom);
    }
    std::vector<RuleSource> sources;
    auto add = [&](const std::string& text) {
        sources.push_back({"c" + std::to_string(sources.size()), text});
    };
    for (const std::string& a : literals) {
        add(a);
        for (const std::string& b : literals) {
            for (const char* joint : {" and ", " or "}) {
                add(a + joint + b);
                for (const std::string& c : literals)
                    for (const char* second : {" and ", " or "}) {
                        add(a + joint + b + second + c);
                        add("not (" + a + joint + b + ")" + second + c);
                    }
            }
        }
    }
    std::vector<json> events{json::object()};
    for (const auto& [name, values] : kFields) {
        std::vector<json> wider;
        for (const json& event : events)
            for (const json& value : values) {
                wider.push_back(event);
                wider.back()[name] = value;
            }
        events = std::move(wider);
    }
    constexpr size_t kBatch = 4000;
    size_t compared = 0;
    for (size_t at = 0; at < sources.size(); at += kBatch) {
        auto end = sources.begin() + static_cast<ptrdiff_t>(std::min(at + kBatch, sources.size()));
        AllEngines engines(
            compile_conditions({sources.begin() + static_cast<ptrdiff_t>(at), end}, Schemas()));
        for (const json& event : events) ASSERT_TRUE(engines.agree(event, 0));
        compared +=
            engines.compared() * static_cast<size_t>(end - sources.begin() - static_cast<ptrdiff_t>(at));
    }
    std::cout << sources.size() << " conditions on " << events.size() << " events: " << compared
              << " verdicts\n";
    EXPECT_EQ(compared, sources.size() * events.size());
}

}  // namespace
}  // namespace stoop::tests
