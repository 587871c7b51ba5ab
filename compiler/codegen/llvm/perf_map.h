// /tmp/perf-PID.map, in which perf looks for the names of code that was made while a program ran. Each
// stretch of code gets the line of the rule that it is of as its name (`rules.yaml:412`), or that of its
// function. Private to compiler/codegen/llvm.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stoop {

// `object`: a file that was linked, with debug lines; `text`: where its code is. Returns a message, if the
// map cannot be written.
std::string append_to_perf_map(std::string_view object, uint64_t text);

}  // namespace stoop
