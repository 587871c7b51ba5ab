#include "runtime/event/event_types.h"

#include <algorithm>
#include <set>

namespace stoop {
namespace {

// Falco's own events; every rule sees them.
constexpr std::string_view kAlwaysSeen = "asyncevent";
constexpr uint32_t kGenericCodes = 2;

}  // namespace

bool EventTypeSet::is_all() const {
    return std::all_of(members_.begin(), members_.end(), [](bool member) { return member; });
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
    auto known = by_name_.find(std::string(name));
    if (known == by_name_.end() || name == kAlwaysSeen) return kAnyEventType;
    size_t generic = entries_.size();
    if (known->second >= generic) return static_cast<EventTypeId>(generic);
    bool recorded_as_generic = without_arguments && !entries_[known->second].bare;
    return static_cast<EventTypeId>(recorded_as_generic ? generic : known->second);
}

EventTypeSet EventTypes::filled(bool value) const {
    EventTypeSet out;
    out.members_.assign(names_.size() + 1, value);
    return out;
}

void EventTypes::add(EventTypeSet& set, std::string_view name) const {
    auto known = by_name_.find(std::string(name));
    if (known == by_name_.end()) return;
    set.members_[known->second] = true;
    if (known->second > entries_.size()) set.members_[entries_.size()] = true;
}

EventTypeSet EventTypes::both(EventTypeSet a, const EventTypeSet& b) {
    for (size_t i = 0; i < a.members_.size(); ++i) a.members_[i] = a.members_[i] && b.members_[i];
    return a;
}

EventTypeSet EventTypes::either(EventTypeSet a, const EventTypeSet& b) {
    for (size_t i = 0; i < a.members_.size(); ++i) a.members_[i] = a.members_[i] || b.members_[i];
    return a;
}

EventTypeSet EventTypes::complement(EventTypeSet set) {
    set.members_.flip();
    return set;
}

size_t EventTypes::codes(const EventTypeSet& set) const {
    size_t out = set.members_[entries_.size()] ? kGenericCodes : 0;
    for (size_t i = 0; i < entries_.size(); ++i)
        if (set.members_[i]) out += entries_[i].codes;
    return out;
}

std::vector<std::string> EventTypes::listing(const EventTypeSet& set) const {
    std::set<std::string> out;
    if (names_.empty()) return {};
    out.emplace(kAlwaysSeen);
    for (size_t i = 0; i < set.members_.size(); ++i) {
        size_t generic = entries_.size();
        if (!set.members_[i] || i == generic) continue;
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
