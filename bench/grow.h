// Rule sets of any size, made from one: copies of its rules, each with names and literals of its own, as
// many rule sets of one kind together would be.
#pragma once

#include <string>

#include "runtime/match/plan.h"

namespace stoop::bench {

// A rule file of `count` rules: those of the plan, then copies of them. In a copy, texts that are compared
// with fields (but those whose values are Falco's own words) begin or end in its number, so that it asks for
// other processes and files.
std::string grow(const Plan& plan, size_t count);

}  // namespace stoop::bench
