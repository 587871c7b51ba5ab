// SPDX-License-Identifier: Apache-2.0
// Where the texts in quotes of a condition end, also of one that is not valid. Linear in the condition.
#pragma once

#include <optional>
#include <string_view>

namespace stoop {

inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class QuotedTexts {
  public:
    explicit QuotedTexts(std::string_view condition) : condition_(condition) {}

    // The quote that closes the one at `open`, which stands behind those that were asked for before; nothing
    // if none does. A quote behind a backslash closes none.
    std::optional<size_t> closing(size_t open) {
        char quote = condition_[open];
        bool& none_left = none_left_[quote == '"'];
        if (none_left) return std::nullopt;
        for (size_t i = open + 1; i < condition_.size(); ++i)
            if (condition_[i] == quote && condition_[i - 1] != '\\') return i;
        none_left = true;
        return std::nullopt;
    }

  private:
    std::string_view condition_;
    bool none_left_[2] = {};  // by kind: what opens from here on is not closed
};

}  // namespace stoop
