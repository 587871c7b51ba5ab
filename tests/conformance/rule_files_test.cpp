// SPDX-License-Identifier: Apache-2.0
// Falco's answers on rule files: whether they load, the codes of errors and warnings in order, where Falco
// says that each is, and what it makes of the rules. A representative set is in tests/data; the whole of it
// is read from ../shared where that is there.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Refused on purpose: 4,000 parentheses are deeper than any condition needs to be, and Falco crashes at some
// more.
const std::set<std::string> kDeliberate = {"depth-parens-04000"};

struct Scenario {
    std::string id;
    std::map<std::string, std::string> files;  // by name, in the order in which they load
    json results;                              // one a file; null where Falco printed none
    json rules;                                // Falco's description of them, if they load
};

// Code and place of each error or warning.
json essence(const json& entries) {
    json out = json::array();
    for (const json& entry : entries) {
        json locations = json::array();
        if (entry.contains("context"))
            for (const json& location : entry["context"]["locations"])
                locations.push_back({location["item_type"], location["item_name"],
                                     location["position"]["line"], location["position"]["column"]});
        else
            locations = entry["locations"];
        out.push_back({{"code", entry["code"]}, {"locations", std::move(locations)}});
    }
    return out;
}

json essence_of_results(const json& results) {
    json out = json::array();
    for (const json& result : results)
        out.push_back({{"name", result["name"]},
                       {"successful", result["successful"]},
                       {"errors", essence(result["errors"])},
                       {"warnings", essence(result["warnings"])}});
    return out;
}

std::string write_files(const WorkFolder& folder, const Scenario& scenario) {
    std::string names;
    for (const auto& [name, text] : scenario.files) {
        write_file(folder.path() / name, text);
        names += " " + name;
    }
    return names;
}

void compare_results(const WorkFolder& folder, const Scenario& scenario, const std::string& names) {
    Outcome outcome = folder.run("stoop check -q -o falco" + names);
    ASSERT_TRUE(outcome.exit == 0 || outcome.exit == 2) << scenario.id << outcome.err;
    json results = json::parse(outcome.out)["falco_load_results"];
    if (scenario.results.is_null()) {
        bool failed = std::any_of(results.begin(), results.end(),
                                  [](const json& result) { return !result["successful"].get<bool>(); });
        EXPECT_TRUE(failed) << scenario.id << ": Falco ends without a result, so there must be an error";
        return;
    }
    EXPECT_EQ(essence_of_results(results), essence_of_results(scenario.results)) << scenario.id;
}

void compare_rules(const WorkFolder& folder, const Scenario& scenario, const std::string& names) {
    std::string options;
    std::istringstream words(names);
    for (std::string name; words >> name;) options += " -r " + name;
    Outcome outcome = folder.run("stoop list rules -q -o json" + options);
    ASSERT_EQ(outcome.exit, 0) << scenario.id << outcome.err;
    json rules = json::parse(outcome.out);
    ASSERT_EQ(rules.size(), scenario.rules.size()) << scenario.id;
    for (size_t i = 0; i < rules.size(); ++i)
        for (const auto& [key, value] : scenario.rules[i].items()) {
            json have = rules[i][key], want = value;
            if (want.is_array() && key != "output_fields") {
                std::sort(have.begin(), have.end());
                std::sort(want.begin(), want.end());
            }
            EXPECT_EQ(have, want) << scenario.id << ": " << key;
        }
}

void compare(const Scenario& scenario) {
    if (kDeliberate.contains(scenario.id)) return;
    WorkFolder folder;
    std::string names = write_files(folder, scenario);
    compare_results(folder, scenario, names);
    if (!scenario.rules.is_null()) compare_rules(folder, scenario, names);
}

TEST(RuleFiles, RepresentativeSet) {
    std::istringstream lines(read_file(source_dir() / "tests/data/rule_files.jsonl"));
    size_t compared = 0;
    for (std::string line; std::getline(lines, line); ++compared) {
        json one = json::parse(line);
        compare({one["id"], one["files"], one["results"], one.value("rules", json())});
    }
    EXPECT_GT(compared, 100u);
}

