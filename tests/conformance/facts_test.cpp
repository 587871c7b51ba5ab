// SPDX-License-Identifier: Apache-2.0
// Facts that follow from others (runtime/ingest/facts.h) against Falco's own values: fields of recorded
// events are taken away, derived, and compared with what was there.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "compiler/compiler.h"
#include "runtime/ingest/derive.h"
#include "runtime/ingest/json/event_decoder.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Every field that can be derived, with one for each kind that takes an argument.
std::vector<RuleSource> every_fact() {
    std::vector<RuleSource> out;
    for (const DerivedField& fact : derived_fields()) {
        std::string field = fact.field;
        if (field == "proc.aname[N]") field = "proc.aname[2]";
        if (field == "evt.around[T]") field = "evt.around[1]";
        if (field == "evt.type.is.X") field = "evt.type.is.open";
        out.push_back({field, field == "evt.around[1]" ? "evt.around[1] = 1" : field + " exists"});
    }
    for (const char* more : {"proc.aname[0]", "proc.aname[1]", "proc.aname[7]", "proc.aexe[2]"})
        out.push_back({more, std::string(more) + " exists"});
    return out;
}

bool same_item(const Value& a, const Value& b, TypeClass type) {
    if (a.state != b.state) return false;
    if (!a.present()) return true;
    switch (type) {
        case TypeClass::Boolean:
        case TypeClass::Signed:
        case TypeClass::Unsigned: return a.u == b.u;
        case TypeClass::Double: return a.d == b.d;
        default: return a.text() == b.text();
    }
}

// Of a list that is known in part, what is known must be there.
bool agrees(const Value& derived, const Value& recorded, const Slot& slot) {
    TypeClass type = type_class(slot.type);
    if (!slot.holds_list() || !derived.present() || !recorded.present())
        return same_item(derived, recorded, type);
    if (!derived.partial && derived.size != recorded.size) return false;
    size_t at = 0;
    for (const Value& item : derived.list()) {
        if (item.state == State::NotRecorded) continue;
        while (at < recorded.size && !same_item(item, recorded.list()[at], type)) ++at;
        if (at == recorded.size) return false;
    }
    return true;
}

class Facts : public testing::Test {
  protected:
    Facts()
        : compilation_(compile_conditions(every_fact(), Schemas())), decoder_(syscall_schema(), program()) {}

    const PreparedProgram& program() const { return *compilation_->program; }
    const std::string& name(uint32_t slot) const { return decoder_.slots()[slot].spelling; }

    // Keeps what was recorded of one event.
    void take(const std::string& line) {
        auto problem = decoder_.decode(line, event_);
        ASSERT_FALSE(problem) << problem->message << "\n" << line;
        line_ = &line;
        recorded_ = event_.values;
        for (Value& value : recorded_)
            if (value.derived) value = Value();
    }

    // Takes fields away, derives, and compares what was derived.
    template <typename Drop>
    void check(Drop&& drop) {
        event_.values = recorded_;
        for (uint32_t slot = 0; slot < recorded_.size(); ++slot)
            if (drop(slot)) event_.values[slot] = Value();
        std::vector<Value> given = event_.values;
        decoder_.deriver().run(event_);
        for (uint32_t slot = 0; slot < recorded_.size(); ++slot) {
            const Value& value = event_.values[slot];
            if (given[slot].state != State::NotRecorded) {
                ASSERT_EQ(value.derived, false) << name(slot) << " was recorded\n" << *line_;
                continue;
            }
            if (!value.derived || recorded_[slot].state == State::NotRecorded) continue;
            ++compared_[name(slot)];
            if (agrees(value, recorded_[slot], decoder_.slots()[slot])) continue;
            if (++contradictions_[name(slot)] > 3) continue;
            std::string kept;
            for (uint32_t s = 0; s < given.size(); ++s)
                if (given[s].state != State::NotRecorded) kept += " " + name(s);
            ADD_FAILURE() << name(slot) << " is derived from" << kept << "\n" << *line_;
        }
    }

    std::unique_ptr<Compilation> compilation_;
    EventDecoder decoder_;
    Event event_;
    const std::string* line_ = nullptr;
    std::vector<Value> recorded_;
    std::map<std::string, size_t> compared_, contradictions_;
};

