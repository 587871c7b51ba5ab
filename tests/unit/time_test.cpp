#include "runtime/event/time.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace stoop {
namespace {

constexpr uint64_t kTime = 1728133246937782756;  // in summer

void set_zone(const char* zone) {
    setenv("TZ", zone, 1);
    tzset();
}

TEST(Time, LocalTimesUseTheOffsetOfTheEvent) {
    set_zone("Europe/London");
    EXPECT_EQ(clock_time(kTime, true), "14:00:46.937782756");
    EXPECT_EQ(date_time(kTime, false), "2024-10-05 14:00:46");
    EXPECT_EQ(utc_clock_time(kTime), "13:00:46.937782756");
    set_zone("UTC");
    EXPECT_EQ(clock_time(kTime, true), "13:00:46.937782756");
}

TEST(Time, Iso8601BothWays) {
    EXPECT_EQ(iso8601(kTime), "2024-10-05T13:00:46.937782756+0000");
    EXPECT_EQ(iso8601_zulu(kTime), "2024-10-05T13:00:46.937782756Z");
    for (const char* text : {"2024-10-05T13:00:46.937782756Z", "2024-10-05T13:00:46.937782756+0000",
                             "2024-10-05T15:00:46.937782756+02:00"})
        EXPECT_EQ(parse_iso8601(text), kTime) << text;
    EXPECT_EQ(parse_iso8601("2024-10-05T13:00:46.5Z"), kTime / 1'000'000'000 * 1'000'000'000 + 500'000'000);
    for (const char* text : {"", "yesterday", "2024-10-05", "2024-13-05T13:00:46Z", "2024-10-05T13:00:46",
                             "2024-10-05T13:00:46.Z"})
        EXPECT_FALSE(parse_iso8601(text)) << text;
}

}  // namespace
}  // namespace stoop
