// SPDX-License-Identifier: Apache-2.0
// Any bytes as a test file, read with what it names missing.
#include "testing/test_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace stoop;
    Sources sources;
    Diagnostics diagnostics;
    uint32_t file = sources.add("a_test.yaml", std::string(reinterpret_cast<const char*>(data), size));
    read_test_file(
        sources, file, [](const TestFile&) { return &syscall_schema(); }, Limits(), diagnostics);
    for (const Diagnostic& d : diagnostics.by_place()) render(d, sources, false);
    return 0;
}
