// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/range_set.h"

#include <algorithm>

namespace stoop {

RangeKey number_key(const Value& value, TypeClass type) {
    return type == TypeClass::Signed ? value.u ^ (uint64_t{1} << 63) : value.u;
}

RangeKey address_key(std::string_view bytes) {
    RangeKey out = 0;
    for (char byte : bytes) out = out << 8 | static_cast<unsigned char>(byte);
    return out;
}

KeyRange number_range(const Value& number, TypeClass type) {
    RangeKey key = number_key(number, type);
    return {key, key, false};
}

KeyRange address_range(std::string_view address) {
    RangeKey key = address_key(address);
    return {key, key, address.size() == 16};
}

KeyRange network_range(std::string_view network) {
    auto prefix = static_cast<uint32_t>(static_cast<unsigned char>(network.back()));
    network.remove_suffix(1);
    auto bits = static_cast<uint32_t>(network.size() * 8);
    RangeKey hosts = prefix == 0 && bits == 128 ? ~RangeKey{0} : (RangeKey{1} << (bits - prefix)) - 1;
    RangeKey low = address_key(network) & ~hosts;
    return {low, low | hosts, network.size() == 16};
}

void RangeSet::build(std::vector<KeyRange> ranges) {
    std::sort(ranges.begin(), ranges.end(),
              [](const KeyRange& a, const KeyRange& b) { return a.low < b.low; });
    for (const KeyRange& range : ranges) {
        std::vector<KeyRange>& kind = kinds_[range.is_ipv6];
        bool touches = !kind.empty() && (range.low <= kind.back().high || range.low - 1 == kind.back().high);
        if (touches)
            kind.back().high = std::max(kind.back().high, range.high);
        else
            kind.push_back(range);
    }
}

bool RangeSet::contains(const Value& value, TypeClass type) const {
    bool is_address = type == TypeClass::Address || type == TypeClass::Network;
    if (is_address && value.size != 4 && value.size != 16) return false;
    RangeKey key = is_address ? address_key(value.text()) : number_key(value, type);
    const std::vector<KeyRange>& kind = kinds_[is_address && value.size == 16];
    auto behind = std::upper_bound(kind.begin(), kind.end(), key,
                                   [](RangeKey k, const KeyRange& range) { return k < range.low; });
    return behind != kind.begin() && key <= (behind - 1)->high;
}

}  // namespace stoop
