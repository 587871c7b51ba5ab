// Output templates and how values are rendered (spec: output.md).
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "compiler/compiler.h"
#include "runtime/alert/alert.h"
#include "runtime/ingest/event_decoder.h"

namespace stoop {
namespace {

using nlohmann::json;

class Rendered {
  public:
    Rendered(const std::string& output, const std::string& event) {
        std::string rules =
            "- rule: r\n  desc: d\n  condition: evt.type exists\n  priority: INFO\n  output: " +
            json(output).dump() + "\n";
        compilation_ = compile_rules({{"r.yaml", rules}}, Schemas());
        if (compilation_->diagnostics.errors() > 0) return;
        EventDecoder decoder(syscall_schema(), *compilation_->plan);
        Event decoded;
        auto problem = decoder.decode(event, decoded);
        EXPECT_FALSE(problem) << problem->message;
        AlertRenderer renderer(*compilation_->plan, {TimeFormat::Iso8601, "host", false});
        message = renderer.message(compilation_->plan->rules[0], decoded);
        alert = json::parse(renderer.json(compilation_->plan->rules[0], decoded));
        text = renderer.text(compilation_->plan->rules[0], decoded);
    }
    bool valid() const { return compilation_->diagnostics.errors() == 0; }

    std::string message = "error";
    std::string text;
    json alert;

  private:
    std::unique_ptr<Compilation> compilation_;
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
        EXPECT_FALSE(Rendered(output, "{}").valid()) << output;
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

}  // namespace
}  // namespace stoop
