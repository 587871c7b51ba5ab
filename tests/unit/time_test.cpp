// SPDX-License-Identifier: Apache-2.0
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

std::string text(TimeForm form, uint64_t ns) {
    std::string out;
    TimeWriter().append(form, ns, out);
    return out;
}

TEST(Time, LocalTimesUseTheOffsetOfTheEvent) {
    set_zone("Europe/London");
    EXPECT_EQ(text(TimeForm::Clock, kTime), "14:00:46.937782756");
    EXPECT_EQ(text(TimeForm::ClockSeconds, kTime), "14:00:46");
    EXPECT_EQ(text(TimeForm::DateTime, kTime), "2024-10-05 14:00:46.937782756");
    EXPECT_EQ(text(TimeForm::DateTimeSeconds, kTime), "2024-10-05 14:00:46");
    EXPECT_EQ(text(TimeForm::UtcClock, kTime), "13:00:46.937782756");
    set_zone("UTC");
    EXPECT_EQ(text(TimeForm::Clock, kTime), "13:00:46.937782756");
}

// One writer, asked about seconds around every change of the clock and far from it, back and forth, says what
// the C library says of each.
TEST(Time, WhatIsRememberedIsRight) {
    for (const char* zone : {"Europe/London", "Australia/Lord_Howe", "Africa/Monrovia", "Asia/Kathmandu",
                             "America/St_Johns", "Pacific/Apia", "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
                             "ODD1:23:45ODE0:11:07,J60/2:34:56,J300/3:21:09"}) {
        set_zone(zone);
        TimeWriter writer;
        auto check = [&](int64_t second) {
            time_t time = second;
            std::tm local{};
            localtime_r(&time, &local);
            char want[64];
            strftime(want, sizeof want, "%Y-%m-%d %H:%M:%S", &local);
            std::string got;
            writer.append(TimeForm::DateTimeSeconds, static_cast<uint64_t>(second) * 1'000'000'000, got);
            ASSERT_EQ(got, want) << zone << " " << second;
        };
        auto offset = [](time_t time) {
            std::tm local{};
            localtime_r(&time, &local);
            return local.tm_gmtoff;
        };
        size_t changes = 0;
        for (int64_t hour = 48; hour < int64_t{24} * 365 * 68; ++hour) {
            int64_t begin = hour * 3600;
            if (offset(begin) == offset(begin + 3600)) continue;
            ++changes;
            for (int64_t second = begin - 5; second < begin + 3605; ++second) check(second);
            for (int64_t second = begin + 3700; second > begin - 100; second -= 7) check(second);
        }
        EXPECT_GT(changes, 0u) << zone;
    }
    set_zone("UTC");
}

TEST(Time, EveryDay) {
    set_zone("UTC");
    for (uint64_t second = 86399; second < uint64_t{18'446'744'073}; second += 86400 * 3 + 1) {
        time_t time = static_cast<time_t>(second);
        std::tm utc{};
        gmtime_r(&time, &utc);
        char want[64];
        strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%S.000000001Z", &utc);
        ASSERT_EQ(text(TimeForm::Iso8601Zulu, second * 1'000'000'000 + 1), want);
    }
    EXPECT_EQ(text(TimeForm::Iso8601, 0), "1970-01-01T00:00:00.000000000+0000");
    EXPECT_EQ(text(TimeForm::Iso8601, UINT64_MAX), "2554-07-21T23:34:33.709551615+0000");
}

TEST(Time, Iso8601BothWays) {
    EXPECT_EQ(text(TimeForm::Iso8601, kTime), "2024-10-05T13:00:46.937782756+0000");
    EXPECT_EQ(text(TimeForm::Iso8601Zulu, kTime), "2024-10-05T13:00:46.937782756Z");
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
