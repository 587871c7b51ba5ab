// SPDX-License-Identifier: Apache-2.0
// What is prepared for testing an atom: compiled regular expressions, sets of its constants, a prefix tree.
// All engines share this meaning of an atom: the reference evaluator calls test() for each one, native code
// does the simple ones itself and calls test() for the rest.
//
// Tables are immutable once prepared; test() may run on any number of threads, each with a Scratch of its
// own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/scratch.h"
#include "runtime/program/atom.h"
#include "runtime/search/range_set.h"
#include "runtime/search/text_table.h"

namespace re2 {
class RE2;
}

namespace stoop {

class PathPrefixes;
class RegexStore;
class Substrings;

// Size, first and last byte of a text as one of 64 bits.
inline uint64_t fingerprint(std::string_view text) {
    auto byte = [](char c) { return uint64_t{static_cast<unsigned char>(c)}; };
    uint64_t ends = text.empty() ? 0 : 3 * byte(text.front()) + byte(text.back());
    return uint64_t{1} << (11 * text.size() + ends) % 64;
}

struct AtomTable {
    const Atom* atom;
    bool computes;  // one of its sides, for which memory is taken from the scratch

    // Only what its operator wants is there.
    std::vector<std::shared_ptr<const re2::RE2>> regexes;
    std::vector<std::string> regex_literals;  // of a single one; see regex_literals.h
    std::unique_ptr<PathPrefixes> paths;
    // For `in` with many constants; empty for few.
    TextTable texts;                    // or addresses
    uint64_t fingerprints = 0;          // of all constants that are texts; see one_of_texts.h
    RangeSet ranges;                    // of numbers or networks
    std::unique_ptr<Substrings> parts;  // for `contains anyof` and `icontains anyof` with many

    // Fewer constants than this are compared one after the other.
    static constexpr size_t kManyConstants = 16;
    static constexpr size_t kManyNumbers = 64;  // as native code takes few numbers apart

    explicit AtomTable(const Atom& atom);  // nothing is prepared; the atom must outlive the table
    AtomTable(AtomTable&&) noexcept;
    AtomTable& operator=(AtomTable&&) noexcept;
    ~AtomTable();
};

// Prepares an atom, which must outlive its table. Its regular expressions are taken from `regexes`, which has
// shared out its memory (RegexStore::share) and holds those of the atom. `parts_memory`: bytes that are left
// for searchers of many texts; what is taken is deducted. An atom for which there is too little compares one
// text after the other.
AtomTable prepare(const Atom& atom, const RegexStore& regexes, size_t& parts_memory);

// Whether the event whose values are at `slots` satisfies the atom. What transformers took from `scratch` is
// given back.
bool test(const AtomTable& table, const Value* slots, Scratch& scratch);

// The verdict of a single regular expression on a present value.
bool matches_regex(const AtomTable& table, const Value& value);

// The value of an operand: a slot's own value, a constant, or what the transformer makes of its arguments,
// which stays in `scratch` until its arena is reset.
Value evaluate(const Operand& operand, const Value* slots, Scratch& scratch);

}  // namespace stoop
