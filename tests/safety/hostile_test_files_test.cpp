// SPDX-License-Identifier: Apache-2.0
// Test files and what they name that are meant to do harm: an error or a right result, in bounded memory, on
// a small stack.
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;

std::string repeated(const std::string& text, size_t times) {
    std::string out;
    out.reserve(text.size() * times);
    for (size_t i = 0; i < times; ++i) out += text;
    return out;
}

class HostileTestFiles : public testing::Test {
  protected:
    HostileTestFiles() {
        write("a.yaml", "- {rule: r, desc: d, condition: evt.type = open, output: o, priority: INFO}\n");
    }
    void write(const char* name, const std::string& text) const { write_file(folder_.path() / name, text); }
    Outcome run(const std::string& command) const {
#if defined(__SANITIZE_ADDRESS__)
        return folder_.run("timeout 120 " + command);
#else
        return folder_.run("ulimit -v 2000000; ulimit -s 256; timeout 60 " + command);
#endif
    }
    void expect(const std::string& text, int exit, const std::string& message) const {
        write("a_test.yaml", text);
        Outcome out = run("stoop test a_test.yaml");
        EXPECT_EQ(out.exit, exit) << text.substr(0, 200) << out.err.substr(0, 500);
        EXPECT_NE((out.out + out.err).find(message), std::string::npos)
            << text.substr(0, 200) << out.err.substr(0, 500);
    }

    WorkFolder folder_;
};

TEST_F(HostileTestFiles, AliasesWithinThemselves) {
    std::string comment = "#" + std::string(1 << 20, 'x') + "\n";
    for (const char* text : {"tests: &a [*a]\n", "tests: &a [[[*a]]]\n", "tests: &a {x: *a}\n",
                             "tests: [&a {name: n, expect: [*a]}]\n", "tests: &a [&b [*a, *b]]\n",
                             "tests: [&a {*a : x}]\n", "tests: [&a {<<: *a}]\n", "&a tests: [&b {*a : *b}]\n",
                             "tests: [{set: &a {fd.name: [*a]}}]\n", "x: &a {y: &b {z: *a}}\ntests: *a\n"})
        expect(text + comment, 2, "an alias cannot stand within the node that it names");
}

