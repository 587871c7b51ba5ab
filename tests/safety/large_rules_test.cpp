// SPDX-License-Identifier: Apache-2.0
// Rule files, tests and events with very many of something, or with very long texts: time and memory grow no
// faster than they do. No time is measured; at these sizes a square would take minutes, and the processor
// time and the memory that a command gets are bounded.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

// `one` for each number below `count`; what stands for the number in it is `#`.
std::string each(std::string_view one, size_t count, std::string_view separator = "") {
    std::string out;
    for (size_t i = 0; i < count; ++i) {
        if (i > 0) out += separator;
        for (size_t at = 0; at < one.size(); ++at) one[at] == '#' ? out += std::to_string(i) : out += one[at];
    }
    return out;
}

std::string rule(std::string_view condition, std::string_view more = "", std::string_view output = "o") {
    return fmt::format("- rule: A\n  desc: d\n  condition: {}\n  output: \"{}\"\n  priority: INFO\n{}",
                       condition, output, more);
}
const std::string kRule = rule("evt.type = open and proc.name = x");

std::string chain(std::string_view format, size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i) out += fmt::format(fmt::runtime(format), i, i + 1);
    return out;
}

struct Shape {
    std::map<std::string, std::string> files;
    std::string command;
    int exit;
    std::string message;  // in what is printed
};

Shape valid(std::string rules) {
    return {{{"rules.yaml", std::move(rules)}}, "stoop check rules.yaml", 0, "ok"};
}
Shape warned(std::string rules, std::string message) {
    return {{{"rules.yaml", std::move(rules)}}, "stoop check rules.yaml", 0, std::move(message)};
}
Shape refused(std::string rules, std::string message) {
    return {{{"rules.yaml", std::move(rules)}}, "stoop check rules.yaml", 2, std::move(message)};
}
// That it fires says that it is in native code what it is elsewhere.
Shape fires(std::string condition, std::string event, std::string schema = "", std::string options = "") {
    std::string rules = rule(condition);
    if (!options.empty()) rules.insert(rules.find("  desc"), "  source: web\n");
    return {{{"rules.yaml", rules}, {"events.jsonl", event + "\n"}, {"schema.json", std::move(schema)}},
            "stoop run --engine native --no-cache " + options + " -r rules.yaml events.jsonl",
            0,
            "Informational o"};
}
Shape fires_on_lists(std::string condition, std::string left, std::string right) {
    return fires(std::move(condition), R"({"web.a":[)" + left + R"(],"web.b":[)" + right + "]}",
                 R"({"source":"web","fields":[{"name":"web.a","type":"CHARBUF","list":true},)"
                 R"({"name":"web.b","type":"CHARBUF","list":true}]})",
                 "--schema schema.json --source web");
}
Shape tested(std::string rules, std::string tests, std::string message) {
    return {{{"rules.yaml", std::move(rules)}, {"rules_test.yaml", std::move(tests)}},
            "stoop test rules_test.yaml",
            2,
            std::move(message)};
}

std::string appended(std::string_view key, std::string_view value, size_t count) {
    return kRule +
           each(fmt::format("- rule: A\n  {0}: {1}\n  override: {{{0}: append}}\n", key, value), count);
}

