// SPDX-License-Identifier: Apache-2.0
// Event times as text (spec: output.md §2.1). Times are nanoseconds since the epoch. Local times use the
// offset that held at the event's time in the zone of TZ, so that a recording of last winter prints the same
// in summer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stoop {

enum class TimeForm : uint8_t {
    Clock,            // local HH:MM:SS.nnnnnnnnn
    ClockSeconds,     // the same without the fraction
    DateTime,         // local YYYY-MM-DD HH:MM:SS.nnnnnnnnn
    DateTimeSeconds,  // the same without the fraction
    Iso8601,          // UTC YYYY-MM-DDTHH:MM:SS.nnnnnnnnn+0000
    Iso8601Zulu,      // the same ending in Z, as in an alert's `time`
    UtcClock,         // UTC HH:MM:SS.nnnnnnnnn
};

// Writes times. It remembers what the last one cost most to find out: the text of its second, and the offset
// of local time around it, which the C library looks up under a lock. Asking about another time is right,
// too, and only slower. One per thread; the zone is that of TZ when a time is first asked for.
class TimeWriter {
  public:
    void append(TimeForm form, uint64_t ns, std::string& out);

  private:
    static constexpr size_t kTextSize = sizeof "YYYY-MM-DD HH:MM:SS" - 1;
    struct Second {
        int64_t second = -1;
        char text[kTextSize];
    };
    struct Span {  // of seconds in which the offset is the same
        int64_t begin = 0, end = 0, offset = 0;
    };
    int64_t local_offset(int64_t second);

    Second utc_, local_;
    Span span_;
};

// YYYY-MM-DDTHH:MM:SS[.fraction](Z|+hhmm|+hh:mm), to the nanosecond; nothing if it is anything else.
std::optional<uint64_t> parse_iso8601(std::string_view text);

// How a field that is the event's time in some form prints it (evt.time, evt.datetime.s …), or nothing for
// other fields.
std::optional<TimeForm> time_field_form(std::string_view field);
std::optional<std::string> time_field_text(std::string_view field, uint64_t ns);

}  // namespace stoop
