// SPDX-License-Identifier: Apache-2.0
// Expectations changed in place: every combination of what an expected alert can say, right or wrong.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "compiler/compiler.h"
#include "testing/expectation_writer.h"
#include "testing/test_file.h"

namespace stoop {
namespace {

// Part of an expected alert: as it can be written, whether it holds, and what it is to become.
struct Part {
    const char* key;
    std::string text;  // empty: not given
    bool holds = true;
    std::string becomes{};  // empty: it stays
};

const std::vector<std::vector<Part>> kParts = {
    {{"priority", ""}, {"priority", "notice"}, {"priority", "'DEBUG'", false, "'NOTICE'"}},
    {{"source", ""}, {"source", "syscall"}, {"source", "other", false, "syscall"}},
    {{"tags", ""},
     {"tags", "[T1]"},
     {"tags", "[T1, X, T2]", false, "[T1, T2]"},
     {"tags", "[ X ]", false, "[ T1, T2 ]"},
     {"tags", "X", false, "[T1, T2]"}},
    {{"output", ""},
     {"output", "\"a shell: sh\""},
     {"output", "\"a shell: bash\"", false, "\"a shell: sh\""},
     {"output", "{contains: shell}"},
     {"output", "{contains: bash}", false},
     {"output", "{matches: 'sh$'}"},
     {"output", "{matches: ^sh}", false}},
    {{"outputFields", ""},
     {"outputFields", "{proc.name: sh, user.uid: 7}"},
     {"outputFields", "{proc.name: dash, user.uid: \"7\"}", false, "{proc.name: sh, user.uid: \"7\"}"},
     {"outputFields", "{user.uid: 8}", false, "{user.uid: 7}"},
     {"outputFields", "{proc.pid: 8}", false}},
    {{"exactly", ""}, {"exactly", "true"}},
    {{"event", ""}, {"event", "2"}, {"event", "1", false, "2"}},
    {{"count", ""}, {"count", "1"}, {"count", "7", false, "1"}},
};

// What a field list becomes where `exactly` stands, too.
std::string exact_fields(const std::string& text) {
    if (text.empty()) return "{proc.name: sh, user.uid: 7}";
    if (text == "{user.uid: 8}") return "{user.uid: 7, proc.name: sh}";
    if (text == "{proc.pid: 8}") return "{proc.name: sh, user.uid: 7}";
    return text.starts_with("{proc.name: dash") ? "{proc.name: sh, user.uid: \"7\"}" : text;
}

class UpdateTest : public testing::Test {
  protected:
    UpdateTest()
        : rules_(compile_rules({{"rules.yaml",
                                 "- {rule: Shell, desc: d, condition: evt.type = execve, output: "
                                 "'a shell: %proc.name (%user.uid)', priority: NOTICE, tags: [T1, T2]}\n"
                                 "- {rule: Other, desc: d, condition: evt.type = open, output: o, "
                                 "priority: DEBUG}\n"}},
                               schemas_)) {}

    static SeenAlert shell(uint32_t event) {
        return {event,        0, "a shell: sh", {{"proc.name", "sh"}, {"user.uid", 7}, {"evt.time", 1}},
                std::nullopt, 0};
    }

    // The text after the update; nothing if it was not written.
    std::optional<std::string> update(const std::string& text, const std::vector<SeenAlert>& seen,
                                      std::set<Unmet>& unmet) {
        Sources sources;
        Diagnostics diagnostics;
        uint32_t index = sources.add("t.yaml", text);
        TestFile file = read_test_file(sources, index, syscall_, {}, diagnostics);
        EXPECT_EQ(diagnostics.errors(), 0u) << text;
        if (file.tests.empty()) return std::nullopt;
        const TestCase& test = file.tests[0];
        UpdatedExpectation wanted = updated_expectation(test, *rules_->program, seen, true);
        YamlDocuments documents(text, {});
        YamlNode node = *documents.roots()[0]["tests"].begin();
        bool flow = text[static_cast<size_t>(node.Mark().pos)] == '{';
        for (const YamlNode::Entry& entry : node) {
            if (entry.first.Scalar() != "expect") continue;
            auto list = yaml_layout(text, test.expect_key, entry, flow);
            if (!list) return std::nullopt;
            auto indent = flow ? std::nullopt : std::optional<size_t>(6);
            WrittenExpectation written = write_expectation(text, test, *list, indent, wanted);
            if (!written.problem.empty()) return std::nullopt;
            unmet = wanted.unmet;
            auto out = edited(text, written.edits);
            if (out) check(*out, written.expect);
            return out;
        }
        return std::nullopt;
    }

    // The text says what was meant.
    void check(const std::string& text, const std::vector<ExpectedAlert>& expect) {
        Sources sources;
        Diagnostics diagnostics;
        uint32_t index = sources.add("t.yaml", text);
        TestFile file = read_test_file(sources, index, syscall_, {}, diagnostics);
        ASSERT_EQ(file.tests.size(), 1u) << text;
        ASSERT_EQ(file.tests[0].expect.size(), expect.size()) << text;
        for (size_t i = 0; i < expect.size(); ++i)
            ASSERT_TRUE(same(file.tests[0].expect[i], expect[i])) << text;
    }

