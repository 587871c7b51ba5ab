// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/range_index.h"

#include <algorithm>

namespace stoop {
namespace {

// Intervals that all ranges have together; of more the widest ranges are not told apart.
constexpr size_t kMostIntervals = 400'000;

}  // namespace

void RangeIndex::add(const KeyRange& range, const Members& members) { added_.push_back({range, members}); }

void RangeIndex::build() {
    for (bool is_ipv6 : {false, true}) {
        std::vector<Added> added;
        std::copy_if(added_.begin(), added_.end(), std::back_inserter(added),
                     [&](const Added& one) { return one.range.is_ipv6 == is_ipv6; });
        build(kinds_[is_ipv6], std::move(added));
    }
    added_.clear();
}

void RangeIndex::build(Kind& kind, std::vector<Added> added) {
    if (added.empty()) return;
    kind.begins.push_back(0);
    for (const Added& one : added) {
        kind.begins.push_back(one.range.low);
        if (one.range.high + 1 != 0) kind.begins.push_back(one.range.high + 1);
    }
    std::sort(kind.begins.begin(), kind.begins.end());
    kind.begins.erase(std::unique(kind.begins.begin(), kind.begins.end()), kind.begins.end());
    auto interval = [&](RangeKey key) {
        return static_cast<size_t>(std::upper_bound(kind.begins.begin(), kind.begins.end(), key) -
                                   kind.begins.begin() - 1);
    };
    auto width = [&](const Added& one) { return interval(one.range.high) - interval(one.range.low) + 1; };
    // The narrow ones first, as many as there is room for.
    std::vector<size_t> order(added.size()), widths;
    for (size_t i = 0; i < added.size(); ++i) {
        order[i] = i;
        widths.push_back(width(added[i]));
    }
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return widths[a] < widths[b]; });
    std::vector<bool> is_narrow(added.size(), false);
    size_t total = 0;
    for (size_t i : order) is_narrow[i] = (total += widths[i]) <= kMostIntervals;

    std::vector<MemberSets> members(kind.begins.size());
    MemberSets anywhere, all;
    for (size_t i = 0; i < added.size(); ++i) {
        const Added& one = added[i];
        all.push_back(one.members);
        if (!is_narrow[i]) {
            anywhere.push_back(one.members);
            continue;
        }
        for (size_t at = interval(one.range.low); at <= interval(one.range.high); ++at)
            members[at].push_back(one.members);
    }
    MemberPlacer placer(members_, std::move(all));
    for (MemberSets& sets : members) kind.rules.push_back(placer.place(std::move(sets)));
    if (!anywhere.empty()) kind.anywhere.push_back(placer.place(std::move(anywhere)));
}

}  // namespace stoop
