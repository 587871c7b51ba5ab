// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "compiler/compiler.h"
#include "runtime/program/decode.h"
#include "runtime/program/digest.h"
#include "runtime/program/encode.h"
#include "tests/support/exercise.h"

namespace stoop::tests {
namespace {

const Schemas& schemas() {
    static const Schemas kSchemas;
    return kSchemas;
}

std::unique_ptr<Compilation> compiled(const std::string& rules) {
    auto out = compile_rules({{"rules.yaml", rules}}, schemas());
    EXPECT_EQ(out->diagnostics.errors(), 0u) << rules;
    return out;
}
std::string bytes_of(const std::string& rules) { return encode(*compiled(rules)->program); }
std::string digest_of(const std::string& rules) { return digest(*compiled(rules)->program); }

std::string rule(const std::string& condition, const std::string& more = "",
                 const std::string& output = "o") {
    return more + "- rule: R\n  desc: d\n  condition: " + condition + "\n  output: " + output +
           "\n  priority: INFO\n";
}

const std::string kCondition = "evt.type = open and proc.name in (a, b) and fd.num > 3 and proc.pid > 1";

TEST(Program, WhatDoesNotCountDoesNotChangeTheDigest) {
    const std::string wanted = digest_of(rule(kCondition));
    EXPECT_EQ(wanted.size(), 64u);
    EXPECT_EQ(digest_of("# a comment\n" + rule(kCondition)), wanted);
    EXPECT_EQ(digest_of("- priority: INFO\n  output: o\n  desc: other\n  condition: " + kCondition +
                        "\n  rule: R\n"),
              wanted);
    EXPECT_EQ(digest_of(rule("evt.type=open and proc.name  in (a,b) and (fd.num > 3) and proc.pid>1")),
              wanted);
    EXPECT_EQ(digest_of(rule("evt.type = open and proc.name in (l) and fd.num > 3 and proc.pid > 1",
                             "- list: l\n  items: [a, b]\n")),
              wanted);
    for (const char* name : {"m", "another"})
        EXPECT_EQ(
            digest_of(rule(std::string(name) + " and proc.name in (a, b) and fd.num > 3 and proc.pid > 1",
                           "- macro: " + std::string(name) + "\n  condition: evt.type = open\n")),
            wanted);
}

// What is read by rules that are off, or by nothing, is not in the program.
TEST(Program, RulesThatAreOffLeaveNothing) {
    std::string off =
        "- rule: Off\n  desc: d\n  condition: evt.type = dup and proc.pname = x\n"
        "  output: \"%fd.name\"\n  priority: INFO\n  enabled: false\n";
    EXPECT_TRUE(bytes_of(off + rule(kCondition)) == bytes_of(rule(kCondition)));
}

TEST(Program, WhatDecidesChangesTheDigest) {
    std::set<std::string> all;
    size_t tried = 0;
    auto add = [&](const std::string& rules) {
        ++tried;
        EXPECT_TRUE(all.insert(digest_of(rules)).second) << rules;
    };
    for (const char* condition :
         {"evt.type = open and proc.name in (a, b) and fd.num > 3 and proc.pid > 1",
          "evt.type = open and proc.name in (a, b, c) and fd.num > 3 and proc.pid > 1",
          "evt.type = open and proc.name in (ab) and fd.num > 3 and proc.pid > 1",
          "evt.type = openat and proc.name in (a, b) and fd.num > 3 and proc.pid > 1",
          "evt.type = open and proc.pname in (a, b) and fd.num > 3 and proc.pid > 1",
          "evt.type = open and proc.name in (a, b) and fd.num >= 3 and proc.pid > 1",
          "evt.type = open and proc.name in (a, b) and fd.num > 4 and proc.pid > 1",
          "evt.type = open and proc.name in (a, b) and fd.num > 3 or proc.pid > 1",
          "evt.type = open and proc.name in (a, b) and fd.num > 3 and not proc.pid > 1",
          "evt.type = open and proc.name startswith a",
          "evt.type = open and proc.name startswith anyof (a)",
          "evt.type = open and tolower(proc.name) = a",
          "evt.type = open and toupper(proc.name) = a",
          "evt.type = open and proc.name = val(proc.pname)",
          "evt.type = open and proc.name exists",
          "evt.type = open and proc.aname[2] = a",
          "evt.type = open and proc.aname[3] = a",
          "evt.type = open and getopt((proc.name, proc.pname), \"n:x\")[n] = a",
          "evt.type = open and getopt((proc.name, proc.pname), \"n:x\")[x] = a",
          "evt.type = open and fd.ip = 1.2.3.4",
          "evt.type = open and fd.net = 1.2.3.0/24",
          "evt.type = open and fd.net = 1.2.3.0/25",
          "evt.type = open and proc.name regex 'a.*'"})
        add(rule(condition));
    for (const char* output :
         {"p", "'%proc.name'", "'%20proc.name'", "'%toupper(proc.name)'", "'%proc.pname'"})
        add(rule(kCondition, "", output));
    add("- rule: Another\n" + rule(kCondition).substr(10));
    add(rule(kCondition) + "  tags: [t]\n");
    add(rule(kCondition, "", "o\n  tags: [u]"));
    std::string first = "- rule: A\n  desc: d\n  condition: evt.type = open\n  output: o\n  priority: INFO\n";
    std::string second = "- rule: B\n  desc: d\n  condition: evt.type = dup\n  output: o\n  priority: INFO\n";
    add(first + second);
    add(second + first);
    EXPECT_EQ(all.size(), tried);
}

// One of each kind of what a program can have.
std::string many_kinds() {
    std::string searches = "proc.cmdline contains x0";
    for (size_t i = 1; i < kManySearched; ++i) searches += " or proc.cmdline contains x" + std::to_string(i);
    return rule("evt.type in (open, execve) and (" + searches +
                    " or proc.name in (a, b) or not fd.num > 3 or proc.name pmatch (/etc) or proc.aname = z "
                    "or "
                    "fd.snet in (10.0.0.0/8) or fd.sip = 1.2.3.4 or proc.exe regex 'a+' or fd.net = "
                    "10.0.0.0/8 or "
                    "concat(tolower(proc.name), \"x\") = proc.pname or join(\"-\", fd.types) contains q or "
                    "len(fd.types) > 2 or evt.failed = true or fd.types intersects (q, r) or "
                    "proc.name glob 'a*' or getopt((proc.name, proc.pname), \"n:x\")[n] = 1 or proc.name "
                    "contains oneof (a, b))",
                "", "'%20proc.name %toupper(proc.pname) %fd.num'") +
           "  tags: [one, two]\n" +
           "- rule: Any\n  desc: d\n  condition: proc.name exists\n  output: o\n  priority: INFO\n";
}

constexpr std::string_view kEvents[] = {
    R"({"evt.type": "open", "proc.name": "a", "proc.pname": "b", "fd.num": 7, "fd.types": ["q", "file"],
        "proc.cmdline": "a x3 b", "fd.sip": "1.2.3.4", "fd.cip": "10.1.1.1", "proc.exe": "aaa"})",
    R"({"evt.type": "execve", "proc.name": "/etc/x", "fd.num": 1, "proc.aname": ["z"], "evt.res": "EPERM"})",
    R"({"evt.type": "dup", "proc.name": ""})", R"({"evt.type": "no such type"})"};