const std::map<std::string, Shape (*)()> kShapes = {
    // What a small file can blow up
    {"ListsOfLists",
     [] {
         return refused("- list: b\n  items: [" + each("i#", 2'000, ", ") + "]\n" +
                            each("- list: l#\n  items: [" + each("b", 2'000, ", ") + "]\n", 40) +
                            rule("evt.type = open and proc.name in (l0)"),
                        "stand for too much text; at most 128 MiB");
     }},
    {"AListInManyRules",
     [] {
         std::string rules = "- list: l\n  items: [" + each("i#", 100'000, ", ") + "]\n";
         for (int i = 0; i < 200; ++i)
             rules += fmt::format("- macro: m{}\n  condition: proc.name in (l)\n", i);
         return refused(rules, "stand for too much text; at most 128 MiB");
     }},
    {"MacrosThatDoubleAboveAComment",
     [] {
         return refused("- macro: m0\n  condition: proc.name = a or fd.name = b\n" +
                            chain("- macro: m{1}\n  condition: m{0} or m{0}\n", 40) + rule("m40") + "#" +
                            std::string(20'000'000, '#'),
                        "too large once its macros are expanded");
     }},
    {"FaultsInALongCondition",
     [] {
         return refused(
             rule(each("a.b# = c", 2'000, " or ") + " or " + each("proc.name = abcdefgh#", 100'000, " or ")),
             "... and 1000 more");
     }},
    {"FaultsThroughManyMacros",
     [] {
         return refused("- macro: m0\n  condition: " + each("a.b# = c", 1'000, " or ") + "\n" +
                            chain("- macro: m{1}\n  condition: m{0}\n", 190) +
                            rule(each("m190", 1'000, " or ")),
                        "reached through macro 'm0'");
     }},
    {"QuotesBehindBackslashes",
     [] {
         return refused(rule("proc.name = a b " + each("\\\"", 400'000)), "cannot follow a complete check");
     }},
    {"FaultsOfLongNames",
     [] {
         std::string name(2'000'000, 'x');
         return refused("- rule: " + name + "\n" + each("  key#: 1\n", 20'000), "has no condition");
     }},
    {"AnAliasOfManyValues",
     [] {
         return refused("- &a {" + each("k#: 1", 10'000, ", ") + "}\n" + each("- *a\n", 10'000),
                        "this file has too many values; at most 5000000");
     }},
    {"AnAliasOfALongText",
     [] {
         return refused("- list: l\n  items: [&a " + std::string(1 << 20, 'x') + each(", *a", 10'000) + "]\n",
                        "this file has too many values; at most 5000000");
     }},
    // Names
    {"ListNamesInACondition",
     [] {
         return valid(each("- list: l#\n  items: [x#]\n", 40'000) +
                      rule("evt.type = open and proc.name in (" + each("l#", 40'000, ", ") + ")"));
     }},
    {"ItemsWithoutBlanks",
     [] { return warned("- list: l\n  items: [" + each("#", 300'000, ",") + "]\n", "is not used"); }},
    {"ListsThatBringTheNextOne",
     [] {
         return refused(each("- list: l#\n  items: [a]\n", 60'000) +
                            chain("- list: l{}\n  items: [\"x,l{}\"]\n", 59'999) +
                            rule("evt.type = open and proc.name in (l0)"),
                        "bring each other's names into conditions too often");
     }},
    {"ListNamesWithBlanks",
     [] { return warned(each("- list: l #\n  items: [x#]\n", 20'000) + each(kRule, 1), "W0009"); }},
    {"UnknownMacros",
     [] {
         return refused(
             each("- macro: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa#\n  condition: evt.type = "
                  "open\n",
                  40'000) +
                 rule(each("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab#", 40'000, " or ")),
             "is not defined");
     }},
    {"UnknownFields",
     [] {
         return refused(rule("evt.type = open and (" + each("proc.nane# = a", 40'000, " or ") + ")"),
                        "no such field");
     }},
    {"UnknownArguments",
     [] { return refused(rule(each("evt.arg.flgas# = a", 40'000, " or ")), "no event has an argument"); }},
    {"UnknownEventTypes",
     [] { return refused(rule(each("evt.type = opne#", 40'000, " or ")), "no event type"); }},
    {"UnknownTargets",
     [] {
         return refused(
             each("- list: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa#\n  items: [a]\n", 40'000) +
                 each("- list: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab#\n  items: [a]\n  append: "
                      "true\n",
                      40'000),
             "to change");
     }},
    {"UnknownKeys",
     [] { return warned(rule("evt.type = open", each("  key#: a\n", 200'000)), "unknown key"); }},
    {"UnknownRulesInTests",
     [] {
         return tested(each("- {rule: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa#, desc: d, condition: "
                            "evt.type=open, output: o, priority: INFO}\n",
                            20'000),
                       "tests:\n" + each("- name: t#\n  events: [{evt.type: open}]\n  expect: "
                                         "[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab#]\n",
                                         20'000),
                       "no rule 'aaaa");
     }},
    {"UnknownFieldsInTests",
     [] {
         return tested(
             kRule,
             "tests:\n- name: t\n  events: [{" + each("proc.nane#: a", 40'000, ", ") + "}]\n  expect: []\n",
             "no such field");
     }},
    {"LongDottedNames",
     [] {
         std::string name = each("a.", 1'000'000);
         return refused(rule(name + "b = 1 or " + name + "c = 1"), "no such field");
     }},
    // Items that change others
    {"TagsAppended", [] { return valid(appended("tags", "[t#]", 60'000)); }},
    {"ConditionsAppended",
     [] { return valid(appended("condition", "or evt.type = open and proc.name = a#", 40'000)); }},
    {"OutputsAppended", [] { return valid(appended("output", "'%proc.name'", 60'000)); }},
    {"ExceptionsAppended",
     [] {
         return valid(appended("exceptions", "[{name: e#, fields: [proc.name], values: [[a#]]}]", 40'000));
     }},
    {"ExceptionsOfOneName",
     [] {
         return warned(
             rule("evt.type = open",
                  "  exceptions:\n" + each("    - {name: e, fields: [proc.name], values: [[a#]]}\n", 40'000)),
             "with 39999 warnings");
     }},
    {"ListsAppended",
     [] {
         return warned("- list: l\n  items: [a]\n" +
                           each("- list: l\n  items: [a#]\n  override: {items: append}\n", 60'000),
                       "is not used");
     }},
    {"AlternativesOfAPlugin",
     [] {
         return refused("- required_plugin_versions: [{name: p, version: 1.0.0, alternatives: [" +
                            each("{name: p#, version: 1.0.0}", 80'000, ", ") + "]}]\n",
                        "and 79991 more; no schema describes any of them");
     }},
    {"MacrosThatFailInTurn",
     [] {
         return refused(each("- macro: m#\n  condition: evt.type = open\n", 1'000) +
                            chain("- macro: m{}\n  condition: m{}\n", 999) +
                            "- macro: m999\n  condition: (\n" +
                            each("- macro: n#\n  condition: m0 or m1\n", 60'000),
                        "1 error");
     }},
    // Texts
    {"BlankLinesInABlock",
     [] {
         return refused("- rule: A\n  desc: d\n  condition: |1\n" + std::string(8'000, ' ') + "x\n" +
                            std::string(800'000, '\n') + std::string(8'000, ' ') +
                            "y\n  output: o\n  priority: INFO\n",
                        "cannot follow a complete check");
     }},
    {"FaultsOnOneLine",
     [] { return refused("- list: l\n  items: [" + each("[#]", 400'000, ", ") + "]\n", "must be a text"); }},
    {"DeprecatedFields",
     [] {
         return Shape{
             {{"rules.yaml",
               "- rule: A\n  source: web\n  desc: d\n  condition: web.f0 = a\n  priority: INFO\n"
               "  output: \"" +
                   each("%web.f# ", 20'000) + "\"\n"},
              {"schema.json",
               R"({"source":"web","fields":[)" +
                   each(R"({"name":"web.f#","type":"CHARBUF","deprecation":"old"})", 20'000, ",") + "]}"}},
             "stoop check --schema schema.json rules.yaml",
             0,
             "is deprecated"};
     }},
    // Files
    {"FilesThatOverrideEachOther",
     [] {
         Shape out{{}, "stoop check many", 2, "too many files change what the files before them define"};
         for (int i = 0; i < 1'500; ++i)
             out.files[fmt::format("many/{:04}.yaml", i)] =
                 "- macro: m\n  condition: evt.type = open\n" +
                 each(fmt::format("- {{macro: m{}_#, condition: evt.type = open}}\n", i), 20);
         return out;
     }},
    // Values
    {"NumbersIn",
     [] {
         return fires("evt.type = open and proc.pid in (" + each("#", 200'000, ",") + ")",
                      R"({"evt.type":"open","proc.pid":199999})");
     }},
    {"PortsIn",
     [] {
         return fires("evt.type = open and fd.sport in (" + each("#", 65'536, ",") + ")",
                      R"({"evt.type":"open","fd.sport":65535})");
     }},
    {"AddressesIn",
     [] {
         return fires("evt.type = open and fd.sip in (" + each("fe80::#", 9'999, ",") + ")",
                      R"({"evt.type":"open","fd.sip":"fe80::9998"})");
     }},
    {"NetworksIn",
     [] {
         std::string networks;
         for (int i = 0; i < 65'536; ++i)
             networks += fmt::format("{}10.{}.{}.0/25", i == 0 ? "" : ",", i / 256, i % 256);
         return fires("evt.type = open and fd.snet in (" + networks + ")",
                      R"({"evt.type":"open","fd.snet":"10.255.255.1"})");
     }},
    {"TwoListsOfAnEventIntersect",
     [] {
         return fires_on_lists("web.a intersects val(web.b)", each("\"a#\"", 300'000, ","),
                               each("\"b#\"", 300'000, ",") + ",\"a299999\"");
     }},
    {"AListOfAnEventInAnother",
     [] {
         return fires_on_lists("web.a in val(web.b)", each("\"a#\"", 300'000, ","),
                               each("\"a#\"", 300'000, ","));
     }},
};

class LargeRules : public testing::TestWithParam<std::string> {};

TEST_P(LargeRules, TakeNoMoreThanTheyHave) {
    Shape shape = kShapes.at(GetParam())();
    WorkFolder folder;
    for (const auto& [name, text] : shape.files) {
        std::filesystem::create_directories((folder.path() / name).parent_path());
        write_file(folder.path() / name, text);
    }
#if defined(__SANITIZE_ADDRESS__)
    Outcome outcome = folder.run("ulimit -t 600; " + shape.command);  // they want address space of their own
#else
    Outcome outcome = folder.run("ulimit -t 60; ulimit -v 2500000; " + shape.command);
#endif
    EXPECT_EQ(outcome.exit, shape.exit) << outcome.err.substr(0, 1000);
    EXPECT_NE((outcome.out + outcome.err).find(shape.message), std::string::npos)
        << outcome.out.substr(0, 1000) << outcome.err.substr(0, 1000);
}

std::vector<std::string> names() {
    std::vector<std::string> out;
    for (const auto& [name, make] : kShapes) out.push_back(name);
    return out;
}
INSTANTIATE_TEST_SUITE_P(Each, LargeRules, testing::ValuesIn(names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace stoop::tests
