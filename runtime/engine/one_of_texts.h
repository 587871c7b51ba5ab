// SPDX-License-Identifier: Apache-2.0
// Whether a value is one of the texts that an atom compares it with. Most values are not, and their size and
// two of their bytes tell, without a look at the atom.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "runtime/engine/atom_table.h"

namespace stoop {

struct OneOfTexts {
    uint64_t fingerprints;
    const AtomTable* table;

    static OneOfTexts of(const AtomTable& table) { return {table.fingerprints, &table}; }

    // The value is present.
    bool contains(const Value& value) const {
        if ((fingerprints & fingerprint(value.text())) == 0) return false;
        if (!table->texts.empty()) return table->texts.find(value.text()) != TextTable::kNone;
        auto equals = [&](const Value& text) { return text.text() == value.text(); };
        return std::any_of(table->atom->constants.begin(), table->atom->constants.end(), equals);
    }
};

}  // namespace stoop
