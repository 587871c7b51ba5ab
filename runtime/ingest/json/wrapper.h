// SPDX-License-Identifier: Apache-2.0
// What stands around an event after it has gone through logs and stores: docker's {"log": "…"}, the first
// words of a CRI line, Elasticsearch's {"_source": {…}}. It says nothing of the event itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stoop {

// A key under which a whole event stands, as an object or as its text; the line of a container runtime, which
// has no key, comes first. If a record has several keys, earlier ones are tried first.
struct Wrapper {
    std::string_view name;
    std::string_view key;
};
std::span<const Wrapper> wrappers();

constexpr uint8_t kCriWrapper = 0;
constexpr size_t kWrappers = 17;
// An event may stand in a wrapper in a wrapper.
constexpr size_t kMostWrappers = 2;

// `'log' (docker)`, for messages.
std::string wrapper_text(uint8_t wrapper);

// `2024-10-05T13:00:46.9Z stdout F CONTENT`.
struct CriLine {
    size_t content = 0;    // where it begins
    bool partial = false;  // P instead of F: a piece of a line
};
std::optional<CriLine> read_cri_line(std::string_view text);

// What a wrapper holds may be an event: an object, or a text that begins like one or like a CRI line.
bool may_hold_event(std::string_view content);

// The place in a JSON string, as it is written, of a byte of the text that it stands for.
size_t place_in_json_string(std::string_view raw, size_t byte);

}  // namespace stoop
