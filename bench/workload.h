// SPDX-License-Identifier: Apache-2.0
// What the benchmarks measure on: rules, compiled, and events, decoded for them once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/codegen/native.h"
#include "compiler/compiler.h"
#include "runtime/event/event.h"

namespace stoop::bench {

// The recorded events and upstream's rules stand beside the checkout (../shared) and are not part of it.
bool have_recordings();
std::vector<std::string> upstream_rules();
std::vector<std::string> rendering_rules();  // that print all kinds of fields of every event
std::vector<std::string> own_rules();        // rules/

struct Workload {
    std::unique_ptr<Compilation> compilation;
    std::unique_ptr<NativeCode> native;
    std::vector<Event> events;
    Arena memory;  // of their values

    const PreparedProgram& program() const { return *compilation->program; }
    std::vector<const Event*> of_type(const std::string& type) const;  // all, if it is empty
};

// The same events as blocks want them.
struct EventColumns {
    explicit EventColumns(const std::vector<const Event*>& events);
    std::vector<EventTypeId> types;
    std::vector<const Value*> slots;
};

// Rule files, and lines of events; a program that cannot have them stops with a message.
Workload make_workload(const std::vector<std::string>& rules, const std::vector<std::string>& events);

Workload make_workload_of(std::vector<RuleSource> rules, const std::vector<std::string>& events);

// The same in steps.
std::vector<RuleSource> read_rules(const std::vector<std::string>& files);
Workload load_rules(std::vector<RuleSource> rules);
void make_native(Workload& workload);
void decode_events(const std::vector<std::string>& events, Workload& workload);

// Lines of JSON: those of ../shared/data/events, or those of fixtures/ if they are missing.
std::vector<std::string> recorded_events();

}  // namespace stoop::bench
