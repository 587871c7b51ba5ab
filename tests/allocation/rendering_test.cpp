// SPDX-License-Identifier: Apache-2.0
// Rendering allocates nothing once the buffers have grown to the size of the alerts.
#include <gtest/gtest.h>

#include "compiler/compiler.h"
#include "runtime/alert/alert.h"
#include "runtime/ingest/json/event_decoder.h"
#include "tests/allocation/counting.h"

namespace stoop::tests {
namespace {

TEST(Rendering, AllocatesNothing) {
    auto compilation = compile_rules({{"r.yaml", R"(
- rule: every kind of value
  desc: d
  condition: evt.type exists
  priority: INFO
  tags: [T1059, a]
  output: >
    %evt.time %evt.datetime.s %proc.name %30proc.name %proc.cmdline %proc.pid %proc.is_exe_writable %fd.types
    %fd.sip %fd.cip %fd.snet %fd.dev %evt.buffer %proc.fdusage %proc.aname %proc.aname[3] %evt.rawtime.ns
    %toupper(proc.name) %join("-", (proc.name, "x")) %b64(proc.name) %len(fd.types) %user.name %evt.rawarg.flags
)"}},
                                     Schemas());
    ASSERT_EQ(compilation->diagnostics.errors(), 0u);
    const PreparedProgram& program = *compilation->program;
    EventDecoder decoder(syscall_schema(), program);
    std::vector<Event> events(200);
    for (size_t i = 0; i < events.size(); ++i) {
        std::string more(i % 50, 'x'), number = std::to_string(i);
        auto problem = decoder.decode(
            R"({"evt.type": "open", "proc.name": "q\"\u0001\u00e9 longer than a short string", "proc.pid": )" +
                number + R"(, "proc.cmdline": ")" + more +
                R"(", "proc.is_exe_writable": true, "fd.types": ["a\"", "b"],
                "fd.sip": "2001:db8:1:2:3:4:5:6", "fd.cip": "10.0.0.1", "fd.dev": "FD00", "proc.fdusage": 0.1234567891,
                "evt.buffer": {"hex": "22415c00ff22415c00ff22415c00ff22415c00ff"}, "proc.aname": ["a\"longer than short",
                "bash", "sshd", "systemd"], "evt.rawarg.flags": "1001", "evt.rawtime": )" +
                std::to_string(1522704423470627540 + i * 86'400'000'000'000) + "}",
            events[i]);
        ASSERT_FALSE(problem) << problem->message;
    }
    for (TimeFormat format : {TimeFormat::Local, TimeFormat::Iso8601, TimeFormat::Utc}) {
        AlertRenderer renderer(program, {format, "host", true});
        std::string out;
        auto render_all = [&] {
            out.clear();
            for (const Event& event : events) {
                renderer.text(program.rules[0], event, out);
                renderer.json(program.rules[0], event, out);
            }
        };
        render_all();
        out.reserve(out.size() * 2);  // what is escaped in place wants some room
        size_t before = allocations_so_far();
        render_all();
        EXPECT_EQ(allocations_so_far(), before);
        EXPECT_GT(out.size(), 100'000u);
    }
}

}  // namespace
}  // namespace stoop::tests
