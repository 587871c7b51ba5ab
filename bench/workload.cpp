// SPDX-License-Identifier: Apache-2.0
#include "bench/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "runtime/ingest/json/event_decoder.h"

namespace stoop::bench {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = STOOP_SOURCE_DIR;
const fs::path kData = kSource.parent_path() / "shared/data";

[[noreturn]] void fail(const std::string& message) {
    fmt::print(stderr, "error: {}\n", message);
    std::exit(3);
}

std::vector<std::string> lines_of(const std::string& command) {
    FILE* pipe = popen(command.c_str(), "r");
    if (!pipe) fail("cannot run " + command);
    std::string text;
    char buffer[1 << 16];
    while (size_t size = fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, size);
    if (pclose(pipe) != 0) fail(command + " failed");
    std::vector<std::string> out;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) out.push_back(line);
    return out;
}

std::vector<std::string> files_in(const fs::path& folder, std::string_view ending) {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().string().ends_with(ending)) out.push_back(entry.path().string());
    std::sort(out.begin(), out.end());
    return out;
}

const Schemas& schemas() {
    static const Schemas out;
    return out;
}

Value keep(Value value, TypeClass type, bool is_list, Arena& memory) {
    if (!value.present()) return value;
    if (is_list) {
        std::span<Value> items = memory.values(value.size);
        for (size_t i = 0; i < items.size(); ++i) items[i] = keep(value.items[i], type, false, memory);
        value.items = items.data();
    } else if (type == TypeClass::Text || type == TypeClass::Bytes || type == TypeClass::Address) {
        value.data = memory.copy(value.text()).data();
    }
    return value;
}

// The event without the line that it was decoded from, so that many are in as little memory as their values
// need: one after the other, as they are decoded and matched otherwise, each is in the nearest cache.
void keep(const Event& decoded, const Program& program, Arena& memory, Event& out) {
    out.type = decoded.type;
    out.line = decoded.line;
    out.number = decoded.number;
    out.source = decoded.source;
    out.values.clear();
    out.values.reserve(program.slots.size());
    for (const Slot& slot : program.slots) {
        Value value = decoded.values[out.values.size()];
        out.values.push_back(keep(value, type_class(slot.type), slot.holds_list(), memory));
    }
}

}  // namespace

bool have_recordings() { return fs::exists(kData / "events"); }

std::vector<std::string> upstream_rules() {
    std::vector<std::string> out;
    for (const char* name : {"falco_rules", "falco-incubating_rules", "falco-sandbox_rules"})
        out.push_back((kData / "rules/upstream" / name).string() + ".yaml");
    return out;
}

std::vector<std::string> rendering_rules() { return {(kData / "rules/rendering.yaml").string()}; }

std::vector<std::string> own_rules() {
    std::vector<std::string> out = files_in(kSource / "rules", ".yaml");
    std::erase_if(out, [](const std::string& file) { return file.ends_with("_test.yaml"); });
    return out;
}

std::vector<std::string> recorded_events() {
    std::vector<std::string> out;
    bool recorded = have_recordings();
    for (const std::string& file :
         files_in(recorded ? kData / "events" : kSource / "fixtures", recorded ? ".gz" : ".jsonl"))
        for (std::string& line : lines_of((recorded ? "gzip -cd '" : "cat '") + file + "'"))
            out.push_back(std::move(line));
    return out;
}

EventColumns::EventColumns(const std::vector<const Event*>& events) {
    for (const Event* event : events) {
        types.push_back(event->type);
        slots.push_back(event->values.data());
    }
}

std::vector<const Event*> Workload::of_type(const std::string& type) const {
    std::vector<const Event*> out;
    for (const Event& event : events) {
        const Value& value = event.values[*program().type_slot];
        if (type.empty() || (value.present() && value.text() == type)) out.push_back(&event);
    }
    return out;
}

Workload make_workload(const std::vector<std::string>& rules, const std::vector<std::string>& events) {
    return make_workload_of(read_rules(rules), events);
}

std::vector<RuleSource> read_rules(const std::vector<std::string>& files) {
    std::vector<RuleSource> sources;
    for (const std::string& file : files) {
        std::ifstream stream(file);
        std::stringstream text;
        if (!(text << stream.rdbuf())) fail("cannot read " + file);
        sources.push_back({file, text.str()});
    }
    return sources;
}

Workload make_workload_of(std::vector<RuleSource> rules, const std::vector<std::string>& events) {
    Workload out = load_rules(std::move(rules));
    make_native(out);
    decode_events(events, out);
    return out;
}

Workload load_rules(std::vector<RuleSource> rules) {
    Workload out;
    out.compilation = compile_rules(std::move(rules), schemas());
    for (const Diagnostic& d : out.compilation->diagnostics.all())
        if (problem_info(d.problem).severity == Severity::Error)
            fail(render(d, out.compilation->sources, false));
    return out;
}

void make_native(Workload& workload) {
    std::string error;
    workload.native = NativeCode::compile(workload.program(), error);
    if (!workload.native) fail(error);
}

void decode_events(const std::vector<std::string>& events, Workload& workload) {
    EventDecoder decoder(*schemas().find(kDefaultSource), workload.program());
    workload.events.resize(events.size());
    Event decoded;
    for (size_t i = 0; i < events.size(); ++i) {
        if (auto problem = decoder.decode(events[i], decoded)) fail("an event cannot be read");
        keep(decoded, workload.program(), workload.memory, workload.events[i]);
    }
}

}  // namespace stoop::bench
