// SPDX-License-Identifier: Apache-2.0
#include "runtime/event/address.h"

#include <arpa/inet.h>

#include <cstring>

namespace stoop {

std::optional<IpAddress> parse_address(std::string_view text) {
    // Longer texts cannot be addresses; inet_pton wants a terminated string.
    if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != text.npos) return std::nullopt;
    char buffer[INET6_ADDRSTRLEN] = {};
    std::memcpy(buffer, text.data(), text.size());
    bool v4 = text.find('.') != text.npos;
    IpAddress out;
    out.size = v4 ? 4 : 16;
    if (inet_pton(v4 ? AF_INET : AF_INET6, buffer, out.bytes) != 1) return std::nullopt;
    return out;
}

void append_address(std::string_view bytes, std::string& out) {
    char buffer[INET6_ADDRSTRLEN] = {};
    inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), buffer, sizeof buffer);
    out += buffer;
}

bool in_network(std::string_view address, std::string_view network, unsigned prefix) {
    if (std::memcmp(address.data(), network.data(), prefix / 8) != 0) return false;
    unsigned rest = prefix % 8;
    if (rest == 0) return true;
    auto mask = static_cast<unsigned char>(0xff << (8 - rest));
    return ((address[prefix / 8] ^ network[prefix / 8]) & mask) == 0;
}

}  // namespace stoop
