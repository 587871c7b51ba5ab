#include "runtime/event/time.h"

#include <fmt/format.h>

#include <ctime>

namespace stoop {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;

std::tm broken_down(uint64_t ns, bool local) {
    auto seconds = static_cast<time_t>(ns / kSecond);
    std::tm out{};
    local ? localtime_r(&seconds, &out) : gmtime_r(&seconds, &out);
    return out;
}

std::string clock_text(const std::tm& t) {
    return fmt::format("{:02}:{:02}:{:02}", t.tm_hour, t.tm_min, t.tm_sec);
}
std::string date_text(const std::tm& t) {
    return fmt::format("{:04}-{:02}-{:02}", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday);
}
std::string fraction_text(uint64_t ns) { return fmt::format(".{:09}", ns % kSecond); }

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

std::string clock_time(uint64_t ns, bool fraction) {
    return clock_text(broken_down(ns, true)) + (fraction ? fraction_text(ns) : "");
}

std::string utc_clock_time(uint64_t ns) { return clock_text(broken_down(ns, false)) + fraction_text(ns); }

std::string date_time(uint64_t ns, bool fraction) {
    std::tm t = broken_down(ns, true);
    return date_text(t) + " " + clock_text(t) + (fraction ? fraction_text(ns) : "");
}

static std::string utc(uint64_t ns, std::string_view zone) {
    std::tm t = broken_down(ns, false);
    return fmt::format("{}T{}{}{}", date_text(t), clock_text(t), fraction_text(ns), zone);
}

std::string iso8601(uint64_t ns) { return utc(ns, "+0000"); }
std::string iso8601_zulu(uint64_t ns) { return utc(ns, "Z"); }

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

std::optional<std::string> time_field_text(std::string_view field, uint64_t ns) {
    if (field == "evt.time" || field == "evt.outputtime") return clock_time(ns, true);
    if (field == "evt.time.s") return clock_time(ns, false);
    if (field == "evt.time.iso8601") return iso8601(ns);
    if (field == "evt.datetime") return date_time(ns, true);
    if (field == "evt.datetime.s") return date_time(ns, false);
    return std::nullopt;
}

}  // namespace stoop
