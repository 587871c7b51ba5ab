// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/known_atoms.h"

#include <algorithm>

namespace stoop {
namespace {

bool names(const AtomTable& table, const std::string& type) {
    if (!table.texts.empty()) return table.texts.find(type) != TextTable::kNone;
    return std::any_of(table.atom->constants.begin(), table.atom->constants.end(),
                       [&](const Value& constant) { return constant.text() == type; });
}

}  // namespace

TypeComparisons::TypeComparisons(const PreparedProgram& program) {
    for (uint32_t i = 0; i < program.atoms.size(); ++i) {
        const Atom& atom = program.atoms[i];
        if (atom.right_is_operand || atom.modifier != Modifier::None) continue;
        // No value is in a list without items. (All values of a list are, if it has none.)
        if (atom.op == Operator::In && !atom.left.list && atom.constants.empty()) never_.push_back(i);
        bool equality = atom.op == Operator::Eq || atom.op == Operator::Ne || atom.op == Operator::In;
        if (!program.type_slot || atom.left.kind != Operand::Kind::Slot ||
            atom.left.slot != *program.type_slot || !equality)
            continue;
        OfType of_type{i, {}};
        for (const std::string& type : program.event_types)
            of_type.holds.push_back(names(program.tables[i], type) != (atom.op == Operator::Ne));
        of_type_.push_back(std::move(of_type));
    }
}

KnownAtoms TypeComparisons::known(const std::vector<EventTypeId>& types) const {
    KnownAtoms out;
    for (uint32_t atom : never_) out.set(atom, Known::No);
    for (const OfType& of_type : of_type_) {
        // A type without a name may have any.
        if (std::any_of(types.begin(), types.end(),
                        [&](EventTypeId type) { return type >= of_type.holds.size(); }))
            continue;
        auto hold =
            std::count_if(types.begin(), types.end(), [&](EventTypeId type) { return of_type.holds[type]; });
        if (hold == 0) out.set(of_type.atom, Known::No);
        if (hold == static_cast<ptrdiff_t>(types.size())) out.set(of_type.atom, Known::Yes);
    }
    return out;
}

}  // namespace stoop