TEST_F(HostileTestFiles, AliasesThatMultiply) {
    std::string text = "x0: &a0 [x, x]\n";
    for (int i = 1; i < 40; ++i) {
        std::string before = "*a" + std::to_string(i - 1);
        text += "x" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " + before + "]\n";
    }
    expect(text + "#" + std::string(8 << 20, 'x') + "\n", 2, "this file has too many values");
    // One long text, often.
    text = "x: &a " + std::string(1 << 20, 'x') + "\ntests: [" + repeated("*a, ", 10'000) + "]\n";
    expect(text, 2, "this file has too many values");
    text = "x: &a {? " + std::string(1 << 20, 'x') + " : 1}\ntests: [" + repeated("*a, ", 10'000) + "]\n";
    expect(text, 2, "this file has too many values");
}

TEST_F(HostileTestFiles, NestedDeep) {
    expect("tests: " + repeated("[", 100'000) + "\n", 2, "values are nested more than 500 deep");
    expect("tests: " + repeated("{a: ", 100'000) + "\n", 2, "values are nested more than 500 deep");
    expect("tests:\n  " + repeated("- ", 100'000) + "x\n", 2, "values are nested more than 500 deep");
    expect("tests: " + repeated("[", 450) + repeated("]", 450) + "\n", 2, "a test must be a mapping");
    // Deeper than the text, through aliases.
    std::string text = "x0: &a0 x\n";
    for (int i = 1; i <= 1000; ++i)
        text += "x" + std::to_string(i) + ": &a" + std::to_string(i) + " " + repeated("[", 400) + "*a" +
                std::to_string(i - 1) + repeated("]", 400) + "\n";
    expect(text + "tests: [{name: n, set: {fd.name: *a1000}, expect: []}]\n", 2,
           "values are nested too deeply; at most 1000");
    // As deep as is allowed, in all that tests do with values.
    for (const char* where : {"set: {fd.name: V}", "events: [{evt.type: open, fd.name: V}]",
                              "matrix: {fd.name: [V]}", "expect: [{rule: r, outputFields: {fd.name: V}}]"}) {
        std::string test = where;
        test.replace(test.find('V'), 1, repeated("[", 450) + "x" + repeated("]", 450));
        write("a_test.yaml", "events: [{evt.type: open}]\ntests:\n  - {name: n, " + test +
                                 (test.starts_with("expect") ? "" : ", expect: [r]") + "}\n");
        EXPECT_LT(run("stoop test a_test.yaml").exit, 3) << where;
    }
}

TEST_F(HostileTestFiles, DeepEventsThatATestChanges) {
    const std::string tests =
        "events: events.jsonl\ntests:\n  - {name: n, set: {fd.name: x}, expect: [r]}\n"
        "  - {name: m, unset: [fd.name], expect: [r]}\n"
        "  - {name: o, from: 1, matrix: {fd.name: [a, b]}, expect: [r]}\n";
    for (auto [open, close] : {std::pair("[", "]"), {"{\"a\":", "}"}}) {
        std::string deep = repeated(open, 100'000) + (*open == '{' ? "1" : "") + repeated(close, 100'000);
        // A key that is not a field of an alert is nobody's.
        for (std::string event : {"{\"zz\": " + deep + ", \"evt.type\": \"open\"}",
                                  "{\"evt.type\": \"open\", \"fd.name\": " + deep + "}",
                                  "{\"rule\": \"r\", \"time\": \"2024-01-01T00:00:00Z\", \"zz\": " + deep +
                                      ", \"output_fields\": {\"evt.type\": \"open\"}}",
                                  "{\"rule\": \"r\", \"time\": \"2024-01-01T00:00:00Z\", \"output_fields\": "
                                  "{\"evt.type\": \"open\", \"zz\": " +
                                      deep + "}}",
                                  deep, repeated(open, 100'000)}) {
            write("events.jsonl", event + "\n");
            write("a_test.yaml", tests);
            Outcome out = run("stoop test a_test.yaml");
            EXPECT_TRUE(out.exit == 0 || out.exit == 2)
                << event.substr(0, 100) << out.exit << out.err.substr(0, 300);
        }
    }
}

TEST_F(HostileTestFiles, DeepSchemas) {
    for (std::string deep : {repeated("[", 1'000'000), repeated("[", 1'000'000) + repeated("]", 1'000'000),
                             repeated("{\"a\":", 500'000) + "1" + repeated("}", 500'000)})
        for (std::string schema :
             {deep, "{\"source\": \"w\", \"fields\": " + deep + "}",
              "{\"source\": \"w\", \"fields\": [], \"event_types\": {\"a\": " + deep + "}}",
              "{\"source\": \"w\", \"fields\": [{\"name\": " + deep + "}]}"}) {
            write("schema.json", schema);
            Outcome out = run("stoop fields --schema schema.json");
            EXPECT_EQ(out.exit, 2) << schema.substr(0, 100) << out.err.substr(0, 300);
            EXPECT_NE(out.err.find("is not a schema"), std::string::npos) << out.err.substr(0, 300);
        }
}

// More than a limit, compressed or not, and files that only seem to be large.
TEST_F(HostileTestFiles, LargeEventsFiles) {
    write("a_test.yaml", "events: large.jsonl\ntests:\n  - {name: n, expect: []}\n");
    for (const char* make : {"truncate -s 4T large.jsonl", "head -c 300M /dev/zero | gzip -1 >large.jsonl",
                             "yes '{\"evt.type\":\"open\"}' | head -c 100M | gzip -1 >large.jsonl"}) {
        folder_.run(make);
        Outcome out = run("stoop test --limit test-events=16M a_test.yaml");
        EXPECT_EQ(out.exit, 2) << make << out.err.substr(0, 500);
        EXPECT_NE(out.err.find("the events of all tests take at most 16 MiB"), std::string::npos)
            << make << out.err.substr(0, 500);
    }
}

TEST_F(HostileTestFiles, FoldersInFolders) {
    fs::path deep = folder_.path();
    for (int i = 0; i < 1000; ++i) deep /= "d";
    fs::create_directories(deep);
    Outcome out = run("stoop test .");
    EXPECT_EQ(out.exit, 3);
    EXPECT_EQ(out.err, "error: .: folders stand inside each other more than 200 deep\n");
}

}  // namespace
}  // namespace stoop::tests
