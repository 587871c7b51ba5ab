// Event times as text (spec: output.md §2.1). Times are nanoseconds since the epoch. Local times use the
// offset that held at the event's time in the zone of TZ. Any thread may call these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stoop {

std::string clock_time(uint64_t ns, bool fraction);  // local HH:MM:SS[.nnnnnnnnn]
std::string date_time(uint64_t ns, bool fraction);   // local YYYY-MM-DD HH:MM:SS[.nnnnnnnnn]
std::string iso8601(uint64_t ns);                    // UTC YYYY-MM-DDTHH:MM:SS.nnnnnnnnn+0000
std::string iso8601_zulu(uint64_t ns);               // the same ending in Z, as in an alert's `time`
std::string utc_clock_time(uint64_t ns);             // UTC HH:MM:SS.nnnnnnnnn

// YYYY-MM-DDTHH:MM:SS[.fraction](Z|+hhmm|+hh:mm), to the nanosecond; nothing if it is anything else.
std::optional<uint64_t> parse_iso8601(std::string_view text);

// The text of a field that is the event's time in some form (evt.time, evt.datetime.s …), or nothing for
// others.
std::optional<std::string> time_field_text(std::string_view field, uint64_t ns);

}  // namespace stoop
