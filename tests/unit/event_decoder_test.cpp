// SPDX-License-Identifier: Apache-2.0
// Recorded, absent, not recorded, derived: what a decoder makes of an event (spec: alert-derivation.md).
#include "runtime/ingest/json/event_decoder.h"

#include <gtest/gtest.h>

#include "compiler/compiler.h"

namespace stoop {
namespace {

// The value of `field` after decoding `json`, as text: a state, or the value, with `derived` before it if it
// is.
std::string decoded(const std::string& field, const std::string& json) {
    auto compilation = compile_conditions({{"c", field + " exists"}}, Schemas());
    EventDecoder decoder(syscall_schema(), *compilation->program);
    Event event;
    if (auto problem = decoder.decode(json, event)) return "problem: " + problem->message;
    const Value& value = event.values[0];
    Type type = decoder.slots()[0].type;
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
    if (decoder.slots()[0].holds_list())
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

// As versions of Falco before the container plugin printed them.
TEST(EventDecoder, LabelsMayBeSpelledWithADot) {
    EXPECT_EQ(decoded("container.label[tier]", R"({"container.label[tier]": "x"})"), "x");
    EXPECT_EQ(decoded("container.label[tier]", R"({"container.label.tier": "x"})"), "x");
    EXPECT_EQ(decoded("container.label[tier]", R"({"container.label": {"tier": "x"}})"), "x");
    EXPECT_EQ(decoded("container.label[tier]", R"({"container": {"label": {"tier": "x"}}})"), "x");
    EXPECT_EQ(decoded("k8s.pod.label[a.b/c]", R"({"k8s.pod.label.a.b/c": "x"})"), "x");
    EXPECT_EQ(decoded("container.label[tier]", R"({"container.label.other": "x"})"), "not recorded");
    EXPECT_EQ(decoded("proc.env[HOME]", R"({"proc.env[HOME]": "x"})"), "x");
    EXPECT_TRUE(decoded("proc.env[HOME]", R"({"proc.env.HOME": "x"})").starts_with("problem"));  // never was
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

TEST(EventDecoder, SystemCallsAndOtherEvents) {
    EXPECT_EQ(decoded("evt.dir", R"({"evt.type": "openat"})"), "derived <");
    EXPECT_EQ(decoded("evt.dir", R"({"evt.type": "procexit"})"), "derived >");
    EXPECT_EQ(decoded("evt.dir", R"({"evt.type": "nosuch"})"), "not recorded");
    EXPECT_EQ(decoded("evt.dir", R"({"evt.type": "open", "evt.dir": ">"})"), ">");
    EXPECT_EQ(decoded("syscall.type", R"({"evt.type": "gettid"})"), "derived gettid");
    EXPECT_EQ(decoded("syscall.type", R"({"evt.type": "container"})"), "absent");
    EXPECT_EQ(decoded("syscall.type", R"({"evt.type": "sched_switch"})"), "not recorded");
    EXPECT_EQ(decoded("syscall.type", R"({"evt.type": null})"), "not recorded");
}

TEST(EventDecoder, KindsOfDescriptors) {
    EXPECT_EQ(decoded("fd.typechar", R"({"fd.type": "io_uring"})"), "derived r");
    EXPECT_EQ(decoded("fd.typechar", R"({"fd.type": "<NA>"})"), "not recorded");
    EXPECT_EQ(decoded("fd.type", R"({"fd.typechar": "d"})"), "derived directory");
    EXPECT_EQ(decoded("fd.type", R"({"fd.typechar": null})"), "absent");
    EXPECT_EQ(decoded("fd.type", R"({"fd.typechar": "u"})"), "not recorded");  // unix or userfaultfd
    EXPECT_EQ(decoded("fd.type", R"({"fd.typechar": "o"})"), "not recorded");
    // What Falco supposes of a call that failed.
    EXPECT_EQ(decoded("fd.type", R"({"fd.typechar": "f"})"), "not recorded");
    EXPECT_EQ(decoded("fd.type", R"({"fd.typechar": "f", "evt.type": "read"})"), "derived file");
    EXPECT_EQ(decoded("fd.type", R"({"fd.typechar": "f", "evt.type": "openat"})"), "not recorded");
    EXPECT_EQ(decoded("fd.type", R"({"fd.typechar": "f", "evt.type": "openat", "evt.res": "EACCES"})"),
              "not recorded");
    EXPECT_EQ(decoded("fd.type", R"({"fd.typechar": "f", "evt.type": "openat", "evt.res": "SUCCESS"})"),
              "derived file");
    EXPECT_EQ(decoded("fd.type", R"({"fd.typechar": "4", "evt.type": "accept", "evt.res": "SUCCESS"})"),
              "not recorded");
    EXPECT_EQ(decoded("fd.type", R"({"fd.type": null, "fd.typechar": "d"})"), "absent");
}

TEST(EventDecoder, FoldersAndFiles) {
    auto of = [](const std::string& field, const std::string& name, const std::string& kind = "file") {
        return decoded(field, R"({"fd.name": ")" + name + R"(", "fd.type": ")" + kind + "\"}");
    };
    EXPECT_EQ(of("fd.directory", "/etc/shadow"), "derived /etc");
    EXPECT_EQ(of("fd.directory", "/shadow"), "derived /");
    EXPECT_EQ(of("fd.directory", "shadow"), "derived /");
    EXPECT_EQ(of("fd.directory", "/etc/"), "derived /etc/");
    EXPECT_EQ(of("fd.directory", "/"), "derived /");
    EXPECT_EQ(of("fd.directory", ""), "derived /");
    EXPECT_EQ(of("fd.directory", "/etc", "directory"), "derived /etc");
    EXPECT_EQ(of("fd.directory", "/run/x.sock", "unix"), "not recorded");
    EXPECT_EQ(of("fd.filename", "/etc/shadow"), "derived shadow");
    EXPECT_EQ(of("fd.filename", "/etc/"), "derived /etc/");
    EXPECT_EQ(of("fd.filename", "shadow"), "derived /");
    EXPECT_EQ(of("fd.filename", "/etc", "directory"), "not recorded");
    EXPECT_EQ(decoded("fd.directory", R"({"fd.name": "/etc/shadow"})"), "not recorded");
    EXPECT_EQ(decoded("fd.directory", R"({"fd.name": "/etc/shadow", "fd.typechar": "f"})"), "derived /etc");
    EXPECT_EQ(decoded("fd.directory", R"({"fd.name": "/a/b", "fd.typechar": "f", "fd.type": null})"),
              "not recorded");
    EXPECT_EQ(decoded("fd.filename", R"({"fd.name": "/a/b", "fd.type": "file", "fd.filename": null})"),
              "absent");
}

TEST(EventDecoder, AddressesInNames) {
    auto of = [](const std::string& field, const std::string& name, const std::string& more) {
        return decoded(field, R"({"fd.name": ")" + name + "\", " + more + "}");
    };
    const std::string v4 = "10.0.0.1:4000->10.0.0.2:443", v6 = "fe80::1:4000->2001:db8::7:443";
    const std::string tcp = R"("fd.l4proto": "tcp")", type = R"("fd.type": "ipv4")";
    EXPECT_EQ(of("fd.cport", v4, tcp), "derived 4000");
    EXPECT_EQ(of("fd.sport", v4, type), "derived 443");
    EXPECT_EQ(of("fd.sip", v4, tcp), "derived 4 bytes");
    EXPECT_EQ(of("fd.net", v4, tcp), "derived 4 bytes 4 bytes");
    EXPECT_EQ(of("fd.cip", v6, tcp), "derived 16 bytes");
    EXPECT_EQ(of("fd.sport", v6, tcp), "derived 443");
    EXPECT_EQ(of("fd.sport", v6, R"("fd.lport": 443)"), "derived 443");
    EXPECT_EQ(of("fd.l4proto", v4, type), "not recorded");
    // It is not known to be a socket, not known to have a role, or known to be something else.
    EXPECT_EQ(of("fd.sport", v4, R"("evt.type": "connect")"), "not recorded");
    EXPECT_EQ(of("fd.sport", v6, R"("fd.type": "ipv6")"), "not recorded");
    EXPECT_EQ(of("fd.sport", v6, R"("fd.l4proto": "udp")"), "not recorded");
    for (const char* other :
         {R"("fd.type": "memfd")", R"("fd.type": null)", R"("fd.type": "ipv6")", R"("fd.l4proto": "icmp")",
          R"("fd.l4proto": null)", R"("fd.l4proto": "<NA>")", R"("fd.lport": null)"})
        EXPECT_EQ(of("fd.sport", v4, std::string(other) + ", \"fd.num\": 3"), "not recorded") << other;
    for (const char* odd :
         {"", "->", ":->:", "10.0.0.1:4000->", "10.0.0.1->10.0.0.2", "10.0.0.1:4000->10.0.0.2:65536",
          "10.0.0.1:4000->10.0.0.2:-1", "10.0.0.1:4000->10.0.0.2:0443", "10.0.0.1:4000->10.0.0.2:443 ",
          "10.0.0.01:4000->10.0.0.2:443", "10.0.0.1:4000->fe80::1:443", "[fe80::1]:4000->[fe80::2]:443",
          "FE80::1:4000->fe80::2:443", "::ffff:10.0.0.1:4000->::ffff:10.0.0.2:443",
          "10.0.0.1:4000->10.0.0.2:443->10.0.0.3:1", "localhost:4000->10.0.0.2:443",
          "ffff8881dcb67e00->ffff8881dcb67e40 /run/x.sock", "0.0.0.0:80"})
        EXPECT_EQ(of("fd.sport", odd, tcp), "not recorded") << odd;
    EXPECT_EQ(of("fd.sport", v4, tcp + R"(, "fd.sport": null)"), "absent");
}

TEST(EventDecoder, TheLocalEnd) {
    const std::string ends =
        R"("fd.cip": "10.0.0.1", "fd.sip": "10.0.0.2", "fd.cport": 4000, "fd.sport": 443)";
    auto of = [&](const std::string& field, const std::string& more) {
        return decoded(field, "{" + ends + ", " + more + "}");
    };
    EXPECT_EQ(of("fd.rport", R"("fd.lport": 4000)"), "derived 443");
    EXPECT_EQ(of("fd.rport", R"("fd.lport": 443)"), "derived 4000");
    EXPECT_EQ(of("fd.lport", R"("fd.rip": "10.0.0.2")"), "derived 4000");
    EXPECT_EQ(of("fd.lport", R"("fd.lip": "10.0.0.2")"), "derived 443");
    EXPECT_EQ(of("fd.lport", R"("fd.lip": "10.0.0.3")"), "not recorded");
    EXPECT_EQ(of("fd.lport", R"("fd.is_server": true)"), "not recorded");
    EXPECT_EQ(decoded("fd.lip", R"({"fd.cip": "::1", "fd.sip": "::1"})"), "derived 16 bytes");
}

TEST(EventDecoder, Images) {
    const std::string both =
        R"({"container.image.repository": "docker.io/library/nginx", "container.image.tag": )";
    EXPECT_EQ(decoded("container.image", both + "\"1.27\"}"), "derived docker.io/library/nginx:1.27");
    EXPECT_EQ(decoded("container.image", both + "\"\"}"), "not recorded");
    EXPECT_EQ(decoded("container.image", both + "null}"), "not recorded");
    EXPECT_EQ(decoded("container.image", both + R"("1", "container.type": "docker"})"), "not recorded");
}

TEST(EventDecoder, NumbersAndSources) {
    auto compilation = compile_conditions({{"c", "evt.num exists and evt.source exists"}}, Schemas());
    EventDecoder decoder(syscall_schema(), *compilation->program);
    Event event;
    event.number = 7;
    ASSERT_FALSE(decoder.decode("{}", event));
    EXPECT_EQ(event.values[0].u, 7u);
    EXPECT_TRUE(event.values[0].derived);
    EXPECT_EQ(event.values[1].text(), "syscall");
    ASSERT_FALSE(decoder.decode(R"({"evt": {"num": 3, "source": "web"}})", event));
    EXPECT_EQ(event.values[0].u, 3u);
    EXPECT_EQ(event.source, "web");
    event.number = 0;  // nobody knows
    ASSERT_FALSE(decoder.decode("{}", event));
    EXPECT_EQ(event.values[0].state, State::NotRecorded);
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
            const PreparedProgram& program = *compilation->program;
            EventDecoder decoder(syscall_schema(), program);
            Event decoded;
            ASSERT_FALSE(decoder.decode(event, decoded));
            Scratch scratch;
            EXPECT_TRUE(test(program.tables[before ? 1 : 0], decoded.values.data(), scratch))
                << other << before;
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
