// SPDX-License-Identifier: Apache-2.0
// What the keys of an object mean to one decoder: the field that is to be read, a prefix of such fields, one
// of an alert's own keys, or nothing.
//
// Events of one file have the same keys in the same order, so each key remembers which one came after it: to
// recognise the next key is to compare its bytes with those that are expected. Any other key costs a hash
// probe, and one that is new a look into the schema. One thread at a time.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/text_map.h"
#include "runtime/ingest/json/json_tokens.h"
#include "runtime/ingest/json/wrapper.h"

namespace stoop {

constexpr uint32_t kNoTarget = UINT32_MAX;

// Keys whose place is noted whatever their value: those of an alert, fields that say of which source, when
// and what the event is, and those that wrappers use.
enum class Mark : uint8_t {
    None,
    Rule,
    Time,
    OutputFields,
    Source,
    Hostname,
    EventSource,
    EventArguments,
    EventTime,
    EventTimeIso8601,
    EventDateTime,
    EventType,
    FirstWrapper,
};
constexpr size_t kMarks = static_cast<size_t>(Mark::FirstWrapper) + kWrappers;
constexpr Mark wrapper_mark(size_t wrapper) {
    return static_cast<Mark>(static_cast<size_t>(Mark::FirstWrapper) + wrapper);
}

class KeyTable;

// Small, as a whole event's keys are to stay in the nearest cache.
struct KnownKey {
    ExpectedKey expected;
    KnownKey* next = nullptr;     // the key that came after it last
    uint32_t target = kNoTarget;  // of the decoder
    Mark mark = Mark::None;
    bool field = false;               // the schema has it
    uint16_t misspelling = 0;         // of a field that is read: its number with the decoder, from 1
    std::unique_ptr<KeyTable> inner;  // an object under this key holds fields: {"proc": {"name": …}}

    struct Problem {  // why it is no field
        std::string name, error;
    };
    std::unique_ptr<Problem> problem;
};

// How much a decoder remembers. Events are untrusted, so there is a bound: a table that is asked for a new
// key beyond it makes it anew each time.
struct RememberedKeys {
    static constexpr size_t kMost = 4096, kMostBytes = size_t{1} << 20;

    size_t keys = 0, bytes = 0;

    bool are_full() const { return keys >= kMost || bytes >= kMostBytes; }
};

class KeyTable {
  public:
    // `prefix`: what stands before each key of the table, with its dot. `remembered` counts for all tables of
    // a decoder, and must outlive them.
    KeyTable(std::string prefix, RememberedKeys& remembered)
        : prefix_(std::move(prefix)), remembered_(remembered) {}

    const std::string& prefix() const { return prefix_; }
    KnownKey* start() { return &start_; }  // before the first key of an object

    // What it had was counted, and is to be counted anew.
    void clear() {
        start_.next = nullptr;
        by_raw_.clear();
        keys_.clear();
        for (KnownKey& key : passing_) key = KnownKey();
    }

    // The key at `token`, `before` being the one before it; null if it is not JSON. It is valid until the
    // table is asked for the next but one. `make` fills in a new one, given its name.
    template <typename Make>
    KnownKey* find(JsonTokens& tokens, uint32_t token, KnownKey& before, Make&& make) {
        if (before.next && tokens.is_key(token, before.next->expected.quoted())) return before.next;
        std::string_view raw = tokens.raw_string(token);
        auto known = by_raw_.find(raw);
        if (known != by_raw_.end()) return before.next = known->second;
        if (uint32_t at = token; !tokens.skip_value(at)) return nullptr;
        bool full = remembered_.are_full();
        KnownKey& key = full ? passing_[passed_ ^= 1] : keys_.emplace_back();
        if (full) key = KnownKey();
        Arena arena;
        key.expected = ExpectedKey(raw);
        make(key, prefix_ + std::string(tokens.string(token, arena)));
        if (full) return &key;
        ++remembered_.keys;
        remembered_.bytes += raw.size();
        by_raw_.emplace(key.expected.raw(), &key);
        return before.next = &key;
    }

  private:
    std::string prefix_;
    RememberedKeys& remembered_;
    KnownKey start_;
    KnownKey passing_[2];  // not remembered: the one before and this one
    size_t passed_ = 0;
    std::deque<KnownKey> keys_;
    TextViewMap<KnownKey*> by_raw_;
};

}  // namespace stoop