TEST(Program, ComesBackFromItsBytes) {
    auto compilation = compiled(many_kinds());
    const std::string bytes = encode(*compilation->program);
    std::string error;
    auto decoded = decode(bytes, error);
    ASSERT_TRUE(decoded) << error;
    EXPECT_TRUE(encode(*decoded) == bytes);
    EXPECT_EQ(to_text(*decoded), to_text(*compilation->program));
    const Schema& schema = syscall_schema();
    std::string verdicts = exercise(std::move(*decoded), schema, kEvents);
    EXPECT_EQ(verdicts, exercise(std::move(*compilation->program), schema, kEvents));
    EXPECT_EQ(verdicts, "11110100");
}

TEST(Program, CutAnywhereIsRefused) {
    const std::string bytes = bytes_of(many_kinds());
    for (size_t size = 0; size < bytes.size(); ++size) {
        std::string error;
        EXPECT_FALSE(decode(std::string_view(bytes).substr(0, size), error)) << size;
        EXPECT_FALSE(error.empty());
    }
    std::string error;
    EXPECT_FALSE(decode(bytes + '\0', error));
}

TEST(Program, FlippedBytesAreRefusedOrHarmless) {
    const std::string bytes = bytes_of(many_kinds());
    size_t refused = 0, taken = 0;
    for (size_t at = 0; at < bytes.size(); ++at) {
        for (unsigned char mask : {0x01, 0x80, 0xff}) {
            std::string flipped = bytes, error;
            flipped[at] = static_cast<char>(flipped[at] ^ mask);
            auto decoded = decode(flipped, error);
            ++(decoded ? taken : refused);
            if (!decoded) continue;
            EXPECT_TRUE(encode(*decoded) == flipped) << at;
            exercise(std::move(*decoded), syscall_schema(), kEvents);
        }
    }
    EXPECT_GT(refused, 1000u);
    EXPECT_GT(taken, 1000u);  // another letter of a text is a program, too
}

