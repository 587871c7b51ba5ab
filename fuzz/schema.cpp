// SPDX-License-Identifier: Apache-2.0
// Any bytes as a schema: refused with a message, or fields that can be looked up and that events may have.
#include <stdexcept>

#include "compiler/compiler.h"
#include "runtime/ingest/json/event_decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace stoop;
    Schemas schemas;
    try {
        schemas.add(std::string(reinterpret_cast<const char*>(data), size));
    } catch (const std::runtime_error&) {
        return 0;
    }
    const Schema& schema = *schemas.all().back();
    for (const Field& field : schema.fields()) {
        schema.find(field.name);
        schema.find(field.name + "x");
        schema.find(field.name, "1");
    }
    std::string condition = schema.fields().back().name + " exists";
    auto compilation = compile_conditions({{"condition", condition}}, schemas, schema.source());
    if (compilation->diagnostics.errors() > 0) return 0;
    EventDecoder decoder(schema, *compilation->program);
    Event event;
    for (std::string text : {R"({"user": {"name": [1, "a"]}, "x": null})", R"({"evt.num": 1})", "[]"})
        decoder.decode(text, event);
    return 0;
}
