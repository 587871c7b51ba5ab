// SPDX-License-Identifier: Apache-2.0
// Output templates and how values are rendered (spec: output.md).
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <nlohmann/json.hpp>
#include <set>

#include "compiler/compiler.h"
#include "runtime/alert/alert.h"
#include "runtime/ingest/json/event_decoder.h"

namespace stoop {
namespace {

using nlohmann::json;

// A rule that always fires, with this output, and an event.
class OneRule {
  public:
    OneRule(const std::string& output, const std::string& text) {
        std::string rules =
            "- rule: r\n  desc: d\n  condition: evt.type exists\n  priority: INFO\n  output: " +
            json(output).dump() + "\n";
        compilation_ = compile_rules({{"r.yaml", rules}}, Schemas());
        if (!valid()) return;
        auto problem = EventDecoder(syscall_schema(), program()).decode(text, event);
        EXPECT_FALSE(problem) << problem->message;
    }
    bool valid() const { return compilation_->diagnostics.errors() == 0; }
    const PreparedProgram& program() const { return *compilation_->program; }
    const ProgramRule& rule() const { return program().rules[0]; }

    Event event;

  private:
    std::unique_ptr<Compilation> compilation_;
};

struct Rendered {
    Rendered(const std::string& output, const std::string& event) : one(output, event) {
        if (!one.valid()) return;
        AlertRenderer renderer(one.program(), {TimeFormat::Iso8601, "host", false});
        message.clear();
        renderer.message(one.rule(), one.event, message);
        renderer.json(one.rule(), one.event, document);
        alert = json::parse(document);
        renderer.text(one.rule(), one.event, text);
    }

    OneRule one;
    std::string message = "error";
    std::string text, document;
    json alert;
};

std::string message(const std::string& output, const std::string& event) {
    return Rendered(output, event).message;
}

TEST(Output, TheLongestValidReferenceWins) {
    const std::string event = R"({"evt.type": "open", "proc.aname[2]": "init", "proc.name": "Cat"})";
    EXPECT_EQ(message("%evt.typeX", event), "openX");
    EXPECT_EQ(message("%evt.type[a", event), "open[a");
    EXPECT_EQ(message("%proc.aname[2].", event), "init.");
    EXPECT_EQ(message("%toupper(proc.name) %join(\"-\", (proc.name, \"x\"))", event), "CAT Cat-x");
    EXPECT_EQ(message("%5proc.name| %2proc.name|", event), "Cat  | Ca|");
    EXPECT_EQ(message("*%user.name", event), "<NA>");
}

TEST(Output, WhatCannotBeRead) {
    for (const char* output : {"100% of", "%%", "%", "%5", "%nosuch.field", "%evt.arg", "%tolower(proc.pid)"})
        EXPECT_FALSE(OneRule(output, "{}").valid()) << output;
}

TEST(Output, ValuesByType) {
    EXPECT_EQ(message("%proc.is_exe_writable %user.loginuid %fd.cip %fd.snet %fd.types",
                      R"({"evt.type": "x", "proc.is_exe_writable": true,
        "user.loginuid": -1, "fd.cip": "::1", "fd.snet": "10.0.0.1", "fd.types": ["a", "b"]})"),
              "true -1 ::1 <IPNET> (a,b)");
    EXPECT_EQ(message("%proc.fdusage %fd.dev %evt.rawtime.ns %proc.aname",
                      R"({"proc.fdusage": 0.09765625, "fd.dev": "FD00",
        "evt.rawtime": 1000000007, "proc.aname": ["sh", "sshd"]})"),
              "0.1 FD00 000000007 sh sshd");
    EXPECT_EQ(
        message("%evt.buffer|%len(proc.name)", R"({"evt.buffer": {"hex": "4100ff42"}, "proc.name": "abc"})"),
        "A..B|<NA>");
}

// Falco prints 1023 bytes of a list and of a buffer, in the text; in JSON a list is whole.
TEST(Output, LongListsAndBuffersAreCut) {
    std::string item(100, 'i'), bytes;
    json list = json::array(), event = {{"evt.type", "x"}};
    for (int i = 0; i < 12; ++i) list.push_back(item);
    for (int i = 0; i < 1100; ++i) bytes += "41";
    event["fd.types"] = list;
    event["evt.buffer"] = {{"hex", bytes}};
    Rendered r("%fd.types %evt.buffer", event.dump());
    std::string whole = "(";
    for (int i = 0; i < 12; ++i) whole += item + ",";
    EXPECT_EQ(r.message, whole.substr(0, 1023) + " " + std::string(1023, 'A'));
    EXPECT_EQ(r.alert["output_fields"]["fd.types"], list);
    EXPECT_EQ(r.alert["output_fields"]["evt.buffer"], std::string(1023, 'A'));
}

