// SPDX-License-Identifier: Apache-2.0
// What is known of a process and its ancestors.
#include <fmt/format.h>

#include <charconv>
#include <unordered_map>

#include "runtime/ingest/facts.h"

namespace stoop {
namespace {

// How many ancestors `proc.aname[N]` are looked at to put the list `proc.aname` together.
constexpr size_t kMostAncestors = 20;
static_assert(kMostAncestors + 1 <= kMostInputs);  // the parent's name is the last one

// The fields of an ancestor, and that of the process itself.
const std::unordered_map<std::string, std::string>& own_fields() {
    static const std::unordered_map<std::string, std::string> kOwn = {
        {"proc.aname", "proc.name"},       {"proc.aexe", "proc.exe"}, {"proc.aexepath", "proc.exepath"},
        {"proc.acmdline", "proc.cmdline"}, {"proc.apid", "proc.pid"},
    };
    return kOwn;
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

// The N-th of a recorded list of ancestors, the parent being the first.
auto ancestor(size_t index) {
    return [index](const DerivationInput& d) {
        for (size_t i = 1; i < d.in.size(); ++i)  // another field that is the same ancestor
            if (d.recorded(i)) return d[i];
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
        const Value& one = i == 0 && !d.recorded(0) ? d[d.in.size() - 1] : d[i];
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

bool is_list(const FieldRef& ref) { return ref.comparison == Comparison::AnyAncestor; }

// The number in brackets.
std::optional<size_t> index_of(const FieldRef& ref) {
    size_t index = 0;
    const std::string& text = ref.argument;
    if (std::from_chars(text.data(), text.data() + text.size(), index).ec != std::errc()) return std::nullopt;
    return index;
}

std::optional<Derivation> one_ancestor(const FieldRef& ref) {
    auto own = own_fields().find(ref.field->name);
    if (own == own_fields().end() || is_list(ref)) return std::nullopt;
    std::optional<size_t> index = index_of(ref);
    if (!index) return std::nullopt;
    if (*index == 0) return Derivation{{own->second}, same};
    Derivation out{{ref.field->name}, ancestor(*index)};
    if (ref.field->name == "proc.aname" && *index == 1) out.inputs.push_back("proc.pname");
    return out;
}

std::optional<Derivation> all_names(const FieldRef& ref) {
    if (ref.field->name != "proc.aname" || !is_list(ref)) return std::nullopt;
    Derivation out{{}, ancestors};
    for (size_t i = 1; i <= kMostAncestors; ++i) out.inputs.push_back(fmt::format("proc.aname[{}]", i));
    out.inputs.push_back("proc.pname");
    return out;
}

std::optional<Derivation> other_lists(const FieldRef& ref) {
    if (ref.field->name == "proc.aname" || !own_fields().contains(ref.field->name) || !is_list(ref))
        return std::nullopt;
    return Derivation{{"proc.aname"}, unknown_ancestors};
}

}  // namespace

std::vector<Fact> process_facts() {
    return {
        fixed("proc.pname", {"proc.aname", "proc.aname[1]"}, ancestor(1), "the first ancestor"),
        {"proc.aname[N]", "`proc.aname`; for N = 1 `proc.pname`; for N = 0 `proc.name`",
         "the N-th ancestor, the parent being the first; beyond the last one: absent. "
         "`proc.aexe[N]`, `proc.aexepath[N]`, `proc.acmdline[N]` and `proc.apid[N]` likewise",
         one_ancestor},
        {"proc.aname", "`proc.aname[1]`, `[2]` … and `proc.pname`",
         "those that are known; all of them if the chain has no gap before one that is `null`", all_names},
        {"proc.aexe", "`proc.aname`",
         "how many ancestors there are, not what they are; `proc.aexepath`, `proc.acmdline` and `proc.apid` "
         "likewise",
         other_lists},
        fixed("proc.args", {"proc.cmdline", "proc.name"}, arguments,
              "what stands behind the name and one blank; empty if there is nothing"),
    };
}

}  // namespace stoop