TEST_F(Facts, AgreeWithFalcosValues) {
    if (!have_shared()) GTEST_SKIP() << "the recorded events (../shared) are not here";
    std::mt19937_64 random(1);
    size_t events = 0;
    for (const char* folder : {"data/events", "data/captures-made/events"})
        for (const auto& entry : fs::directory_iterator(shared_dir() / folder)) {
            WorkFolder work;
            std::istringstream lines(work.run("gzip -cd '" + entry.path().string() + "'").out);
            for (std::string line; std::getline(lines, line); ++events) {
                take(line);
                for (uint32_t gone = 0; gone < recorded_.size(); ++gone)
                    if (recorded_[gone].state != State::NotRecorded)
                        check([&](uint32_t slot) { return slot == gone; });
                for (uint64_t tenths : {3, 5, 7, 8, 9})
                    check([&](uint32_t) { return random() % 10 < tenths; });
                if (HasFatalFailure()) return;
            }
        }
    EXPECT_GT(events, 30'000u);
    for (const auto& [field, count] : compared_) std::printf("%-28s %9zu compared\n", field.c_str(), count);
    for (const char* field : {"evt.dir",
                              "evt.failed",
                              "evt.rawres",
                              "evt.is_open_read",
                              "evt.is_open_write",
                              "proc.args",
                              "proc.pname",
                              "proc.aname[1]",
                              "proc.aname[2]",
                              "proc.aname",
                              "proc.is_exe_from_memfd",
                              "proc.is_exe_upper_layer",
                              "proc.is_exe_writable",
                              "fd.type",
                              "fd.typechar",
                              "fd.directory",
                              "fd.filename",
                              "fd.cip",
                              "fd.sip",
                              "fd.cport",
                              "fd.sport",
                              "fd.lip",
                              "fd.rip",
                              "fd.lport",
                              "fd.rport",
                              "fd.cnet",
                              "fd.snet",
                              "fd.lnet",
                              "fd.rnet",
                              "fd.ip",
                              "fd.net",
                              "fd.port"})
        EXPECT_GT(compared_[field], 500u) << field;
}

// The recorded events do not hold these two, so they are compared with what they are taken from.
TEST_F(Facts, SystemCallsAreThoseOfTheEventTable) {
    if (!have_shared()) GTEST_SKIP() << "the recorded events (../shared) are not here";
    std::map<std::string, bool> calls;
    json table = json::parse(read_file(shared_dir() / "spec/event-table.json"));
    for (const json& event : table["events"])
        for (const json& source : event["category"]["event_source"])
            calls[event["name"]] = calls[event["name"]] || source == "EC_SYSCALL";
    size_t compared = 0;
    auto slot = [&](const char* field) {
        uint32_t at = 0;
        while (name(at) != field) ++at;
        return at;
    };
    for (const auto& [type, call] : calls) {
        take(R"({"evt.type": ")" + type + "\"}");
        check([](uint32_t) { return false; });
        const Value& value = event_.values[slot("syscall.type")];
        const Value& direction = event_.values[slot("evt.dir")];
        if (value.state == State::NotRecorded) continue;
        ++compared;
        EXPECT_EQ(value.present() ? value.text() : "", call ? type : "");
        EXPECT_EQ(direction.text(), call ? "<" : ">") << type;
    }
    EXPECT_GT(compared, 150u);
}

TEST_F(Facts, ImagesAreThoseOfContainers) {
    if (!have_shared()) GTEST_SKIP() << "the recorded events (../shared) are not here";
    uint32_t image = 0;
    while (name(image) != "container.image") ++image;
    size_t compared = 0;
    for (const auto& entry : fs::directory_iterator(shared_dir() / "data/captures-made")) {
        if (!entry.path().string().ends_with(".scap.gz")) continue;
        WorkFolder work;
        std::string bytes = work.run("gzip -cd '" + entry.path().string() + "'").out;
        constexpr std::string_view kBegin = "{\"container\":{";
        for (size_t at = 0; (at = bytes.find(kBegin, at)) != bytes.npos; ++at) {
            json one = json::parse(bytes.substr(at, bytes.find('\0', at) - at))["container"];
            if (one.value("imagetag", "").empty()) continue;
            take(json{{"container.image.repository", one["imagerepo"]},
                      {"container.image.tag", one["imagetag"]}}
                     .dump());
            check([](uint32_t) { return false; });
            EXPECT_EQ(event_.values[image].text(), one["image"].get<std::string>());
            ++compared;
        }
    }
    EXPECT_GT(compared, 100u);
}

}  // namespace
}  // namespace stoop::tests
