// SPDX-License-Identifier: Apache-2.0
// Any bytes as an encoded program: refused, or the same bytes again when it is encoded, and harmless whatever
// is done with it, for events of system calls and of a source that reads its fields by JSON pointer.
#include <cstdlib>

#include "fuzz/web_schema.h"
#include "runtime/program/decode.h"
#include "runtime/program/encode.h"
#include "tests/support/exercise.h"

namespace {

using namespace stoop;

constexpr std::string_view kEvents[] = {
    R"({"evt.type":"open","evt.rawtime":1,"proc.name":"a","proc.pname":"b","proc.cmdline":"a b","fd.num":7,)"
    R"("fd.types":["q","file"],"fd.sip":"1.2.3.4","fd.cip":"::1","fd.cport":1,"fd.sport":2,"proc.pid":1,)"
    R"("proc.aname":["x","y"],"proc.exe":"/bin/a","fd.name":"/etc/x","user.uid":0,"evt.res":"SUCCESS"})",
    R"({"evt.type":"execve","proc.name":"","proc.args":"-n 1","container.id":"host","evt.time":4096})",
    R"({"evt.type":"connect","fd.ip":[],"fd.port":[],"fd.net":[],"proc.aname":[],"fd.types":[],"evt.num":3})",
    R"({"time":"2026-01-01T00:00:00Z","rule":"r","output_fields":{"fd.port":4,"proc.aname[2]":"x"}})"};
constexpr std::string_view kDocuments[] = {
    R"({"user":"x","response":[{"code":4}],"tags":["a","b"],"from":"1.2.3.4","a":"0123456789abcdef"})",
    R"({"user":{"a":[1]},"tags":"t","from":3})"};

const Schemas& schemas() {
    static const Schemas kSchemas = [] {
        Schemas out;
        out.add(fuzz::kWeb);
        return out;
    }();
    return kSchemas;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::string error;
    if (!decode(bytes, error)) return 0;
    auto decoded = [&] { return std::move(*decode(bytes, error)); };
    if (encode(decoded()) != bytes) std::abort();
    for (Check check : {Check::AskedFields, Check::AllFields}) {
        tests::exercise(decoded(), syscall_schema(), kEvents, check);
        tests::exercise(decoded(), *schemas().find("web"), kDocuments, check);
    }
    return 0;
}
