// SPDX-License-Identifier: Apache-2.0
#include "runtime/event/event_types.h"

#include <algorithm>
#include <set>

namespace stoop {
namespace {

constexpr uint32_t kGenericCodes = 2;

}  // namespace

EventTypeSet EventTypeSet::first(size_t size) const {
    EventTypeSet out(size);
    for (size_t i = 0; i < size; ++i)
        if (contains(static_cast<EventTypeId>(i))) out.insert(i);
    return out;
}

void EventTypeSet::add(const EventTypeSet& other) {
    if (other.size_ == 0)
        *this = EventTypeSet();
    else if (size_ != 0)
        for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
}

bool EventTypeSet::is_all() const {
    for (size_t i = 0; i < size_; ++i)
        if (!has(i)) return false;
    return true;
}

EventTypes::EventTypes(std::vector<Entry> entries, const std::vector<std::string>& generic,
                       const std::vector<std::string>& renamed)
    : entries_(std::move(entries)) {
    for (const Entry& entry : entries_) {
        by_name_.emplace(entry.name, names_.size());
        names_.push_back(entry.name);
    }
    for (const std::string& name : generic)
        if (by_name_.emplace(name, names_.size() + 1).second) names_.push_back(name);
    for (const std::string& name : renamed) by_name_.emplace(name, entries_.size());
}

EventTypeId EventTypes::id(std::string_view name, bool without_arguments) const {
    auto known = by_name_.find(name);
    if (known == by_name_.end() || name == kAsyncEvent) return kAnyEventType;
    size_t generic = entries_.size();
    if (known->second >= generic) return static_cast<EventTypeId>(generic);
    bool recorded_as_generic = without_arguments && !entries_[known->second].bare;
    return static_cast<EventTypeId>(recorded_as_generic ? generic : known->second);
}

std::vector<std::string> EventTypes::types() const {
    return {names_.begin(), names_.begin() + static_cast<ptrdiff_t>(entries_.size())};
}

EventTypeSet EventTypes::none() const { return EventTypeSet(names_.size() + 1); }

void EventTypes::add(EventTypeSet& set, std::string_view name) const {
    auto known = by_name_.find(name);
    if (known == by_name_.end()) return;
    set.insert(known->second);
    if (known->second > entries_.size()) set.insert(entries_.size());
}

EventTypeSet EventTypes::both(EventTypeSet a, const EventTypeSet& b) {
    for (size_t i = 0; i < a.words_.size(); ++i) a.words_[i] &= b.words_[i];
    return a;
}

EventTypeSet EventTypes::either(EventTypeSet a, const EventTypeSet& b) {
    for (size_t i = 0; i < a.words_.size(); ++i) a.words_[i] |= b.words_[i];
    return a;
}

EventTypeSet EventTypes::complement(EventTypeSet set) {
    for (uint64_t& word : set.words_) word = ~word;
    if (set.size_ % 64 != 0) set.words_.back() &= (uint64_t{1} << (set.size_ % 64)) - 1;
    return set;
}

size_t EventTypes::codes(const EventTypeSet& set) const {
    size_t out = set.has(entries_.size()) ? kGenericCodes : 0;
    for (size_t i = 0; i < entries_.size(); ++i)
        if (set.has(i)) out += entries_[i].codes;
    return out;
}

std::vector<std::string> EventTypes::listing(const EventTypeSet& set) const {
    std::set<std::string> out;
    if (names_.empty()) return {};
    out.emplace(kAsyncEvent);
    for (size_t i = 0; i < set.size(); ++i) {
        size_t generic = entries_.size();
        if (!set.has(i) || i == generic) continue;
        if (i > generic) {
            out.insert(names_[i - 1]);
        } else if (entries_[i].codes > 0) {
            out.insert(entries_[i].name);
            out.insert(entries_[i].same_as.begin(), entries_[i].same_as.end());
        }
    }
    return {out.begin(), out.end()};
}

}  // namespace stoop
