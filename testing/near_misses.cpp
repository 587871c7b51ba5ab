// SPDX-License-Identifier: Apache-2.0
#include "testing/near_misses.h"

#include <algorithm>

#include "runtime/explain/reason.h"

namespace stoop {
namespace {

bool nearer(const NearMisses::Miss& a, const NearMisses::Miss& b) {
    constexpr size_t kFar = kLargestDecidingSet + 1;
    size_t distance_a = a.distance.value_or(kFar), distance_b = b.distance.value_or(kFar);
    return distance_a != distance_b ? distance_a < distance_b : a.unrecorded < b.unrecorded;
}

}  // namespace

// Nothing if the rule fires.
std::optional<NearMisses::Miss> NearMisses::miss(const Event& event) const {
    const Value* slots = event.values.data();
    // Sets that are larger than that of the farthest miss kept would change nothing.
    size_t largest =
        misses_.size() < limit_ ? kLargestDecidingSet : misses_.back().distance.value_or(kLargestDecidingSet);
    Explanation explanation = explain(program_, rule_, slots, largest);
    Miss out;
    if (explanation.fires) {
        bool fires = rule_.event_types.contains(event.type) &&
                     (matching_ == Matching::All || first_rule(program_, event.type, slots) == &rule_);
        if (fires) return std::nullopt;
        out.distance = 0;
        return out;
    }
    if (explanation.deciding.empty()) return out;
    out.distance = explanation.deciding[0].size();
    out.unrecorded = *out.distance;
    for (const auto& set : explanation.deciding) {
        auto count = std::count_if(set.begin(), set.end(), [&](uint32_t atom) {
            return reads_unrecorded(program_.atoms[atom], slots);
        });
        out.unrecorded = std::min(out.unrecorded, static_cast<size_t>(count));
    }
    return out;
}

void NearMisses::add(const Event& event, const Describe& describe) {
    ++events_;
    std::optional<Miss> found = miss(event);
    if (!found) {
        ++fired_;
        return;
    }
    auto place = std::upper_bound(misses_.begin(), misses_.end(), *found, nearer);
    if (misses_.size() == limit_) {
        if (place == misses_.end()) return;
        drop_farthest();
    }
    found->text = describe(*found);
    bytes_ += found->text.size();
    misses_.insert(place, std::move(*found));
    while (bytes_ > most_bytes_ && misses_.size() > 1) {
        drop_farthest();
        limit_ = misses_.size();
        too_long_ = true;
    }
}

void NearMisses::drop_farthest() {
    bytes_ -= misses_.back().text.size();
    misses_.pop_back();
}

}  // namespace stoop
