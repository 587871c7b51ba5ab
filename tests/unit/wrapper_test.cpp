// SPDX-License-Identifier: Apache-2.0
// What stands around events in logs and stores, and what is said of records that hold none.
#include "runtime/ingest/json/wrapper.h"

#include <gtest/gtest.h>

#include "compiler/compiler.h"
#include "runtime/ingest/json/event_decoder.h"

namespace stoop {
namespace {

TEST(Wrapper, CriLines) {
    auto content = [](std::string_view line) {
        auto found = read_cri_line(line);
        if (!found) return std::string("none");
        return std::string(found->partial ? "P " : "F ") + std::string(line.substr(found->content));
    };
    EXPECT_EQ(content("2024-10-05T13:00:46.937782756Z stdout F {}"), "F {}");
    EXPECT_EQ(content("2024-10-05T13:00:46+01:00 stderr P:x {}"), "P {}");
    EXPECT_EQ(content("2024-10-05T13:00:46Z stdout F"), "F ");
    EXPECT_EQ(content("2024-10-05T13:00:46Z stdout F "), "F ");
    for (const char* other : {"", "2", "2024-10-05T13:00:46Z", "2024-10-05T13:00:46Z stdout", "{}",
                              "2024-10-05T13:00:46Z stdin F {}", "2024-10-05T13:00:46Z stdout X {}",
                              "2024-10-05 13:00:46Z stdout F {}", "2024-10-05T13:00:46{ stdout F {}",
                              "2024-10-05T13:00:46Z  stdout F {}", "13:00:46.9: Notice {}"})
        EXPECT_EQ(content(other), "none") << other;
}

TEST(Wrapper, PlacesInStrings) {
    EXPECT_EQ(place_in_json_string("abc", 1), 1u);
    EXPECT_EQ(place_in_json_string(R"(a\"b)", 2), 3u);
    EXPECT_EQ(place_in_json_string(R"(\u0041b)", 1), 6u);
    EXPECT_EQ(place_in_json_string(R"(\u00e9b)", 2), 6u);
    EXPECT_EQ(place_in_json_string(R"(\u20acb)", 3), 6u);
    EXPECT_EQ(place_in_json_string(R"(\ud83d\ude00b)", 4), 12u);
    EXPECT_EQ(place_in_json_string(R"(\ud83d\ude00b)", 2), 0u);
    EXPECT_EQ(place_in_json_string("abc", 100), 3u);
}

class Unwrapping : public testing::Test {
  protected:
    Unwrapping()
        : compilation_(compile_conditions({{"c", "proc.name exists"}}, Schemas())),
          decoder_(syscall_schema(), *compilation_->program, Check::AskedFields) {}

    // The process's name, or why there is none.
    std::string name(const std::string& record) {
        if (auto problem = decoder_.decode(record, event_)) return "problem: " + problem->message;
        const Value& value = event_.values[0];
        if (value.present()) return std::string(value.text());
        if (const auto* key = decoder_.misspelling(event_)) return "misspelt: " + key->name;
        Unread why = decoder_.why_unread();
        return std::string(unread_reason(why.kind)) + (why.name.empty() ? "" : ": " + why.name);
    }

