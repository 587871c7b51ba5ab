// SPDX-License-Identifier: Apache-2.0
#include "runtime/explain/reason.h"

#include <re2/re2.h>

#include <algorithm>

#include "runtime/search/path_prefix.h"
#include "runtime/search/text.h"

namespace stoop {
namespace {

bool heeds_case(const Atom& atom) {
    TypeClass type = type_class(atom.left.type);
    if (type != TypeClass::Text && type != TypeClass::Bytes) return false;
    switch (atom.op) {
        case Operator::Eq:
        case Operator::Contains:
        case Operator::Startswith:
        case Operator::Endswith:
        case Operator::Glob:
        case Operator::Regex:
        case Operator::Pmatch: return true;
        case Operator::In:
        case Operator::Intersects:
            // The zero byte at the end of a transformer's result can be what differs (§12).
            return !atom.right_is_operand || atom.right.kind != Operand::Kind::Transform;
        default: return false;
    }
}

Value lower(const Value& value, bool list, Arena& arena) {
    if (!value.present()) return value;
    if (list) {
        auto items = arena.values(value.size);
        std::transform(value.list().begin(), value.list().end(), items.begin(),
                       [&](const Value& item) { return lower(item, false, arena); });
        return Value::of_list(items);
    }
    char* text = arena.bytes(value.size);
    std::transform(value.data, value.data + value.size, text, ascii_lower);
    return Value::of_text({text, value.size});
}

// What the operand yields, as a constant in lower case.
Operand lower(const Operand& operand, const Value* slots, Scratch& scratch) {
    Operand out;
    out.kind = Operand::Kind::Literal;
    out.type = operand.type;
    out.list = operand.list;
    out.literal = lower(evaluate(operand, slots, scratch), operand.list, scratch.arena);
    return out;
}

bool holds_ignoring_case(const AtomTable& table, const Value* slots, Scratch& scratch) {
    const Atom& atom = *table.atom;
    Atom lowered;
    lowered.left = lower(atom.left, slots, scratch);
    lowered.op = atom.op;
    lowered.modifier = atom.modifier;
    lowered.comparison = atom.comparison;
    lowered.right_is_operand = atom.right_is_operand;
    if (atom.right_is_operand) lowered.right = lower(atom.right, slots, scratch);
    for (const Value& constant : atom.constants)
        lowered.constants.push_back(lower(constant, false, scratch.arena));
    AtomTable lowered_table(lowered);
    for (const auto& regex : table.regexes) {
        RE2::Options options;
        options.Copy(regex->options());
        options.set_case_sensitive(false);
        lowered_table.regexes.push_back(std::make_shared<const RE2>(regex->pattern(), options));
    }
    if (table.paths) {
        lowered_table.paths = std::make_unique<PathPrefixes>();
        for (const Value& path : lowered.constants) lowered_table.paths->add(path.text());
    }
    return test(lowered_table, slots, scratch);
}

}  // namespace

std::string_view reason_name(Reason reason) {
    constexpr std::string_view kNames[] = {"holds", "value differs", "case differs", "absent",
                                           "not recorded"};
    return kNames[static_cast<size_t>(reason)];
}

bool reads_unrecorded(const Atom& atom, const Value* slots) {
    bool out = false;
    for_each_slot(atom, [&](uint32_t slot) {
        out = out || slots[slot].state == State::NotRecorded || slots[slot].partial;
    });
    return out;
}

Reason reason(const AtomTable& table, const Value* slots) {
    const Atom& atom = *table.atom;
    Scratch scratch;
    if (test(table, slots, scratch)) return Reason::Holds;
    if (reads_unrecorded(atom, slots)) return Reason::NotRecorded;
    // A transformer may make nothing of what is there.
    bool there = evaluate(atom.left, slots, scratch).present() &&
                 (!atom.right_is_operand || evaluate(atom.right, slots, scratch).present());
    if (!there) return Reason::Absent;
    bool by_case = heeds_case(atom) && holds_ignoring_case(table, slots, scratch);
    return by_case ? Reason::CaseDiffers : Reason::ValueDiffers;
}

}  // namespace stoop
