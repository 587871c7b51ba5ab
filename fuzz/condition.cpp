// SPDX-License-Identifier: Apache-2.0
// Any text as a condition: parsed, typed and, if it is valid, evaluated on an empty event.
#include "compiler/compiler.h"
#include "runtime/engine/reference.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace stoop;
    static const Schemas schemas;
    std::string text(reinterpret_cast<const char*>(data), size);
    auto compilation = compile_conditions({{"condition", text}}, schemas);
    for (const Diagnostic& d : compilation->diagnostics.by_place()) render(d, compilation->sources, false);
    const PreparedProgram& program = *compilation->program;
    if (compilation->diagnostics.errors() > 0 || program.rules.empty()) return 0;
    std::vector<Value> values(program.slots.size());
    Scratch scratch;
    uint32_t fired;
    reference_engine(program).match(values.data(), kAnyEventType, scratch, &fired, 1);
    return 0;
}
