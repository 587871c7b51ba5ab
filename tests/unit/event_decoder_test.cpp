// Recorded, absent, not recorded, derived: what a decoder makes of an event (spec: alert-derivation.md).
#include "runtime/ingest/event_decoder.h"

#include <gtest/gtest.h>

#include "compiler/compiler.h"

namespace stoop {
namespace {

// The value of `field` after decoding `json`, as text: a state, or the value, with `derived` before it if it
// is.
std::string decoded(const std::string& field, const std::string& json) {
    auto compilation = compile_conditions({{"c", field + " exists"}}, Schemas());
    EventDecoder decoder(syscall_schema(), *compilation->plan);
    Event event;
    if (auto problem = decoder.decode(json, event)) return "problem: " + problem->message;
    const Value& value = event.values[0];
    Type type = decoder.slots()[0].ref.type;
    if (value.state == State::NotRecorded) return "not recorded";
    if (value.state == State::Absent) return "absent";
    std::string text;
    auto one = [&](const Value& v) {
        switch (type_class(type)) {
            case TypeClass::Text: return std::string(v.text());
            case TypeClass::Signed: return std::to_string(v.i);
            case TypeClass::Address:
            case TypeClass::Network: return std::to_string(v.size) + " bytes";
            default: return std::to_string(v.u);
        }
    };
    if (decoder.slots()[0].ref.holds_list())
        for (const Value& item : value.list()) text += (text.empty() ? "" : " ") + one(item);
    else
        text = one(value);
    return (value.derived ? "derived " : "") + text + (value.partial ? " ..." : "");
}

TEST(EventDecoder, RecordedAbsentAndNotRecorded) {
    EXPECT_EQ(decoded("proc.name", R"({"proc.name": "sh"})"), "sh");
    EXPECT_EQ(decoded("proc.name", R"({"proc.name": null})"), "absent");
    EXPECT_EQ(decoded("proc.name", R"({})"), "not recorded");
}

TEST(EventDecoder, ValuesMustFitTheirType) {
    EXPECT_EQ(decoded("user.uid", R"({"user.uid": 4294967295})"), "4294967295");
    EXPECT_TRUE(decoded("user.uid", R"({"user.uid": 4294967296})").starts_with("problem"));
    EXPECT_TRUE(decoded("user.uid", R"({"user.uid": -1})").starts_with("problem"));
    EXPECT_TRUE(decoded("user.uid", R"({"user.uid": "0"})").starts_with("problem"));
    EXPECT_TRUE(decoded("proc.name", R"({"proc.name": 3})").starts_with("problem"));
    EXPECT_TRUE(decoded("fd.cip", R"({"fd.cip": "10.0.0"})").starts_with("problem"));
    EXPECT_TRUE(decoded("proc.name", R"({"proc.nam": "x"})").starts_with("problem"));
    EXPECT_TRUE(decoded("proc.name", R"([1])").starts_with("problem"));
    EXPECT_TRUE(decoded("proc.pid", R"({"proc.pid": 1e999})").starts_with("problem"));
}

TEST(EventDecoder, AZeroByteIsNoEnd) {
    EXPECT_EQ(decoded("proc.name", std::string("{\"proc.name\": \"sh\"}\0", 20)),
              "problem: this is not JSON: a zero byte");
}

TEST(EventDecoder, OneByteOrderMark) {
    const std::string mark = "\xEF\xBB\xBF";
    EXPECT_EQ(decoded("proc.name", mark + R"({"proc.name": "sh"})"), "sh");
    EXPECT_TRUE(decoded("proc.name", mark + mark + R"({"proc.name": "sh"})").starts_with("problem"));
    std::string many;
    for (int i = 0; i < 1'000'000; ++i) many += mark;
    EXPECT_TRUE(decoded("proc.name", many + "{}").starts_with("problem"));
}

TEST(EventDecoder, AnAlertIsItsOutputFields) {
    std::string alert = R"({"rule": "r", "time": "2024-10-05T13:00:46.5Z", "source": "syscall",
                            "output_fields": {"proc.name": "3", "my.own key": "x", "fd.snet": "<IPNET>"}})";
    EXPECT_EQ(decoded("proc.name", alert), "3");
    EXPECT_EQ(decoded("evt.rawtime", alert), "derived 1728133246500000000");
    EXPECT_EQ(decoded("evt.source", alert), "derived syscall");
    EXPECT_EQ(decoded("fd.snet", alert), "not recorded");  // alerts never show it
}

