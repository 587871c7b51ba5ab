// SPDX-License-Identifier: Apache-2.0
// Any bytes as an encoded program: refused, or the same bytes again when it is encoded, and harmless whatever
// is done with it.
#include <cstdlib>

#include "runtime/program/decode.h"
#include "runtime/program/encode.h"
#include "tests/support/exercise.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace stoop;
    constexpr std::string_view kEvents[] = {
        R"({"evt.type":"open","evt.rawtime":1,"proc.name":"a","proc.pname":"b","proc.cmdline":"a b","fd.num":7,)"
        R"("fd.types":["q","file"],"fd.sip":"1.2.3.4","fd.cip":"::1","fd.cport":1,"fd.sport":2,"proc.pid":1,)"
        R"("proc.aname":["x","y"],"proc.exe":"/bin/a","fd.name":"/etc/x","user.uid":0,"evt.res":"SUCCESS"})",
        R"({"evt.type":"execve","proc.name":"","proc.args":"-n 1","container.id":"host"})"};
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::string error;
    auto program = decode(bytes, error);
    if (!program) return 0;
    if (encode(*program) != bytes) std::abort();
    tests::exercise(std::move(*program), syscall_schema(), kEvents);
    return 0;
}