    Schemas schemas_;
    SchemaOf syscall_ = [this](const TestFile&) { return schemas_.find("syscall"); };
    std::unique_ptr<Compilation> rules_;
};

constexpr const char* kHead = "events: [{evt.type: execve}]\ntests:\n";

std::string in_lines(const std::vector<Part>& parts) {
    std::string out =
        fmt::format("{}  - name: n\n    expect:  # the alerts\n      - rule: Shell  # a rule\n", kHead);
    for (const Part& part : parts)
        if (!part.text.empty()) out += fmt::format("        {}: {}  # {}\n", part.key, part.text, part.key);
    return out + "      # behind it\n";
}

std::string in_brackets(const std::vector<Part>& parts) {
    std::string out = std::string(kHead) + "  - {name: n, expect: [ {rule: Shell";
    for (const Part& part : parts)
        if (!part.text.empty()) out += fmt::format(", {}:  {}", part.key, part.text);
    return out + " } ]}  # behind it\n";
}

TEST_F(UpdateTest, ChangesWhatDoesNotHoldAndNothingElse) {
    std::vector<size_t> which(kParts.size());
    size_t tried = 0, combination = 0;
    for (bool more = true; more;) {
        std::vector<Part> before, after;
        size_t unmet_parts = 0;
        bool exactly = which[5] == 1;
        for (size_t i = 0; i < kParts.size(); ++i) {
            Part part = kParts[i][which[i]];
            before.push_back(part);
            if (!part.becomes.empty()) part.text = part.becomes;
            bool fields = std::string(part.key) == "outputFields";
            if (fields && exactly) part.text = exact_fields(before.back().text);
            unmet_parts += !part.holds && part.becomes.empty() && !(fields && exactly);
            after.push_back(part);
        }
        // Every eleventh one: that is every pair and triple of parts, many times.
        bool skipped = combination++ % 11 > 0;
        // A list of fields that was not there has no comment, and stands before `exactly`.
        bool fresh_fields = exactly && before[4].text.empty();
        for (auto* write : {&in_lines, &in_brackets}) {
            if (skipped) continue;
            std::set<Unmet> unmet;
            auto text = update((*write)(before), {shell(1)}, unmet);
            ASSERT_TRUE(text) << (*write)(before);
            std::string expected = (*write)(after);
            auto drop = [&](const std::string& what, const std::string& by) {
                if (size_t at = expected.find(what); at != expected.npos)
                    expected.replace(at, what.size(), by);
            };
            if (fresh_fields) {
                drop("  # outputFields", "");
                drop("outputFields:  {", "outputFields: {");
            }
            ASSERT_EQ(*text, expected) << (*write)(before);
            ASSERT_EQ(unmet.size(), unmet_parts) << (*write)(before);
            ++tried;
        }
        more = false;
        for (size_t i = 0; i < which.size() && !more; ++i) {
            more = ++which[i] < kParts[i].size();
            if (!more) which[i] = 0;
        }
    }
    EXPECT_EQ(combination, 3u * 3 * 5 * 7 * 5 * 2 * 3 * 3);
    EXPECT_GT(tried, 5000u);
}

// Alerts of two rules in random order against a random list of them, in both styles.
TEST_F(UpdateTest, ListsBecomeWhatCame) {
    std::mt19937 random(3);
    for (int round = 0; round < 600; ++round) {
        std::vector<SeenAlert> seen;
        for (size_t i = random() % 6; i > 0; --i) {
            SeenAlert alert = shell(static_cast<uint32_t>(seen.size()));
            if (random() % 2) alert = {alert.event, 1, "o", nlohmann::json::object(), std::nullopt, 0};
            seen.push_back(std::move(alert));
        }
        std::string lines = std::string(kHead) + "  - name: n\n    expect:", brackets;
        size_t comments = 0;
        const char* kForms[] = {"Shell", "Other", "{rule: Shell, priority: debug}", "{rule: Other, count: 2}",
                                "{rule: Shell, count: 1, outputFields: {user.uid: 8}}"};
        for (size_t i = random() % 5; i > 0; --i) {
            const char* form = kForms[random() % std::size(kForms)];
            brackets += (brackets.empty() ? "" : ", ") + std::string(form);
            lines += fmt::format("\n      # comment\n      - {}", form);
            ++comments;
        }
        if (brackets.empty()) lines += " []";
        if (random() % 2) lines += "\n";
        brackets = fmt::format("{}  - {{name: n, expect: [{}]}}", kHead, brackets);
        for (const std::string& text : {lines, brackets}) {
            std::set<Unmet> unmet;
            auto out = update(text, seen, unmet);
            ASSERT_TRUE(out) << text;
            ASSERT_TRUE(unmet.empty()) << text;
            Sources sources;
            Diagnostics diagnostics;
            TestFile file = read_test_file(sources, sources.add("t.yaml", *out), syscall_, {}, diagnostics);
            Mismatches left = compare(file.tests[0], *rules_->program, seen);
            ASSERT_TRUE(left.first.empty()) << text << "\n" << *out;
            size_t found = 0;
            for (size_t at = 0; (at = out->find("# comment", at)) != out->npos; ++at) ++found;
            if (text == lines) {
                ASSERT_EQ(found, comments) << *out;
            }
            // What holds is left alone.
            auto again = update(*out, seen, unmet);
            ASSERT_TRUE(again && *again == *out) << *out;
        }
    }
}

}  // namespace
}  // namespace stoop