    std::unique_ptr<Compilation> compilation_;
    EventDecoder decoder_;
    Event event_;
};

TEST_F(Unwrapping, TwoWrappersAtMost) {
    const std::string event = R"({"proc.name": "sh"})";
    EXPECT_EQ(name(event), "sh");
    EXPECT_EQ(name(R"({"_source": )" + event + "}"), "sh");
    EXPECT_EQ(name(R"({"_source": {"event": )" + event + "}}"), "sh");
    EXPECT_EQ(decoder_.opened().size(), 2u);
    EXPECT_EQ(name(R"({"_source": {"event": {"data": )" + event + "}}}"),
              "too many wrappers: '_source' (elasticsearch), 'event' (falcosidekick), 'data' (cloudevents)");
    EXPECT_EQ(name(R"({"log": "{\"proc.name\": \"\\u00e9\"}\n"})"), "\xc3\xa9");
    EXPECT_EQ(name(R"({"log": "{\"message\": \"{\\\"proc.name\\\": \\\"sh\\\"}\"}"})"), "sh");
    EXPECT_EQ(name("2024-10-05T13:00:46Z stdout F " + event), "sh");
    EXPECT_EQ(name(R"({"log": "2024-10-05T13:00:46Z stdout F {\"proc.name\": \"sh\"}"})"), "sh");
    EXPECT_EQ(name(R"({"_source": {"log": "2024-10-05T13:00:46Z stdout F {\"proc.name\": \"sh\"}"}})"),
              "too many wrappers: '_source' (elasticsearch), 'log' (docker), a CRI line");
}

// What has a field of its own, or a type, is an event, whatever else it has.
TEST_F(Unwrapping, EventsAreNoWrappers) {
    const std::string log = R"("log": "{\"proc.name\": \"inner\"}")";
    EXPECT_EQ(name(R"({"proc.name": "sh", )" + log + "}"), "sh");
    EXPECT_EQ(name(R"({"evt": {"type": "open"}, )" + log + "}"), "other keys: 'evt', 'log'");
    EXPECT_EQ(name(R"({"container": {"id": "x"}, )" + log + "}"), "inner");
    EXPECT_EQ(name(R"({"rule": "r", "time": 1, "output_fields": {"proc.name": "sh"}, )" + log + "}"), "sh");
    // Of several keys the one with an event in it is meant.
    EXPECT_EQ(
        name(R"({"event": {"kind": "event"}, "message": "{\"evt.type\": \"a\", \"proc.name\": \"sh\"}"})"),
        "sh");
}

TEST_F(Unwrapping, WhatIsNotRead) {
    EXPECT_EQ(name("{}"), "no keys");
    EXPECT_EQ(name(R"({"proc.pid": 1})"), "other keys: 'proc.pid'");
    EXPECT_EQ(name(R"({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5})"), "other keys: 'a', 'b', 'c', 'd' ...");
    EXPECT_EQ(name(R"({"log": "Falco version: 1\n"})"), "no object: 'log' (docker)");
    EXPECT_EQ(name("2024-10-05T13:00:46Z stdout F Falco version: 1"), "no object: a CRI line");
    EXPECT_EQ(name(R"({"events": []})"), "several events: events");
    EXPECT_EQ(name(R"({"data": {"result": [{}]}})"), "several events: data.result");
    EXPECT_EQ(name(R"({"hits": {"hits": [{"_source": {}}]}})"), "several events: hits.hits");
    EXPECT_EQ(name(R"({"rule": "r", "time": "t", "priority": "p", "output_fields": null})"),
              "alert without fields");
    EXPECT_EQ(name(R"({"rule": "r", "time": "t", "output_fields": {}})"), "alert without fields");
    EXPECT_EQ(name(R"({"rule": "r", "time": "t", "output_fields": {"proc.pid": 1}})"),
              "other keys: 'proc.pid'");
    EXPECT_EQ(name(R"({"auditID": "x", "items": [{}]})"), "other source: k8s_audit");
    for (const char* key : {"proc_name", "proc-name", "procName", "PROC.NAME", "proc.nmae", "proc.names"})
        EXPECT_EQ(name("{\"" + std::string(key) + "\": \"sh\"}"), "misspelt: " + std::string(key));
    EXPECT_EQ(name(R"({"proc": {"nmae": "sh"}})"), "misspelt: proc.nmae");
    EXPECT_EQ(name(R"({"rule": "r", "time": 1, "output_fields": {"proc_name": "sh"}})"),
              "misspelt: proc_name");
    EXPECT_EQ(name(R"({"proc_name": "sh", "proc.name": "bash"})"), "bash");
    EXPECT_EQ(decoder_.misspelling(event_), nullptr);
}

TEST_F(Unwrapping, ProblemsAreAboutTheRecord) {
    std::string record = R"({"_source": {"log": "{\"proc.name\": \"\\u00e9\", \"proc.name\": 7}"}})";
    auto problem = decoder_.decode(record, event_);
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->message,
              "in '_source' (elasticsearch), 'log' (docker): field 'proc.name' is of type CHARBUF; found the "
              "number 7");
    EXPECT_EQ(record.substr(problem->begin, problem->end - problem->begin), "7");
    EXPECT_EQ(name("2024-10-05T13:00:46Z stdout P {"),
              "problem: in a CRI line: this is a piece of a line (P); the pieces are not put together");
}

// However deep it goes, and however many unknown keys there are, a record is walked three times at most.
TEST_F(Unwrapping, HostileRecords) {
    std::string deep, end;
    for (int i = 0; i < 400'000; ++i) deep += R"({"_source":)", end += "}";
    EXPECT_TRUE(name(deep + "{}" + end).starts_with("too many wrappers"));
    std::string keys = "{\"log\": {\"proc.nmae\": 1";
    for (int i = 0; i < 200'000; ++i) keys += ", \"proc.n" + std::to_string(i) + "\": {\"log\": \"{\"}";
    EXPECT_EQ(name(keys + "}}"), "misspelt: proc.nmae");
    std::string braces = "{\"log\": \"{";
    for (int i = 0; i < 1'000'000; ++i) braces += "\\u007b";
    EXPECT_TRUE(name(braces + "\"}").starts_with("problem"));
}

}  // namespace
}  // namespace stoop
