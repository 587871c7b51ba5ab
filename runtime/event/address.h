// SPDX-License-Identifier: Apache-2.0
// IP addresses and networks as text and as the bytes that values hold (spec: condition-language.md §8,
// §10.11).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stoop {

// Four or sixteen bytes in network order.
struct IpAddress {
    char bytes[16] = {};
    uint32_t size = 0;
};

// A dotted quad if there is a dot, else IPv6; no networks, no names, no mapped form.
std::optional<IpAddress> parse_address(std::string_view text);

// Four or sixteen bytes as a dotted quad or IPv6.
void append_address(std::string_view bytes, std::string& out);

// Whether the first `prefix` bits of `address` are those of `network`; both must be of the same family.
bool in_network(std::string_view address, std::string_view network, unsigned prefix);

}  // namespace stoop
