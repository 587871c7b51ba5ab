// SPDX-License-Identifier: Apache-2.0
#include "runtime/event/time.h"

#include <chrono>
#include <cstring>
#include <ctime>

namespace stoop {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;

constexpr uint64_t kSpan = 900;  // seconds; clocks are put forward and back on such boundaries

void put_digits(char* at, size_t digits, uint64_t number) {
    for (; digits > 0; number /= 10) at[--digits] = static_cast<char>('0' + number % 10);
}

// YYYY-MM-DD HH:MM:SS. No time is beyond the year 2554.
void put_second(char* at, int64_t second) {
    auto days = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(second)));
    std::chrono::year_month_day date(days);
    auto rest = static_cast<uint64_t>(second - std::chrono::sys_seconds(days).time_since_epoch().count());
    std::memcpy(at, "    -  -     :  :  ", 19);
    put_digits(at, 4, static_cast<uint64_t>(static_cast<int>(date.year())));
    put_digits(at + 5, 2, static_cast<unsigned>(date.month()));
    put_digits(at + 8, 2, static_cast<unsigned>(date.day()));
    put_digits(at + 11, 2, rest / 3600);
    put_digits(at + 14, 2, rest / 60 % 60);
    put_digits(at + 17, 2, rest % 60);
}

// What is added to a second to get local time, from the C library.
int64_t offset_at(int64_t second) {
    auto time = static_cast<time_t>(second);
    std::tm local{};
    localtime_r(&time, &local);
    return local.tm_gmtoff;
}

// Takes exactly `digits` digits off the front of `text`.
bool take_number(std::string_view& text, size_t digits, int& out) {
    if (text.size() < digits) return false;
    out = 0;
    for (char c : text.substr(0, digits)) {
        if (c < '0' || c > '9') return false;
        out = out * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return true;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text[0] != c) return false;
    text.remove_prefix(1);
    return true;
}

// Z, +hhmm or +hh:mm, and nothing after it.
bool take_zone(std::string_view text, int& seconds) {
    seconds = 0;
    if (text == "Z") return true;
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
    int sign = text[0] == '-' ? -1 : 1;
    text.remove_prefix(1);
    int hours, minutes;
    if (!take_number(text, 2, hours)) return false;
    take(text, ':');
    if (!take_number(text, 2, minutes) || !text.empty()) return false;
    seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

}  // namespace

int64_t TimeWriter::local_offset(int64_t second) {
    if (second >= span_.begin && second < span_.end) return span_.offset;
    int64_t begin = second - second % int64_t{kSpan}, end = begin + int64_t{kSpan};
    int64_t offset = offset_at(second);
    // Within a span in which the clock is changed every second is asked for.
    if (offset_at(begin) == offset && offset_at(end - 1) == offset) span_ = {begin, end, offset};
    return offset;
}

void TimeWriter::append(TimeForm form, uint64_t ns, std::string& out) {
    bool utc = form == TimeForm::Iso8601 || form == TimeForm::Iso8601Zulu || form == TimeForm::UtcClock;
    auto second = static_cast<int64_t>(ns / kSecond);
    Second& known = utc ? utc_ : local_;
    if (known.second != second) {
        put_second(known.text, utc ? second : second + local_offset(second));
        known.second = second;
    }
    char text[kTextSize + 10];
    std::memcpy(text, known.text, kTextSize);
    text[kTextSize] = '.';
    put_digits(text + kTextSize + 1, 9, ns % kSecond);
    constexpr size_t kDate = 11;
    switch (form) {
        case TimeForm::Clock:
        case TimeForm::UtcClock: out.append(text + kDate, sizeof text - kDate); break;
        case TimeForm::ClockSeconds: out.append(text + kDate, kTextSize - kDate); break;
        case TimeForm::DateTime: out.append(text, sizeof text); break;
        case TimeForm::DateTimeSeconds: out.append(text, kTextSize); break;
        case TimeForm::Iso8601:
        case TimeForm::Iso8601Zulu:
            text[kDate - 1] = 'T';
            out.append(text, sizeof text);
            out += form == TimeForm::Iso8601 ? "+0000" : "Z";
            break;
    }
}

std::optional<uint64_t> parse_iso8601(std::string_view text) {
    int year, month, day, hour, minute, second, zone;
    bool date = take_number(text, 4, year) && take(text, '-') && take_number(text, 2, month) &&
                take(text, '-') && take_number(text, 2, day) && (take(text, 'T') || take(text, ' '));
    bool clock = date && take_number(text, 2, hour) && take(text, ':') && take_number(text, 2, minute) &&
                 take(text, ':') && take_number(text, 2, second);
    if (!clock) return std::nullopt;
    uint64_t fraction = 0;
    if (take(text, '.')) {
        uint64_t unit = kSecond / 10;
        size_t digits = 0;
        for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), unit /= 10, ++digits)
            fraction += unit * static_cast<uint64_t>(text[0] - '0');
        if (digits == 0) return std::nullopt;
    }
    if (!take_zone(text, zone)) return std::nullopt;
    if (year < 1970 || year > 2500 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 ||
        minute > 59 || second > 60)
        return std::nullopt;
    std::tm t{};
    t.tm_year = year - 1900;
    t.tm_mon = month - 1;
    t.tm_mday = day;
    t.tm_hour = hour;
    t.tm_min = minute;
    t.tm_sec = second;
    int64_t seconds = int64_t{timegm(&t)} - zone;
    if (seconds < 0) return std::nullopt;
    return static_cast<uint64_t>(seconds) * kSecond + fraction;
}

std::optional<TimeForm> time_field_form(std::string_view field) {
    if (field == "evt.time" || field == "evt.outputtime") return TimeForm::Clock;
    if (field == "evt.time.s") return TimeForm::ClockSeconds;
    if (field == "evt.time.iso8601") return TimeForm::Iso8601;
    if (field == "evt.datetime") return TimeForm::DateTime;
    if (field == "evt.datetime.s") return TimeForm::DateTimeSeconds;
    return std::nullopt;
}

std::optional<std::string> time_field_text(std::string_view field, uint64_t ns) {
    auto form = time_field_form(field);
    if (!form) return std::nullopt;
    std::string out;
    TimeWriter().append(*form, ns, out);
    return out;
}

}  // namespace stoop
