// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/prepared_program.h"

#include <fmt/format.h>
#include <re2/re2.h>

namespace stoop {
namespace {

// Of a program, for searches for many texts.
constexpr size_t kMostPartsMemory = size_t{64} << 20;

}  // namespace

std::unique_ptr<PreparedProgram> prepare(Program program, SourceMap map, RegexStore& regexes,
                                         std::string& error) {
    const bool was_over = regexes.is_over();  // of expressions that the program may not have
    for (const Atom& atom : program.atoms) {
        if (atom.op != Operator::Regex) continue;
        for (const Value& pattern : atom.constants) {
            const re2::RE2& regex = *regexes.compile(pattern.text()).regex;
            if (!regex.ok()) {
                error = fmt::format("invalid regular expression: {}", regex.error());
                return nullptr;
            }
            if (regexes.is_over() && !was_over) {
                error = "the regular expressions take too much memory";
                return nullptr;
            }
        }
    }
    auto out = std::make_unique<PreparedProgram>(std::move(program), std::move(map));
    out->regex_memory = regexes.share();
    size_t parts_memory = kMostPartsMemory;
    for (const Atom& atom : out->atoms) out->tables.push_back(prepare(atom, regexes, parts_memory));
    return out;
}

}  // namespace stoop
