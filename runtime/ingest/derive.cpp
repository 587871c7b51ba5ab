// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/derive.h"
#include "runtime/program/field_slot.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "runtime/base/text_map.h"
#include "runtime/ingest/facts.h"

namespace stoop {
namespace {

const std::vector<Fact>& facts() {
    static const std::vector<Fact> kFacts = [] {
        std::vector<Fact> out;
        for (auto* table : {process_facts, event_facts, descriptor_facts, container_facts})
            std::ranges::move(table(), std::back_inserter(out));
        return out;
    }();
    return kFacts;
}

// Another source may have fields of the same names with other meanings and types, but not of the names that
// all sources share.
bool has_facts(const Schema& schema, const Field& field) {
    if (schema.source() == kDefaultSource) return true;
    const Field* known = syscall_schema().exact(field.name);
    return known && known->every_source;
}

}  // namespace

Fact fixed(std::string field, std::vector<std::string> inputs,
           std::function<Value(const DerivationInput&)> derive, std::string says) {
    std::string from = fmt::format("`{}`", fmt::join(inputs, "`, `"));
    Derivation derivation{std::move(inputs), std::move(derive)};
    auto make = [field,
                 derivation = std::move(derivation)](const FieldRef& ref) -> std::optional<Derivation> {
        if (ref.spelling != field) return std::nullopt;
        return derivation;
    };
    return {std::move(field), std::move(from), std::move(says), std::move(make)};
}

Value same(const DerivationInput& d) { return d[0]; }

Deriver::Deriver(const Schema& schema, std::vector<Slot>& slots) : schema_(schema) {
    TextMap<uint32_t> by_spelling;
    for (uint32_t i = 0; i < slots.size(); ++i) by_spelling.emplace(slots[i].spelling, i);
    auto slot_of = [&](const std::string& name) {
        auto [entry, fresh] = by_spelling.try_emplace(name, static_cast<uint32_t>(slots.size()));
        if (fresh) slots.push_back(stoop::slot_of(*schema.find(name).ref));
        return entry->second;
    };
    for (uint32_t target = 0; target < slots.size(); ++target) {  // the inputs, appended, included
        const std::optional<FieldRef> found = field_of(slots[target], schema);
        if (!found || !has_facts(schema, *found->field)) continue;
        const FieldRef& ref = *found;
        for (size_t rank = 0; rank < facts().size(); ++rank) {
            if (!facts()[rank].make) continue;
            auto derivation = facts()[rank].make(ref);
            if (!derivation) continue;
            Step step{rank, target, {}, std::make_shared<Derivation>(std::move(*derivation)), ref};
            for (const std::string& name : step.derivation->inputs) step.inputs.push_back(slot_of(name));
            steps_.push_back(std::move(step));
            break;
        }
    }
    // The order is the same whatever a rule set asks for, so that a verdict does not depend on which other
    // rules are loaded.
    std::ranges::stable_sort(steps_, {}, &Step::rank);
}

void Deriver::run(Event& event) const {
    std::array<const Value*, kMostInputs> in;
    for (const Step& step : steps_) {
        Value& target = event.values[step.target];
        if (target.state != State::NotRecorded) continue;
        size_t count = 0;
        for (uint32_t slot : step.inputs) in[count++] = &event.values[slot];
        target = step.derivation->derive({{in.data(), count}, schema_, step.ref, event.arena});
        target.derived = target.state != State::NotRecorded;
    }
}

std::vector<uint32_t> Deriver::inputs(uint32_t slot) const {
    auto step = std::ranges::find(steps_, slot, &Step::target);
    return step == steps_.end() ? std::vector<uint32_t>() : step->inputs;
}

std::vector<DerivedField> derived_fields() {
    std::vector<DerivedField> out;
    for (const Fact& fact : facts()) out.push_back({fact.field, fact.from, fact.says});
    return out;
}

}  // namespace stoop
