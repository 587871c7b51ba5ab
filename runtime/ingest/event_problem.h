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

}  // namespace stoop
