// SPDX-License-Identifier: Apache-2.0
// What the type, the result, the flags and the time of an event say.
#include <charconv>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "runtime/event/time.h"
#include "runtime/ingest/facts.h"

namespace stoop {
namespace {

bool has_flag(std::string_view flags, std::string_view wanted) {
    while (!flags.empty()) {
        size_t bar = flags.find('|');
        if (flags.substr(0, bar) == wanted) return true;
        if (bar == flags.npos) break;
        flags.remove_prefix(bar + 1);
    }
    return false;
}

std::optional<int64_t> errno_number(std::string_view name) {
    static const std::unordered_map<std::string_view, int64_t> kNumbers = [] {
        std::unordered_map<std::string_view, int64_t> out;
        for (int i = 1; i < 200; ++i)
            if (const char* known = strerrorname_np(i)) out.emplace(known, i);
        return out;
    }();
    auto it = kNumbers.find(name);
    if (it == kNumbers.end()) return std::nullopt;
    return it->second;
}

Value failed(const DerivationInput& d) {
    if (d.text(0) == "SUCCESS") return Value::of_bool(false);
    return errno_number(d.text(0)) ? Value::of_bool(true) : Value();
}

Value raw_result(const DerivationInput& d) {
    auto number = errno_number(d.text(0));
    return number ? Value::of_signed(-*number) : Value();
}

// evt.arg.flags, evt.type, evt.res: only an execve that succeeded says something about the process image.
auto exe_flag(const char* flag) {
    return [flag](const DerivationInput& d) {
        bool exec = d.text(1) == "execve" || d.text(1) == "execveat";
        bool succeeded = !d.recorded(2) || d.text(2) == "SUCCESS";
        if (!d[0].present() || !exec || !succeeded) return Value();
        return Value::of_bool(has_flag(d.text(0), flag));
    };
}

Fact exe_fact(const char* field, const char* flag) {
    return fixed(field, {"evt.arg.flags", "evt.type", "evt.res"}, exe_flag(flag),
                 std::string("whether `") + flag +
                     "` is among the flags of an `execve` or `execveat` that did not fail");
}

// evt.arg.flags, evt.type
auto open_flag(const char* flag) {
    return [flag](const DerivationInput& d) {
        std::string_view type = d.text(1);
        bool open = type == "open" || type == "openat" || type == "openat2" || type == "open_by_handle_at";
        if (!d[0].present() || !open) return Value();
        return Value::of_bool(has_flag(d.text(0), flag) || has_flag(d.text(0), "O_RDWR"));
    };
}

Fact open_fact(const char* field, const char* flag) {
    return fixed(field, {"evt.arg.flags", "evt.type"}, open_flag(flag),
                 std::string("whether `") + flag +
                     "` or `O_RDWR` is among the flags of an `open`, `openat`, `openat2` or "
                     "`open_by_handle_at`");
}

enum class Origin : uint8_t { Unknown, SystemCall, Other };

// Where events of this name come from. What is no system call comes without an exit.
Origin origin(const DerivationInput& d) {
    static const std::unordered_set<std::string_view> kOther = {
        "procexit",     "switch",      "drop",        "scapevent", "container",   "signaldeliver",
        "procinfo",     "cpu_hotplug", "k8s",         "tracer",    "mesos",       "notification",
        "infra",        "page_fault",  "pluginevent", "useradded", "userdeleted", "groupadded",
        "groupdeleted", "asyncevent",  "task"};
    // Names of tracepoints, which no event has.
    static const std::unordered_set<std::string_view> kNever = {"",
                                                                "NA",
                                                                "unknown",
                                                                "page_fault_kernel",
                                                                "page_fault_user",
                                                                "sched_process_exit",
                                                                "sched_switch",
                                                                "signal_deliver"};
    std::string_view type = d.text(0);
    if (kOther.contains(type) || d.schema.async_event_plugin(type)) return Origin::Other;
    if (kNever.contains(type) || type.starts_with("task_file_")) return Origin::Unknown;
    return d.schema.is_event_type(type) ? Origin::SystemCall : Origin::Unknown;
}

Value direction(const DerivationInput& d) {
    Origin from = origin(d);
    if (from == Origin::Unknown) return Value();
    return Value::of_text(from == Origin::SystemCall ? "<" : ">");
}

Value system_call(const DerivationInput& d) {
    Origin from = origin(d);
    if (from == Origin::Unknown) return Value();
    return from == Origin::SystemCall ? d[0] : Value::absent();
}

Value event_type_is(const DerivationInput& d) {
    return d[0].present() ? Value::of_unsigned(d.text(0) == d.ref.argument) : Value();
}

Value distance_in_time(const DerivationInput& d) {
    uint64_t at = 0;
    const std::string& text = d.ref.argument;
    std::from_chars(text.data(), text.data() + text.size(), at);
    if (!d[0].present()) return Value();
    return Value::of_unsigned(d[0].u > at ? d[0].u - at : at - d[0].u);
}

Value whole_seconds(const DerivationInput& d) {
    return d[0].present() ? Value::of_unsigned(d[0].u / 1'000'000'000) : d[0];
}
Value nanoseconds(const DerivationInput& d) {
    return d[0].present() ? Value::of_unsigned(d[0].u % 1'000'000'000) : d[0];
}

Value time_text(const DerivationInput& d) {
    if (!d[0].present()) return d[0];
    return Value::of_text(d.arena.copy(*time_field_text(d.ref.field->name, d[0].u)));
}

Fact time_fact(const char* field) { return fixed(field, {"evt.rawtime"}, time_text, "the time as text"); }

// A field with an argument.
Fact with_argument(const char* field, const char* shown, const char* input,
                   Value (*derive)(const DerivationInput&), const char* says) {
    auto make = [=](const FieldRef& ref) -> std::optional<Derivation> {
        if (ref.field->name != field || !ref.has_argument) return std::nullopt;
        return Derivation{{input}, derive};
    };
    return {shown, std::string("`") + input + "`", says, make};
}

}  // namespace

std::vector<Fact> event_facts() {
    return {
        {"evt.num", "the place of the event in the input",
         "counted from 1 over all inputs; bad lines count, and so do events of other sources", nullptr},
        {"evt.source", "an alert's `source`, else the source of the run", "as it is", nullptr},
        {"evt.hostname", "an alert's `hostname`", "as it is", nullptr},
        {"evt.rawtime", "`evt.time`, `evt.time.iso8601`, `evt.datetime`, or an alert's `time`",
         "the first that says it: a number of nanoseconds, or a time as ISO 8601 writes it", nullptr},
        fixed("evt.rawtime.s", {"evt.rawtime"}, whole_seconds, "whole seconds"),
        fixed("evt.rawtime.ns", {"evt.rawtime"}, nanoseconds, "the nanoseconds beyond whole seconds"),
        time_fact("evt.time"),
        time_fact("evt.time.s"),
        time_fact("evt.time.iso8601"),
        time_fact("evt.datetime"),
        time_fact("evt.datetime.s"),
        with_argument("evt.around", "evt.around[T]", "evt.rawtime", distance_in_time, "the distance to T"),
        with_argument("evt.type.is", "evt.type.is.X", "evt.type", event_type_is, "1 if it is X, else 0"),
        fixed("evt.dir", {"evt.type"}, direction,
              "`<` for a system call, `>` for the other events that Falco knows"),
        fixed("syscall.type", {"evt.type"}, system_call,
              "the same for a system call; absent for the other events that Falco knows"),
        fixed("evt.failed", {"evt.res"}, failed, "`SUCCESS`: false; the name of an error: true"),
        fixed("evt.rawres", {"evt.res"}, raw_result,
              "the name of an error: its number, negative; nothing follows from `SUCCESS`"),
        exe_fact("proc.is_exe_writable", "EXE_WRITABLE"),
        exe_fact("proc.is_exe_upper_layer", "EXE_UPPER_LAYER"),
        exe_fact("proc.is_exe_from_memfd", "EXE_FROM_MEMFD"),
        exe_fact("proc.is_exe_lower_layer", "EXE_LOWER_LAYER"),
        open_fact("evt.is_open_read", "O_RDONLY"),
        open_fact("evt.is_open_write", "O_WRONLY"),
    };
}

}  // namespace stoop