// What a program says of slots, constants and operands is not believed.
TEST(Program, WhatCannotBeMatchedSafelyIsRefused) {
    auto refused = [](const std::string& rules, auto&& change) {
        auto compilation = compiled(rules);
        Program& program = *compilation->program;
        change(program);
        std::string error;
        return !decode(encode(program), error) && !error.empty();
    };
    auto slot = [](Program& program, std::string_view spelling) -> Slot& {
        return *std::find_if(program.slots.begin(), program.slots.end(),
                             [&](const Slot& one) { return one.spelling == spelling; });
    };
    const std::string fields =
        rule("proc.name = a and fd.port = 1 and fd.sip = 1.2.3.4", "", "'%proc.pname'");
    EXPECT_FALSE(refused(fields, [](Program&) {}));
    EXPECT_TRUE(refused(fields, [&](Program& p) { slot(p, "proc.name").pointer = "x"; }));
    EXPECT_TRUE(refused(fields, [&](Program& p) { slot(p, "proc.name").pointer = "/a~"; }));
    EXPECT_TRUE(refused(fields, [&](Program& p) { slot(p, "proc.name").field = ""; }));
    EXPECT_TRUE(refused(fields, [&](Program& p) { slot(p, "proc.name").field = "proc.na"; }));
    EXPECT_TRUE(
        refused(fields, [&](Program& p) { slot(p, "proc.name").spelling += std::string(2000, '.'); }));
    EXPECT_TRUE(refused(fields, [&](Program& p) { slot(p, "fd.sip") = slot(p, "proc.name"); }));
    EXPECT_TRUE(refused(fields, [&](Program& p) { slot(p, "fd.port").filter_only = false; }));
    EXPECT_TRUE(refused(fields, [&](Program& p) { slot(p, "fd.port").list = true; }));
    EXPECT_TRUE(refused(fields, [](Program& p) { p.time_slot = 0; }));
    EXPECT_TRUE(refused(fields, [](Program& p) { p.time_slot = 1000; }));
    EXPECT_TRUE(refused(fields, [](Program& p) { p.type_slot = p.time_slot; }));
    EXPECT_TRUE(refused(fields, [](Program& p) { p.event_types[1] = p.event_types[0]; }));
    EXPECT_TRUE(refused(fields, [](Program& p) { p.event_types.resize(5000); }));
    EXPECT_TRUE(refused(fields, [](Program& p) { p.rules[0].node = 1000; }));
    const std::string longer(300, 'a'), zero("a\0b", 3);
    auto constant = [](Program& program) -> Value& {
        return std::find_if(program.atoms.begin(), program.atoms.end(),
                            [](const Atom& atom) {
                                return atom.left.type == Type::CHARBUF && !atom.constants.empty();
                            })
            ->constants[0];
    };
    EXPECT_TRUE(refused(fields, [&](Program& p) { constant(p) = Value::of_text(longer); }));
    EXPECT_TRUE(refused(fields, [&](Program& p) { constant(p) = Value::of_text(zero); }));
    // A field that stands for several values, on the right side and within a transformer.
    const std::string operands =
        rule("proc.name = val(proc.pname) and tolower(proc.exe) = a and proc.aname = a");
    EXPECT_FALSE(refused(operands, [](Program&) {}));
    auto ancestors = [&](Program& p) {
        return static_cast<uint32_t>(&slot(p, "proc.aname") - p.slots.data());
    };
    EXPECT_TRUE(refused(operands, [&](Program& p) {
        for (Atom& atom : p.atoms)
            if (atom.right_is_operand) atom.right.slot = ancestors(p);
    }));
    EXPECT_TRUE(refused(operands, [&](Program& p) {
        for (Atom& atom : p.atoms)
            if (!atom.left.arguments.empty()) atom.left.arguments[0].slot = ancestors(p);
    }));
    EXPECT_TRUE(refused(operands, [](Program& p) { p.nodes[0].children = {0}; }));
    EXPECT_TRUE(refused(operands, [](Program& p) {
        p.atoms[0].constants.clear();
        p.atoms[0].right_is_operand = false;
    }));
}

