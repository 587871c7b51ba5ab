// SPDX-License-Identifier: Apache-2.0
// What may have been meant by a name that is not known: the known name that is nearest to it, if it is near
// enough to be a slip of the keyboard. A name that differs in case only is the nearest; then comes one that
// goes on where the wanted one ends.
//
// Takes a bounded time: after a millisecond or so the names that are left are not looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stoop {

class Nearest {
  public:
    explicit Nearest(std::string_view wanted);

    // Of names at the same distance the first is taken. False if no other name will be looked at.
    bool consider(std::string_view name);
    const std::string& name() const { return best_; }  // empty if none is near enough

  private:
    std::string_view wanted_;
    size_t score_;      // that a name must be below: twice its distance, or 1 if it goes on
    size_t gap_ = 0;    // of the best name: by how many characters it is longer or shorter
    size_t steps_ = 0;  // so far
    std::string best_;
};

std::string nearest(std::string_view wanted, const std::vector<std::string_view>& names);

// The same for `name_of` each item.
template <typename Items, typename NameOf>
std::string nearest(std::string_view wanted, const Items& items, NameOf&& name_of) {
    Nearest out(wanted);
    for (const auto& item : items)
        if (!out.consider(name_of(item))) break;
    return out.name();
}

// Whether one text becomes the other by one letter more, less or different, or by two that change places.
bool is_one_slip_away(std::string_view a, std::string_view b);

}  // namespace stoop
