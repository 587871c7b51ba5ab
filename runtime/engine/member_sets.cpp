// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/member_sets.h"

#include <algorithm>

namespace stoop {
namespace {

constexpr size_t kMostWords = size_t{4} << 20;

void make_distinct(MemberSets& sets) {
    std::sort(sets.begin(), sets.end());
    sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
}

}  // namespace

RuleRange MemberPlacer::place(MemberSets sets) {
    if (sets.empty()) return {};
    make_distinct(sets);
    auto known = placed_.find(sets);
    if (known != placed_.end()) return known->second;
    size_t words = 0;
    for (const Members& set : sets) words += set->bits.size();
    if (words_ + words > kMostWords) {
        if (everything_) return *everything_;
        make_distinct(all_);
        everything_ = append(all_);
        return *everything_;
    }
    words_ += words;
    RuleRange out = append(sets);
    placed_.emplace(std::move(sets), out);
    return out;
}

RuleRange MemberPlacer::append(const MemberSets& sets) {
    RuleRange out{static_cast<uint32_t>(out_.size()), 0, UINT32_MAX};
    std::vector<MemberBits> all;
    for (const Members& set : sets) {
        all.insert(all.end(), set->bits.begin(), set->bits.end());
        out.guards &= set->guards;
    }
    if (sets.size() > 1)
        std::sort(all.begin(), all.end(),
                  [](const MemberBits& a, const MemberBits& b) { return a.word < b.word; });
    for (const MemberBits& members : all)
        if (out_.size() > out.begin && out_.back().word == members.word)
            out_.back().bits |= members.bits;
        else
            out_.push_back(members);
    out.count = static_cast<uint32_t>(out_.size() - out.begin);
    return out;
}

}  // namespace stoop