TEST(Output, RawArgumentsPrintAsTheirParameterDoes) {
    Rendered r("%evt.rawarg.flags %evt.rawarg.fd", R"({"evt.rawarg.flags": "1001", "evt.rawarg.fd": -2})");
    EXPECT_EQ(r.message, "1001 -2");
    EXPECT_EQ(r.alert["output_fields"]["evt.rawarg.flags"], "1001");
    EXPECT_EQ(message("%evt.rawarg.flags", R"({"evt.rawarg.flags": 4097})"), "1001");
}

TEST(Output, JsonTypes) {
    json fields =
        Rendered(
            "%proc.pid %proc.name %proc.is_exe_writable %fd.types %user.name %tolower(proc.exe)",
            R"({"proc.pid": 7, "proc.name": "a\"b", "proc.is_exe_writable": false, "fd.types": [], "user.name": null,
                               "proc.exe": "X", "evt.rawtime": 1522704423470627540})")
            .alert["output_fields"];
    EXPECT_EQ(fields, (json{{"proc.pid", 7},
                            {"proc.name", "a\"b"},
                            {"proc.is_exe_writable", false},
                            {"fd.types", nullptr},
                            {"user.name", nullptr},
                            {"proc.exe", "X"},
                            {"evt.time.iso8601", 1522704423470627540}}));
}

TEST(Output, TheAlert) {
    Rendered r("hello %evt.type", R"({"evt.type": "connect", "evt.rawtime": 1522704423470627540})");
    EXPECT_EQ(r.text, "2018-04-02T21:27:03.470627540+0000: Informational hello connect");
    EXPECT_EQ(r.alert["output"], r.text);
    EXPECT_EQ(r.alert["time"], "2018-04-02T21:27:03.470627540Z");
    EXPECT_EQ(r.alert["hostname"], "host");
    EXPECT_EQ(r.alert["tags"], json::array());
}

// The whole document, as the library that Falco uses would write it.
TEST(Output, TheDocumentIsWrittenAsByTheLibrary) {
    for (const char* event :
         {R"({"evt.type": "a\"b\\c\n\u0001\u007f", "proc.name": "é😀", "evt.rawtime": 1522704423470627540})",
          R"({"evt.type": "x", "fd.types": ["a", "b\""], "proc.fdusage": 1e300})",
          R"({"evt.type": "x", "fd.types": [], "proc.fdusage": -0.1, "evt.buffer": {"hex": "22415c00ff"}})",
          R"({"evt.type": "x", "proc.fdusage": 100000, "fd.cip": "2001:db8::1", "proc.aname": ["\"q", "r"]})",
          R"({"evt.type": "x", "proc.fdusage": 1e15, "fd.dev": "FD00", "evt.rawtime": 1})",
          R"({"evt.type": "x", "proc.fdusage": 999999999999999.9, "user.loginuid": -1})",
          R"({"evt.type": "x", "proc.fdusage": 0.00001, "evt.num": 18446744073709551615})",
          R"({"evt.type": "x", "proc.fdusage": 0, "proc.aname": ["r"]})"}) {
        Rendered r(
            "%evt.type %proc.name %fd.types %proc.fdusage %evt.buffer %fd.cip %fd.dev %user.loginuid "
            "%evt.num "
            "%proc.aname %evt.time %evt.rawtime.ns %3proc.name %fd.snet",
            event);
        EXPECT_EQ(r.document, r.alert.dump(-1, ' ', false, json::error_handler_t::replace)) << event;
    }
}

TEST(Output, ACharacterCutByAWidthIsReplacedInJson) {
    Rendered r("%1proc.name|%2proc.name%proc.exe", R"({"evt.type": "x", "proc.name": "é", "proc.exe": "e"})");
    EXPECT_EQ(r.message, "\xC3|ée");
    EXPECT_EQ(r.alert["output"], "<NA>: Informational \uFFFD|ée");
}

TEST(Output, BuffersAreAppendedTo) {
    OneRule one("o %evt.type", R"({"evt.type": "x"})");
    AlertRenderer renderer(one.program(), {});
    std::string out = "a";
    renderer.text(one.rule(), one.event, out);
    renderer.message(one.rule(), one.event, out);
    size_t before = out.size();
    renderer.json(one.rule(), one.event, out);
    EXPECT_EQ(out.substr(0, before), "a<NA>: Informational o xo x");
    EXPECT_EQ(json::parse(out.substr(before))["rule"], "r");
}

TEST(Output, UuidsDiffer) {
    OneRule one("o", R"({"evt.type": "x"})");
    std::set<std::string> seen;
    for (int i = 0; i < 3; ++i) {
        AlertRenderer renderer(one.program(), {TimeFormat::Local, "h", true});
        for (int j = 0; j < 3; ++j) {
            std::string out;
            renderer.json(one.rule(), one.event, out);
            std::string uuid = json::parse(out)["uuid"];
            EXPECT_TRUE(
                RE2::FullMatch(uuid, "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"))
                << uuid;
            seen.insert(uuid);
        }
    }
    EXPECT_EQ(seen.size(), 9u);
}

}  // namespace
}  // namespace stoop
