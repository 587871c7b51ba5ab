// SPDX-License-Identifier: Apache-2.0
// Names and values from outside, made harmless for people's eyes: in messages, reports and summaries.
//
// A line break in a rule's name could begin a line of its own (`::error::`, `ok 99`), an escape sequence
// could command the terminal, and a mark of direction could show text in another order than it has.
// `printable` writes each such character as an escape (`\n`, `\u001b`, `\u202e`), and each byte that is not
// UTF-8 as U+FFFD. The result is one line.
//
// `format_printable` is how text for people is put together: every argument that is a std::string or a
// std::string_view goes through `printable`. What was put together before, and may hold line breaks or
// colours of our own, is passed as `Ready`. Text for machines (JSON, XML, Falco's own lines) has escapes of
// its own.
//
// Any thread.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace stoop {

std::string printable(std::string_view text);

// The same for text of several lines: line feeds stay.
std::string printable_lines(std::string_view text);

// The width of a terminal that `printable` text takes is `count_characters` of it (base/utf8.h).

// Text that is passed on as it is.
struct Ready {
    std::string_view text;
};

namespace detail {

template <typename T>
constexpr bool kIsText = std::is_same_v<std::remove_cvref_t<T>, std::string> ||
                         std::is_same_v<std::remove_cvref_t<T>, std::string_view>;

template <typename T>
constexpr bool kIsReady = std::is_same_v<std::remove_cvref_t<T>, Ready>;

// As what an argument is formatted.
template <typename T>
using Printable =
    std::conditional_t<kIsText<T>, std::string, std::conditional_t<kIsReady<T>, std::string_view, T>>;

template <typename T>
decltype(auto) printable_argument(const T& value) {
    if constexpr (kIsText<T>)
        return printable(value);
    else if constexpr (kIsReady<T>)
        return std::string_view(value.text);
    else
        return (value);
}

}  // namespace detail

template <typename... Args>
std::string format_printable(fmt::format_string<detail::Printable<Args>...> format, Args&&... args) {
    auto formatted = [&](const auto&... ready) {
        return fmt::vformat(format, fmt::make_format_args(ready...));
    };
    return formatted(detail::printable_argument(args)...);
}

}  // namespace stoop
