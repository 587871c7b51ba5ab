// SPDX-License-Identifier: Apache-2.0
// Buffers that are used again for event after event. They keep what they have grown to, so that nothing is
// allocated once they have seen their events; but not what a huge event took, or memory would be that of the
// largest event there ever was, in every buffer of every thread.
#pragma once

#include <cstddef>

namespace stoop {

constexpr size_t kKeptBytes = size_t{1} << 20;

// Empties a vector or a string.
template <typename Buffer>
void clear_for_reuse(Buffer& buffer) {
    if (buffer.capacity() * sizeof(typename Buffer::value_type) > kKeptBytes)
        Buffer().swap(buffer);
    else
        buffer.clear();
}

}  // namespace stoop