// The order of searches that are joined does not depend on rules that are off.
TEST(Program, JoinedSearchesDoNotDependOnRulesThatAreOff) {
    std::string any;
    for (const char* field : {"proc.name", "proc.cmdline"})
        for (size_t i = 0; i < kManySearched; ++i)
            any += (any.empty() ? "" : " or ") + std::string(field) + " contains x" + std::to_string(i);
    std::string off =
        "- rule: Off\n  desc: d\n  condition: proc.cmdline = x\n  output: o\n  priority: INFO\n"
        "  enabled: false\n";
    EXPECT_EQ(digest_of(off + rule(any)), digest_of(rule(any)));
}

// What is nested is evaluated once.
TEST(Program, NestedConcatsTakeLinearTime) {
    std::string operand = "proc.name";
    for (int i = 0; i < 40; ++i) operand = "concat(" + operand + ", \"x\")";
    constexpr std::string_view kEvent[] = {R"({"proc.name": "a", "evt.type": "open"})"};
    auto compilation = compiled(rule("evt.type = open and " + operand + " = a" + std::string(40, 'x')));
    EXPECT_EQ(exercise(std::move(*compilation->program), syscall_schema(), kEvent), "1");
}

// The types of events are known by their names, in whatever order a program has them.
TEST(Program, EventTypesAreNames) {
    auto compilation = compiled(rule("evt.type = open"));
    Program& program = *compilation->program;
    auto open = std::find(program.event_types.begin(), program.event_types.end(), "open");
    ASSERT_NE(open, program.event_types.end());
    auto at = static_cast<size_t>(open - program.event_types.begin());
    std::swap(program.event_types[at], program.event_types[0]);
    EventTypeSet types(program.event_type_count());
    types.insert(0);
    program.rules[0].event_types = types;
    EXPECT_EQ(exercise(std::move(program), syscall_schema(), kEvents), "1000");
}

// A field that the schema does not have, or has with other values, is not recorded.
TEST(Program, FieldsOfAnotherSchemaAreNotThere) {
    auto compilation = compiled(rule("evt.type = open and fd.types intersects (q)"));
    Program& program = *compilation->program;
    EXPECT_EQ(exercise(std::move(program), syscall_schema(), kEvents).substr(0, 1), "1");
    compilation = compiled(rule("evt.type = open and proc.name exists"));
    for (Slot& slot : compilation->program->slots)
        if (slot.spelling == "proc.name") slot.list = true;
    Program& other = *compilation->program;
    EXPECT_EQ(exercise(std::move(other), syscall_schema(), kEvents).substr(0, 1), "0");
}

}  // namespace
}  // namespace stoop::tests
