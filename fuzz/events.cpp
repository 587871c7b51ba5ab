// SPDX-License-Identifier: Apache-2.0
// Any bytes as an events file: cut into records, decoded in both ways, matched, explained and rendered. Rules
// ask for fields of every type, and for those of a source that reads them by JSON pointer.
#include "compiler/compiler.h"
#include "fuzz/memory_file.h"
#include "fuzz/web_schema.h"
#include "runtime/alert/alert.h"
#include "runtime/alert/incident.h"
#include "runtime/engine/reference.h"
#include "runtime/explain/explain.h"
#include "runtime/ingest/json/block_reader.h"
#include "runtime/ingest/json/event_decoder.h"

namespace {

using namespace stoop;

constexpr const char* kRules = R"(
- rule: r
  desc: d
  condition: >
    evt.type exists or proc.name contains a or fd.num > 3 or evt.is_io_read = true or fd.cip = 1.2.3.4
    or evt.rawtime > 3 or evt.buffer contains b or fd.net = 10.0.0.0/8 or proc.aname[2] startswith c
    or len(fd.types) > 1 or evt.arg.flags icontains d or evt.latency.human exists or not user.uid = 0
  output: "%evt.time %proc.cmdline %evt.args %evt.buffer %fd.types %evt.arg.mode %container.id %proc.pcmdline"
  priority: INFO
- rule: w
  source: web
  desc: d
  condition: web.user contains x or web.status > 3 or web.tags intersects (a) or web.from = 1.2.3.4
  output: "%web.user %web.status %web.tags %web.from %evt.time"
  priority: INFO
)";

struct Source {
    explicit Source(const Schemas& schemas, std::string_view name) : schema(*schemas.find(name)) {
        CompileOptions options;
        options.source = name;
        compilation = compile_rules({{"rules.yaml", kRules}}, schemas, options);
        if (compilation->diagnostics.errors() > 0) std::abort();
    }
    const Schema& schema;
    std::unique_ptr<Compilation> compilation;
};

void read(const Source& source, Check check, const std::string& path) {
    const PreparedProgram& program = *source.compilation->program;
    EventDecoder decoder(source.schema, program, check);
    AlertRenderer renderer(program, {});
    IncidentRenderer incidents(program, {});
    Engine engine = reference_engine(program);
    Scratch scratch;
    ByteSource bytes(path, {});
    BlockReader reader(bytes);
    Event event;
    for (Block block; reader.next(block);)
        for (const Record& record : block.records) {
            std::string_view text = block.text(record);
            if (decoder.decode(text, event)) continue;
            uint32_t fired;
            std::string out;
            explain(program, program.rules[0], event.values.data());
            if (engine.match(event.values.data(), event.type, scratch, &fired, 1) == 0) continue;
            renderer.text(program.rules[fired], event, out);
            renderer.json(program.rules[fired], event, out);
            incidents.report(program.rules[fired], event, out);
        }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const Schemas schemas = [] {
        Schemas out;
        out.add(fuzz::kWeb);
        return out;
    }();
    static const Source syscall(schemas, "syscall"), web(schemas, "web");
    static const stoop::fuzz::MemoryFile file;
    file.write(data, size);
    for (const Source* source : {&syscall, &web})
        for (Check check : {Check::AllFields, Check::AskedFields}) read(*source, check, file.path());
    return 0;
}
