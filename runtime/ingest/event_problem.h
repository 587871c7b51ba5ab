// SPDX-License-Identifier: Apache-2.0
// What is wrong with a piece of an events file, and where.
#pragma once

#include <cstddef>
#include <string>

namespace stoop {

struct EventProblem {
    enum class Kind { NotJson, WrongType, UnknownField, TooLong, Truncated, LimitExceeded };
    Kind kind = Kind::NotJson;
    std::string message;
    std::string label;  // beside the place
    std::string help;
    size_t begin = 0;  // in the text of the record
    size_t end = 0;
};

// The same without any of the event's text, for an event whose text must not be shown.
EventProblem without_quotes(EventProblem problem);

}  // namespace stoop