TEST(RuleFiles, EveryRecordedFolder) {
    if (!have_shared()) GTEST_SKIP() << "the recorded answers (../shared) are not here";
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "too slow with sanitizers; the release build runs it";
#endif
    size_t compared = 0;
    for (const auto& entry : fs::directory_iterator(shared_dir() / "conformance/rulefiles")) {
        if (!entry.is_directory()) continue;
        Scenario scenario{entry.path().filename().string(), {}, {}, {}};
        for (const auto& file : fs::directory_iterator(entry.path()))
            if (file.path().extension() == ".yaml")
                scenario.files[file.path().filename().string()] = read_file(file.path());
        json validated = json::parse(read_file(entry.path() / "validate.json"));
        if (validated.contains("falco_load_results")) scenario.results = validated["falco_load_results"];
        if (fs::exists(entry.path() / "describe.json")) {
            // What `stoop list` gives under the names that Falco has for it; a list's comps are not among
            // them where Falco leaves them undefined.
            json described = json::parse(read_file(entry.path() / "describe.json"));
            for (json& rule : described["rules"])
                if (scenario.id == "override-replace-all") rule.erase("exception_operators");
            scenario.rules = described["rules"];
        }
        compare(scenario);
        ++compared;
    }
    EXPECT_GT(compared, 400u);
}

TEST(RuleFiles, UpstreamRulesAreDescribedAsFalcoDoes) {
    if (!have_shared()) GTEST_SKIP() << "the recorded answers (../shared) are not here";
    fs::path data = shared_dir() / "data/rules";
    const std::map<std::string, std::vector<std::string>> kSets = {
        {"upstream/describe.json",
         {"upstream/falco_rules.yaml", "upstream/falco-incubating_rules.yaml",
          "upstream/falco-sandbox_rules.yaml"}},
        {"generated-1.describe.json", {"generated-1.yaml"}},
        {"generated-2.describe.json", {"generated-2.yaml"}},
        {"generated-3.describe.json", {"generated-3.yaml"}}};
    for (const auto& [description, files] : kSets) {
        json described = json::parse(read_file(data / description));
        std::string options;
        for (const std::string& file : files) options += " -r '" + (data / file).string() + "'";
        WorkFolder folder;
        for (const char* kind : {"rules", "macros", "lists"}) {
            Outcome outcome = folder.run(std::string("stoop list -q -o json ") + kind + options);
            ASSERT_EQ(outcome.exit, 0) << outcome.err;
            json have = json::parse(outcome.out);
            ASSERT_EQ(have.size(), described[kind].size()) << description << " " << kind;
            for (size_t i = 0; i < have.size(); ++i)
                for (const char* part : {"info", "details"})
                    for (auto [key, want] : described[kind][i][part].items()) {
                        // Falco leaves the plugins of macros out.
                        bool left_out = std::string(kind) != "rules" && key == "plugins";
                        if (left_out || !have[i].contains(key)) continue;
                        if (want.is_array() && key != "output_fields" && key != "items") {
                            std::sort(want.begin(), want.end());
                            std::sort(have[i][key].begin(), have[i][key].end());
                        }
                        EXPECT_EQ(have[i][key], want) << description << " " << have[i]["name"] << " " << key;
                    }
        }
    }
}

// "ALL", {"all_minus": [...]} or the names.
TEST(EventTypes, AreFalcos) {
    WorkFolder folder;
    json rules = json::array();
    std::vector<json> want;
    std::istringstream lines(read_file(source_dir() / "tests/data/event_types.jsonl"));
    for (std::string line; std::getline(lines, line);) {
        json one = json::parse(line);
        rules.push_back({{"rule", "rule " + std::to_string(rules.size())},
                         {"desc", "d"},
                         {"condition", one["condition"]},
                         {"output", "o"},
                         {"priority", "INFO"}});
        want.push_back(one["events"]);
    }
    ASSERT_GT(want.size(), 50u);
    write_file(folder.path() / "rules.yaml", rules.dump());
    json have = json::parse(folder.run("stoop list rules -q -r rules.yaml -o json").out);
    ASSERT_EQ(have.size(), want.size());
    json all;
    for (size_t i = 0; i < want.size(); ++i)
        if (want[i] == "ALL") all = have[i]["events"];
    EXPECT_EQ(all.size(), 465u);
    for (size_t i = 0; i < want.size(); ++i) {
        json expected = want[i] == "ALL" ? all : want[i];
        if (expected.is_object()) {
            json minus = expected["all_minus"];
            expected = all;
            for (const json& name : minus) expected.erase(std::find(expected.begin(), expected.end(), name));
        }
        EXPECT_EQ(have[i]["events"], expected) << rules[i]["condition"];
    }
}

}  // namespace
}  // namespace stoop::tests
