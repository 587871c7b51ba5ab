#include "runtime/ingest/derive.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>

#include "runtime/event/time.h"

namespace stoop {

// What a derivation sees: the values it starts from, in the order in which it named them.
struct DerivationInput {
    std::span<const Value* const> in;
    const FieldRef& ref;  // of the field to be derived
    Arena& arena;

    const Value& operator[](size_t i) const { return *in[i]; }
    std::string_view text(size_t i) const { return in[i]->present() ? in[i]->text() : std::string_view(); }
};

struct Derivation {
    std::vector<std::string> inputs;
    // Leaves the value not recorded if nothing follows.
    std::function<Value(const DerivationInput&)> derive;
};

namespace {

// How many ancestors `proc.aname[N]` are looked at to put the list `proc.aname` together.
constexpr size_t kMostAncestors = 20;

Value same(const DerivationInput& d) { return d[0]; }

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
        bool succeeded = d[2].state == State::NotRecorded || d.text(2) == "SUCCESS";
        if (!d[0].present() || !exec || !succeeded) return Value();
        return Value::of_bool(has_flag(d.text(0), flag));
    };
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

// proc.cmdline, proc.name
Value arguments(const DerivationInput& d) {
    if (!d[0].present() || !d[1].present()) return Value();
    std::string_view line = d.text(0);
    std::string_view name = d.text(1);
    if (line == name) return Value::of_text("");
    if (!line.starts_with(name) || line[name.size()] != ' ') return Value();
    return Value::of_text(line.substr(name.size() + 1));
}

Value event_type_is(const DerivationInput& d) {
    return d[0].present() ? Value::of_unsigned(d.text(0) == d.ref.argument) : Value();
}

Value enter_or_exit(const DerivationInput& d) { return d[0].present() ? Value::of_text("<") : Value(); }

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

// The N-th of a recorded list of ancestors, the parent being the first.
auto ancestor(size_t index) {
    return [index](const DerivationInput& d) {
        for (size_t i = 1; i < d.in.size(); ++i)  // another field that is the same ancestor
            if (d[i].state != State::NotRecorded) return d[i];
        if (!d[0].present()) return d[0];
        if (index <= d[0].size) return d[0].items[index - 1];
        return d[0].partial ? Value() : Value::absent();
    };
}

// The list of ancestors from those that are known; the first is also the parent's name. It is complete if
// there is no gap before one that is known to be absent.
Value ancestors(const DerivationInput& d) {
    auto items = d.arena.values(d.in.size());
    size_t count = 0;
    bool complete = false;
    bool gap = false;
    for (size_t i = 0; i + 1 < d.in.size(); ++i) {
        const Value& one = i == 0 && d[0].state == State::NotRecorded ? d[d.in.size() - 1] : d[i];
        if (one.present()) items[count++] = one;
        gap = gap || one.state == State::NotRecorded;
        if (one.state != State::Absent) continue;
        complete = !gap;
        break;
    }
    if (count == 0) return complete ? Value::absent() : Value();
    Value out = Value::of_list(items.first(count));
    out.partial = !complete;
    return out;
}

// How many ancestors there are is known, but not the fact that was asked for.
Value unknown_ancestors(const DerivationInput& d) {
    if (!d[0].present()) return d[0];
    Value out = Value::of_list(d.arena.values(d[0].size));
    out.partial = true;
    return out;
}

// Client first.
Value both_ends(const DerivationInput& d) {
    auto items = d.arena.values(2);
    size_t count = 0;
    for (size_t i = 0; i < 2; ++i)
        if (d[i].present()) items[count++] = d[i];
    bool unknown = d[0].state == State::NotRecorded || d[1].state == State::NotRecorded;
    if (count == 0) return unknown ? Value() : Value::absent();
    Value out = Value::of_list(items.first(count));
    out.partial = unknown;
    return out;
}

const std::unordered_map<std::string, Derivation>& fixed_derivations() {
    static const std::unordered_map<std::string, Derivation> kTable = {
        {"evt.rawtime.s", {{"evt.rawtime"}, whole_seconds}},
        {"evt.rawtime.ns", {{"evt.rawtime"}, nanoseconds}},
        {"evt.time", {{"evt.rawtime"}, time_text}},
        {"evt.time.s", {{"evt.rawtime"}, time_text}},
        {"evt.time.iso8601", {{"evt.rawtime"}, time_text}},
        {"evt.datetime", {{"evt.rawtime"}, time_text}},
        {"evt.datetime.s", {{"evt.rawtime"}, time_text}},
        {"evt.dir", {{"evt.type"}, enter_or_exit}},
        {"evt.failed", {{"evt.res"}, failed}},
        {"evt.rawres", {{"evt.res"}, raw_result}},
        {"proc.is_exe_writable", {{"evt.arg.flags", "evt.type", "evt.res"}, exe_flag("EXE_WRITABLE")}},
        {"proc.is_exe_upper_layer", {{"evt.arg.flags", "evt.type", "evt.res"}, exe_flag("EXE_UPPER_LAYER")}},
        {"proc.is_exe_from_memfd", {{"evt.arg.flags", "evt.type", "evt.res"}, exe_flag("EXE_FROM_MEMFD")}},
        {"proc.is_exe_lower_layer", {{"evt.arg.flags", "evt.type", "evt.res"}, exe_flag("EXE_LOWER_LAYER")}},
        {"evt.is_open_read", {{"evt.arg.flags", "evt.type"}, open_flag("O_RDONLY")}},
        {"evt.is_open_write", {{"evt.arg.flags", "evt.type"}, open_flag("O_WRONLY")}},
        {"proc.args", {{"proc.cmdline", "proc.name"}, arguments}},
        {"proc.pname", {{"proc.aname", "proc.aname[1]"}, ancestor(1)}},
        {"fd.cnet", {{"fd.cip"}, same}},
        {"fd.snet", {{"fd.sip"}, same}},
        {"fd.lnet", {{"fd.lip"}, same}},
        {"fd.rnet", {{"fd.rip"}, same}},
        {"fd.ip", {{"fd.cip", "fd.sip"}, both_ends}},
        {"fd.net", {{"fd.cip", "fd.sip"}, both_ends}},
        {"fd.port", {{"fd.cport", "fd.sport"}, both_ends}},
    };
    return kTable;
}

// The same fact about the process itself, for the fields that tell it of an ancestor.
std::string own_field(const std::string& ancestor_field) {
    static const std::unordered_map<std::string, std::string> kOwn = {
        {"proc.aname", "proc.name"},       {"proc.aexe", "proc.exe"}, {"proc.aexepath", "proc.exepath"},
        {"proc.acmdline", "proc.cmdline"}, {"proc.apid", "proc.pid"},
    };
    auto it = kOwn.find(ancestor_field);
    return it == kOwn.end() ? "" : it->second;
}

// The derivations of fields with an argument, made for the argument; nothing if there is none.
std::optional<Derivation> argument_derivation(const FieldRef& ref) {
    const std::string& name = ref.field->name;
    if (name == "evt.type.is") return Derivation{{"evt.type"}, event_type_is};
    if (name == "evt.around") return Derivation{{"evt.rawtime"}, distance_in_time};
    std::string own = own_field(name);
    if (own.empty()) return std::nullopt;
    if (ref.comparison == Comparison::AnyAncestor) {
        if (name != "proc.aname") return Derivation{{"proc.aname"}, unknown_ancestors};
        Derivation out{{}, ancestors};
        for (size_t i = 1; i <= kMostAncestors; ++i) out.inputs.push_back(fmt::format("proc.aname[{}]", i));
        out.inputs.push_back("proc.pname");
        return out;
    }
    size_t index = 0;
    const std::string& text = ref.argument;
    if (std::from_chars(text.data(), text.data() + text.size(), index).ec != std::errc()) return std::nullopt;
    if (index == 0) return Derivation{{own}, same};
    Derivation out{{name}, ancestor(index)};
    if (name == "proc.aname" && index == 1) out.inputs.push_back("proc.pname");
    return out;
}

// What may be derived from something derived comes after it. The order is the same whatever a rule set asks
// for, so that a verdict does not depend on which other rules are loaded.
int rank(const FieldRef& ref) {
    if (ref.spelling == "proc.pname") return 0;
    if (ref.field->name == "proc.aname") return ref.comparison == Comparison::AnyAncestor ? 2 : 1;
    return 3;
}

}  // namespace

