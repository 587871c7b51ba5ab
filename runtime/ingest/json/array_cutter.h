// SPDX-License-Identifier: Apache-2.0
// Finds the elements of a JSON array in a text that comes in pieces. What is in an element is not checked,
// only where it ends. A byte at a time, so linear in the text, and no recursion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stoop {

class ArrayCutter {
  public:
    enum class Found : uint8_t {
        NeedsMore,  // all of the text was looked at
        Element,
        Closed,  // behind the closing bracket; white space may follow
        Bad,     // a byte that belongs nowhere; it is next
    };

    // Where the cutter stands in the input. Columns count characters.
    struct Position {
        size_t at = 0;
        uint32_t line = 1, column = 1;
    };

    // Begins behind the opening bracket.
    explicit ArrayCutter(Position start) : here_(start) {}

    // Goes on in `text`, which holds all from the beginning of an element that is not complete.
    Found next(std::string_view text);

    // The element that was found last, or the one that is not complete.
    const Position& begin() const { return begin_; }
    size_t end() const { return here_.at; }
    const Position& here() const { return here_; }
    bool in_element() const { return in_element_; }
    // From where on the text is still needed.
    size_t needed() const { return in_element_ ? begin_.at : here_.at; }
    // So many bytes at the beginning of the text are gone.
    void drop(size_t bytes) {
        here_.at -= bytes;
        begin_.at -= bytes;
    }
    bool is_closed() const { return expect_ == Expect::Nothing; }

  private:
    enum class Expect : uint8_t { ElementOrEnd, Element, SeparatorOrEnd, Nothing };
    enum class Ends : uint8_t { No, Before, Behind };

    Ends step_element(char c);
    Found step_between(char c);
    void pass(char c);

    Position here_, begin_;
    Expect expect_ = Expect::ElementOrEnd;
    bool in_element_ = false, in_string_ = false, escaped_ = false;
    uint64_t depth_ = 0;
};

}  // namespace stoop
