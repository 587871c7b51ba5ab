// SPDX-License-Identifier: Apache-2.0
// The types of events, and sets of them: which events a rule can match is worked out when it is compiled, and
// an event of any other type is not shown to it (spec: condition-language.md §14.2).
//
// A type is known by its name. A system call without an event of its own comes as the *generic* event, so
// all of these are one type to a rule; which of them a condition names is remembered for listings only.
//
// Immutable after loading; any thread may read it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/text_map.h"

namespace stoop {

// The type of one event, as an index. kAnyEventType stands for a type that is not known: every rule sees such
// an event.
using EventTypeId = uint16_t;
constexpr EventTypeId kAnyEventType = UINT16_MAX;
// The type of all events that plugins make themselves; every rule sees them.
constexpr std::string_view kAsyncEvent = "asyncevent";

// A set of event types. One that was made for no particular schema holds all of them.
class EventTypeSet {
  public:
    EventTypeSet() = default;
    explicit EventTypeSet(size_t size) : words_((size + 63) / 64, 0), size_(size) {}  // of so many none

    void insert(size_t member) { words_[member / 64] |= uint64_t{1} << (member % 64); }
    bool contains(EventTypeId type) const { return type >= size_ || has(type); }
    bool is_all() const;
    // Inserts the members of another set of as many, or of one that holds all.
    void add(const EventTypeSet& other);
    // The first `size` members alone.
    EventTypeSet first(size_t size) const;
    size_t size() const { return size_; }                       // ids from here on are in every set
    std::span<const uint64_t> words() const { return words_; }  // a bit for each id
    bool operator==(const EventTypeSet&) const = default;

  private:
    friend class EventTypes;
    bool has(size_t member) const { return words_[member / 64] >> (member % 64) & 1; }

    std::vector<uint64_t> words_;  // a bit for each member; those behind the last one are 0
    size_t size_ = 0;
};

class EventTypes {
  public:
    // What a schema says of one name.
    struct Entry {
        std::string name;
        uint32_t codes = 0;                // how many of Falco's event codes have this name
        std::vector<std::string> same_as;  // names that Falco's listings give together with it
        bool bare = false;                 // its events have no arguments
    };
    EventTypes() = default;
    // `generic`: system calls that come as the generic event. `renamed`: further names that operands may
    // have, which no event has in its listing.
    EventTypes(std::vector<Entry> entries, const std::vector<std::string>& generic,
               const std::vector<std::string>& renamed);

    // The names that operands of evt.type may have.
    bool knows(std::string_view name) const { return by_name_.contains(name); }
    const std::vector<std::string>& names() const { return names_; }
    // Those that events have, by type; the generic event, which comes behind them, has none.
    std::vector<std::string> types() const;

    // How many types there are; ids are less than this.
    size_t size() const { return entries_.size() + 1; }
    // The type of an event. A system call that has an event of its own, with arguments, but was recorded
    // without any was recorded as a generic event.
    EventTypeId id(std::string_view name, bool without_arguments) const;

    EventTypeSet all() const { return complement(none()); }
    EventTypeSet none() const;
    void add(EventTypeSet& set, std::string_view name) const;  // nothing for a name that no event has
    static EventTypeSet both(EventTypeSet a, const EventTypeSet& b);
    static EventTypeSet either(EventTypeSet a, const EventTypeSet& b);
    static EventTypeSet complement(EventTypeSet set);

    // How many of Falco's event codes are in a set.
    size_t codes(const EventTypeSet& set) const;
    // The names of the types in a set as Falco lists them, sorted.
    std::vector<std::string> listing(const EventTypeSet& set) const;

  private:
    // Members of a set: the entries, the generic event, then each system call that comes as one.
    std::vector<Entry> entries_;
    std::vector<std::string> names_;
    TextMap<size_t> by_name_;  // the member
};

}  // namespace stoop