TEST(EventDecoder, ProcessImageFlags) {
    const std::string flags = R"("evt.arg.flags": "EXE_WRITABLE|EXE_FROM_MEMFD")";
    EXPECT_EQ(decoded("proc.is_exe_from_memfd", "{\"evt.type\": \"execve\", " + flags + "}"), "derived 1");
    EXPECT_EQ(decoded("proc.is_exe_upper_layer", "{\"evt.type\": \"execve\", " + flags + "}"), "derived 0");
    EXPECT_EQ(decoded("proc.is_exe_from_memfd", "{\"evt.type\": \"openat\", " + flags + "}"), "not recorded");
    EXPECT_EQ(decoded("proc.is_exe_from_memfd",
                      "{\"evt.type\": \"execve\", \"evt.res\": \"ENOENT\", " + flags + "}"),
              "not recorded");
    EXPECT_EQ(decoded("proc.is_exe_from_memfd",
                      "{\"proc.is_exe_from_memfd\": null, \"evt.type\": \"execve\", " + flags + "}"),
              "absent");
}

TEST(EventDecoder, Results) {
    EXPECT_EQ(decoded("evt.failed", R"({"evt.res": "SUCCESS"})"), "derived 0");
    EXPECT_EQ(decoded("evt.failed", R"({"evt.res": "EACCES"})"), "derived 1");
    EXPECT_EQ(decoded("evt.rawres", R"({"evt.res": "ENOENT"})"), "derived -2");
    EXPECT_EQ(decoded("evt.rawres", R"({"evt.res": "SUCCESS"})"), "not recorded");
    EXPECT_EQ(decoded("evt.is_open_write", R"({"evt.type": "openat", "evt.arg.flags": "O_CREAT|O_RDWR"})"),
              "derived 1");
}

TEST(EventDecoder, Ancestors) {
    EXPECT_EQ(decoded("proc.aname[2]", R"({"proc.aname": ["sh", "sshd"]})"), "derived sshd");
    EXPECT_EQ(decoded("proc.aname[3]", R"({"proc.aname": ["sh", "sshd"]})"), "absent");
    EXPECT_EQ(decoded("proc.aname[1]", R"({"proc.pname": "sh"})"), "derived sh");
    EXPECT_EQ(decoded("proc.aname[0]", R"({"proc.name": "cat"})"), "derived cat");
    EXPECT_EQ(decoded("proc.pname", R"({"proc.aname[1]": "sh"})"), "derived sh");
    EXPECT_EQ(decoded("proc.aname", R"({"proc.aname[1]": "sh", "proc.aname[2]": null})"), "derived sh");
    EXPECT_EQ(decoded("proc.aname", R"({"proc.pname": "sh", "proc.aname[2]": "sshd"})"),
              "derived sh sshd ...");
}

// The verdict on an event does not depend on what other rules ask for.
TEST(EventDecoder, DerivedFactsDoNotDependOnTheOrderOfRules) {
    const std::string event = R"({"proc.aname[1]": "sh"})";
    for (const char* other :
         {"proc.pid exists", "proc.aname exists", "proc.pname exists", "proc.aname[2] exists"}) {
        for (bool before : {false, true}) {
            std::vector<RuleSource> conditions = {{"wanted", "proc.aexe exists"}};
            conditions.insert(before ? conditions.begin() : conditions.end(), {"other", other});
            auto compilation = compile_conditions(std::move(conditions), Schemas());
            const Plan& plan = *compilation->plan;
            EventDecoder decoder(syscall_schema(), plan);
            Event decoded;
            ASSERT_FALSE(decoder.decode(event, decoded));
            Scratch scratch;
            EXPECT_TRUE(test(plan.atoms[before ? 1 : 0], decoded.values.data(), scratch)) << other << before;
        }
    }
}

TEST(EventDecoder, Endpoints) {
    EXPECT_EQ(decoded("fd.port", R"({"fd.cport": 1, "fd.sport": 2})"), "derived 1 2");
    EXPECT_EQ(decoded("fd.port", R"({"fd.cport": null, "fd.sport": null})"), "absent");
    EXPECT_EQ(decoded("fd.net", R"({"fd.cip": "10.0.0.1", "fd.sip": "::1"})"), "derived 4 bytes 16 bytes");
}

TEST(EventDecoder, ArgumentsAndTimes) {
    EXPECT_EQ(decoded("proc.args", R"({"proc.name": "ls", "proc.cmdline": "ls -l /"})"), "derived -l /");
    EXPECT_EQ(decoded("proc.args", R"({"proc.name": "ls", "proc.cmdline": "ls"})"), "derived ");
    EXPECT_EQ(decoded("evt.rawtime.s", R"({"evt.rawtime": 1700000000000000007})"), "derived 1700000000");
    EXPECT_EQ(decoded("evt.time.iso8601", R"({"evt.rawtime": 7})"),
              "derived 1970-01-01T00:00:00.000000007+0000");
    EXPECT_EQ(decoded("evt.type.is.open", R"({"evt.type": "open"})"), "derived 1");
}

}  // namespace
}  // namespace stoop
