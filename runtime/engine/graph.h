// SPDX-License-Identifier: Apache-2.0
// The graph of conditions as steps for a walk: rules that get no native code are evaluated by it. A step is
// one comparison and says which step comes next if it holds and if it does not, so a walk is a loop; only
// what several places share is a walk of its own, whose verdict is remembered within an event. In a rule set
// of many thousands the time goes into waiting for memory: the steps of a condition lie together, and most
// comparisons with texts are decided by the size and two bytes of the value.
//
// Takes 32 bytes for each comparison, besides the program, which must live as long. Built once, then only
// read, by any number of threads.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/engine/one_of_texts.h"
#include "runtime/engine/prepared_program.h"

namespace stoop {

class PackedGraph {
  public:
    PackedGraph() = default;
    explicit PackedGraph(const PreparedProgram& program);

    // The verdict of a rule. `known`: remembered() numbers, for this graph alone; of what was evaluated on
    // the event twice its number, and one more if it holds. Recurses as deep as shared conditions are nested.
    bool holds(uint32_t rule, const Value* slots, Scratch& scratch, uint32_t event, uint32_t* known) const;
    uint32_t remembered() const { return remembered_; }

  private:
    struct Numbers {
        uint64_t lowest, span;  // that many follow the lowest one
    };
    struct Piece {
        const char* text;
        uint64_t size;
    };
    struct Step {
        enum class Kind : uint8_t {
            Exists,
            Number,
            Texts,
            Beginning,
            End,
            Part,
            Regex,   // with an atom, as is
            Other,   // whatever atom it is
            Shared,  // what other steps say
        };
        Kind kind = Kind::Other;
        bool negated = false;  // a value that is present must be another one
        char byte = 0;         // Beginning: the first of the piece; End: the last
        uint32_t slot = 0;     // Shared: where its verdict is remembered
        uint32_t yes = 0, no = 0;
        union {
            const AtomTable* table = nullptr;
            Numbers numbers;
            OneOfTexts texts;
            Piece piece;
            uint32_t entry;  // Shared: the first of them
        };
    };
    static_assert(sizeof(Step) == 32);
    static constexpr uint32_t kNo = 0, kYes = 1;  // verdicts instead of steps

    class Builder;
    struct Walk;

    std::vector<Step> steps_;
    std::vector<uint32_t> rules_;  // their first steps
    uint32_t remembered_ = 0;
};

}  // namespace stoop
