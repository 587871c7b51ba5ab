// SPDX-License-Identifier: Apache-2.0
// The tables of facts that follow from others: what a field is derived from, and how. The rows stand in the
// order in which they are applied, so that a fact may follow from derived ones. docs/derived.md shows them.
//
// A row belongs here only if Falco has both sides whenever it has the left one (spec: alert-derivation.md).
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/event/arena.h"
#include "runtime/event/schema.h"
#include "runtime/event/value.h"

namespace stoop {

// What a derivation sees: the values it starts from, in the order in which it named them.
struct DerivationInput {
    std::span<const Value* const> in;
    const Schema& schema;
    const FieldRef& ref;  // of the field to be derived
    Arena& arena;

    const Value& operator[](size_t i) const { return *in[i]; }
    std::string_view text(size_t i) const { return in[i]->present() ? in[i]->text() : std::string_view(); }
    bool recorded(size_t i) const { return in[i]->state != State::NotRecorded; }
};

struct Derivation {
    std::vector<std::string> inputs;
    // Leaves the value not recorded if nothing follows.
    std::function<Value(const DerivationInput&)> derive;
};

// No derivation has more inputs.
constexpr size_t kMostInputs = 21;

struct Fact {
    std::string field;  // as the table shows it
    std::string from;
    std::string says;
    // The derivation of one field; none if the row is about others. Empty for what the decoder fills in.
    std::function<std::optional<Derivation>(const FieldRef&)> make;
};

// The row of one field.
Fact fixed(std::string field, std::vector<std::string> inputs,
           std::function<Value(const DerivationInput&)> derive, std::string says);

// The first value as it is.
Value same(const DerivationInput& d);

std::vector<Fact> event_facts();
std::vector<Fact> process_facts();
std::vector<Fact> descriptor_facts();
std::vector<Fact> container_facts();

}  // namespace stoop
