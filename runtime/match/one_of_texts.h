// SPDX-License-Identifier: Apache-2.0
// Whether a value is one of the texts that an atom compares it with. Most values are not, and their size and
// two of their bytes tell, without a look at the atom.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "runtime/match/atom.h"

namespace stoop {

// One of 64 bits.
inline uint64_t fingerprint(std::string_view text) {
    auto byte = [](char c) { return uint64_t{static_cast<unsigned char>(c)}; };
    uint64_t ends = text.empty() ? 0 : 3 * byte(text.front()) + byte(text.back());
    return uint64_t{1} << (11 * text.size() + ends) % 64;
}

struct OneOfTexts {
    uint64_t fingerprints;
    const Atom* atom;

    static OneOfTexts of(const Atom& atom) {
        OneOfTexts out{0, &atom};
        for (const Value& text : atom.constants) out.fingerprints |= fingerprint(text.text());
        return out;
    }

    // The value is present.
    bool contains(const Value& value) const {
        if ((fingerprints & fingerprint(value.text())) == 0) return false;
        if (!atom->texts.empty()) return atom->texts.find(value.text()) != TextTable::kNone;
        auto equals = [&](const Value& text) { return text.text() == value.text(); };
        return std::any_of(atom->constants.begin(), atom->constants.end(), equals);
    }
};

}  // namespace stoop
