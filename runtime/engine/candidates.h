// SPDX-License-Identifier: Apache-2.0
// The rules that are to be evaluated on an event, as a set of bits in two levels: adding is an `or`, they
// come out in order, and what was taken out leaves the set empty for the next event, so nothing is ever
// cleared that was not set. One owner, one thread.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "runtime/search/rule_range.h"

namespace stoop {

class Candidates {
  public:
    // Makes room for so many members; allocates only if it is more than ever before.
    void reserve(size_t members) {
        size_t words = (members + 63) / 64;
        if (words <= words_.size()) return;
        words_.resize(words, 0);
        filled_.resize((words + 63) / 64, 0);
    }

    void add(const MemberBits& members) {
        words_[members.word] |= members.bits;
        filled_[members.word / 64] |= uint64_t{1} << members.word % 64;
    }

    // Calls `take` with each member, in order, until it returns false. Then the set is empty.
    template <typename Take>
    void drain(Take&& take) {
        bool wanted = true;
        for (size_t block = 0; block < filled_.size(); ++block) {
            for (uint64_t filled = filled_[block]; filled != 0; filled &= filled - 1) {
                size_t word = block * 64 + static_cast<size_t>(std::countr_zero(filled));
                for (uint64_t bits = words_[word]; wanted && bits != 0; bits &= bits - 1)
                    wanted = take(static_cast<uint32_t>(word * 64) +
                                  static_cast<uint32_t>(std::countr_zero(bits)));
                words_[word] = 0;
            }
            filled_[block] = 0;
        }
    }

  private:
    std::vector<uint64_t> words_;   // a bit for each member
    std::vector<uint64_t> filled_;  // a bit for each word that is not 0
};

}  // namespace stoop