Deriver::Deriver(const Schema& schema, std::vector<Slot>& slots) {
    TextMap<uint32_t> by_spelling;
    for (uint32_t i = 0; i < slots.size(); ++i) by_spelling.emplace(slots[i].ref.spelling, i);
    for (uint32_t target = 0; target < slots.size(); ++target) {  // the inputs, appended below, included
        const FieldRef ref = slots[target].ref;
        std::shared_ptr<const Derivation> derivation;
        if (auto fixed = fixed_derivations().find(ref.spelling); fixed != fixed_derivations().end())
            derivation = std::make_shared<Derivation>(fixed->second);
        else if (auto made = argument_derivation(ref))
            derivation = std::make_shared<Derivation>(std::move(*made));
        else
            continue;
        Step step{target, {}, derivation, ref};
        for (const std::string& name : derivation->inputs) {
            auto [entry, fresh] = by_spelling.try_emplace(name, static_cast<uint32_t>(slots.size()));
            if (fresh) slots.push_back({*schema.find(name).ref});
            step.inputs.push_back(entry->second);
        }
        steps_.push_back(std::move(step));
    }
    std::stable_sort(steps_.begin(), steps_.end(),
                     [](const Step& a, const Step& b) { return rank(a.ref) < rank(b.ref); });
}

void Deriver::run(Event& event) const {
    std::array<const Value*, kMostAncestors + 1> in;  // the parent's name is the last one
    for (const Step& step : steps_) {
        Value& target = event.values[step.target];
        if (target.state != State::NotRecorded) continue;
        size_t count = 0;
        for (uint32_t slot : step.inputs) in[count++] = &event.values[slot];
        target = step.derivation->derive({{in.data(), count}, step.ref, event.arena});
        target.derived = target.state != State::NotRecorded;
    }
}

std::vector<uint32_t> Deriver::inputs(uint32_t slot) const {
    for (const Step& step : steps_)
        if (step.target == slot) return step.inputs;
    return {};
}

}  // namespace stoop
