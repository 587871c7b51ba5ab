// SPDX-License-Identifier: Apache-2.0
// /tmp/perf-PID.map, in which perf looks for the names of code that was made while a program ran. Each
// stretch of code gets the line of the rule that it is of as its name (`rules.yaml:412`), or "stoop: finding
// rules" if it is of none. Private to compiler/codegen/llvm.
#pragma once

#include <cstdint>
#include <string>

namespace llvm::object {
class ObjectFile;
}

namespace stoop {

// `file`: an object file that was linked, with debug lines; `text`: where its code is. Returns a message, if
// the map cannot be written.
std::string append_to_perf_map(const llvm::object::ObjectFile& file, uint64_t text);

}  // namespace stoop
