// SPDX-License-Identifier: Apache-2.0
// Any bytes behind the first ones of a compressed file, read to the end or to the first problem. The first
// byte says which.
#include "fuzz/memory_file.h"
#include "runtime/ingest/byte_source.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace stoop;
    if (size == 0) return -1;
    static const fuzz::MemoryFile file;
    std::string_view magic[] = {"\x1f\x8b\x08", "\x28\xb5\x2f\xfd", "\x50\x2a\x4d\x18", ""};
    std::string text(magic[data[0] % 4]);
    text.append(reinterpret_cast<const char*>(data + 1), size - 1);
    file.write(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    ByteSource source(file.path(), {});
    char buffer[4096];
    // A bomb is no fault of the reader: what it makes of a few bytes is read by whoever wants it.
    size_t left = size_t{64} << 20;
    for (size_t got; left > 0 && (got = source.read(buffer, sizeof buffer)) > 0;) left -= std::min(left, got);
    return 0;
}
