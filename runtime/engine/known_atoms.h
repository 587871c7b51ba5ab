// SPDX-License-Identifier: Apache-2.0
// What the types of an event alone say of comparisons: those of evt.type itself, and those that hold for no
// value at all. Only read once it is made.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "runtime/engine/prepared_program.h"

namespace stoop {

enum class Known : uint8_t { No, Yes, Unknown };

// By atom; of few atoms anything is known.
class KnownAtoms {
  public:
    Known operator[](uint32_t atom) const {
        auto found = known_.find(atom);
        return found == known_.end() ? Known::Unknown : found->second;
    }
    void set(uint32_t atom, Known known) { known_[atom] = known; }
    const std::map<uint32_t, Known>& all() const { return known_; }

  private:
    std::map<uint32_t, Known> known_;
};

// Asked for one set of types after the other. The program must outlive it.
class TypeComparisons {
  public:
    explicit TypeComparisons(const PreparedProgram& program);

    KnownAtoms known(const std::vector<EventTypeId>& types) const;

  private:
    struct OfType {
        uint32_t atom;
        std::vector<bool> holds;  // by type
    };
    std::vector<uint32_t> never_;
    std::vector<OfType> of_type_;
};

}  // namespace stoop
