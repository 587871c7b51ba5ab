// SPDX-License-Identifier: Apache-2.0
// The value of a field as explanations show it: as JSON, and cut if it is long (runtime/base/excerpt).
//
// Of a long text the part is kept that a comparison is about: where what it looks for stands, or where the
// value begins to differ from what it is compared with. Costs the part of the value that is kept, and for
// that part one search. Any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "runtime/program/program.h"

namespace stoop {

struct ShownValue {
    nlohmann::ordered_json json;
    // Of a value that is cut how long it is; 0 for what is not cut. A list is cut at its items, which are
    // texts themselves.
    size_t bytes = 0, items = 0;

    bool is_cut() const { return bytes > 0 || items > 0; }
    std::string size_text() const;             // "8000000 bytes", "40000 items, 240000 bytes"
    nlohmann::ordered_json size_json() const;  // {"bytes": 8000000}
};

// Conditions see the value itself, also of fields that outputs never print. `value` is present; `focus` is
// where in its text the part stands that matters, as focus_of says.
ShownValue shown_value(const Value& value, const Slot& slot, size_t focus);

// Where in the text of `slot` what matters to the comparison stands; kNoFocus if it is not one place.
size_t focus_of(const Atom& atom, uint32_t slot, const Value& value);

}  // namespace stoop
