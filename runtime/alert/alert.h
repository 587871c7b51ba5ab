// SPDX-License-Identifier: Apache-2.0
// Alerts as Falco prints them, as a line of text or as a JSON document (spec: output.md §4, §5). Made only
// for events on which a rule fired, but a rule may fire on every event, so this is part of the hot path.
//
// What of an alert is the same each time (the JSON around the values, keys in their order, tags) is put
// together when a rule first fires. What remains is to append values to the caller's buffer: nothing is
// allocated once the buffers have grown to the size of the alerts. An alert costs about as much as writing
// its text twice; docs/performance.md has figures.
#pragma once

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "runtime/engine/atom_table.h"
#include "runtime/event/event.h"
#include "runtime/event/time.h"
#include "runtime/program/program.h"

namespace stoop {

enum class TimeFormat : uint8_t {
    Local,    // HH:MM:SS.nnnnnnnnn in the zone of TZ
    Iso8601,  // UTC, with date
    Utc,      // HH:MM:SS.nnnnnnnnn in UTC
};

struct AlertOptions {
    TimeFormat time = TimeFormat::Local;
    std::string hostname;           // the machine's, in JSON
    bool uuid = false;              // a random `uuid` in JSON, as forwarders add
    uint64_t largest = UINT64_MAX;  // bytes of an alert
};

class AlertRenderer {
  public:
    // The program must outlive the renderer. A renderer belongs to one thread; any number of them may share a
    // program.
    AlertRenderer(const Program& program, AlertOptions options);

    // Each appends to `out`, no line break after it. The rule is one of the program's; the event has values
    // for the program's slots. Bad UTF-8 in an event is printed as it is in text, as U+FFFD in JSON. False,
    // and nothing appended, if the alert would be longer than the options allow.
    //
    // `PREFIX: PRIORITY MESSAGE`. Values are raw, as Falco's are: a line break in one is a line break here.
    bool text(const ProgramRule& rule, const Event& event, std::string& out);
    // One line, keys in alphabetical order.
    bool json(const ProgramRule& rule, const Event& event, std::string& out);
    // The rule's output alone.
    bool message(const ProgramRule& rule, const Event& event, std::string& out);

  private:
    struct Key {             // of output_fields
        std::string before;  // `"KEY":`, with a comma before all but the first
        enum class What : uint8_t { Value, Time, Prefix } what = What::Value;
        uint32_t slot = 0;
    };
    struct Prepared {
        std::string priority;   // `: PRIORITY `
        std::vector<Key> keys;  // sorted
        std::string between;    // from the fields to the time
    };
    const Prepared& prepared(const ProgramRule& rule);
    std::vector<Key> keys(const ProgramRule& rule) const;
    std::optional<uint64_t> time(const Event& event) const;
    // These leave an alert that is too long where it is.
    void append_message(const ProgramRule& rule, const Event& event, size_t begin, std::string& out);
    void append_text(const ProgramRule& rule, const Event& event, size_t begin, std::string& out);
    void append_escaped(std::string_view text, size_t begin, std::string& out) const;
    void append_fields(const Prepared& prepared, const Event& event, size_t begin, std::string& out) const;
    // Whether the alert from `begin` on is none too long yet.
    bool fits(size_t begin, const std::string& out) const { return out.size() - begin <= options_.largest; }
    bool keep_if_fits(size_t begin, std::string& out) const;
    void append_uuid(std::string& out);

    const Program& program_;
    AlertOptions options_;
    std::string before_;                               // of a JSON alert, up to its output
    std::vector<std::unique_ptr<Prepared>> prepared_;  // by rule
    TimeWriter times_;
    std::mt19937_64 random_;  // seeded if there are uuids
    std::string line_;
    Scratch scratch_;
};

}  // namespace stoop
