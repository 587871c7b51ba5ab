// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/json/wrapper.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace stoop {
namespace {

constexpr Wrapper kTable[] = {
    {"cri", ""},
    {"docker", "log"},
    {"fluent-bit", "log_processed"},
    {"elasticsearch", "_source"},
    {"falcosidekick", "event"},  // to its web page, and to Splunk
    {"cloudevents", "data"},
    {"journald", "MESSAGE"},
    {"logstash", "message"},  // Filebeat and fluentd, too
    {"kafka connect", "payload"},
    {"kafka", "value"},
    {"google cloud", "jsonPayload"},
    {"google cloud", "textPayload"},
    {"splunk", "result"},
    {"splunk", "_raw"},
    {"loki", "line"},
    {"opentelemetry", "body"},
    {"cloudwatch", "@message"},
};
static_assert(std::size(kTable) == kWrappers);

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The word at the beginning, without the blank behind it; nothing if there is no blank.
std::optional<std::string_view> next_word(std::string_view& text) {
    size_t blank = text.find(' ');
    if (blank == text.npos) return std::nullopt;
    std::string_view word = text.substr(0, blank);
    text.remove_prefix(blank + 1);
    return word;
}

// 2024-10-05T13:00:46.937782756Z or +01:00
bool is_time(std::string_view word) {
    constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd";
    if (word.size() <= kForm.size() || word.size() > 40) return false;
    for (size_t i = 0; i < kForm.size(); ++i)
        if (kForm[i] == 'd' ? !is_digit(word[i]) : word[i] != kForm[i]) return false;
    return std::all_of(word.begin() + kForm.size(), word.end(), [](char c) {
        return is_digit(c) || std::string_view(".Z+-:").find(c) != std::string_view::npos;
    });
}

}  // namespace

std::span<const Wrapper> wrappers() { return kTable; }

std::string wrapper_text(uint8_t wrapper) {
    if (wrapper == kCriWrapper) return "a CRI line";
    return fmt::format("'{}' ({})", kTable[wrapper].key, kTable[wrapper].name);
}

std::optional<CriLine> read_cri_line(std::string_view text) {
    if (text.empty() || !is_digit(text[0])) return std::nullopt;
    std::string_view rest = text.substr(0, 128);  // the words take no more
    auto time = next_word(rest), stream = time ? next_word(rest) : time;
    if (!stream || !is_time(*time) || (*stream != "stdout" && *stream != "stderr")) return std::nullopt;
    std::string_view tag = rest.substr(0, rest.find(' '));
    std::string_view first = tag.substr(0, tag.find(':'));  // F:…, for what is yet to come
    if (first != "F" && first != "P") return std::nullopt;
    size_t content = static_cast<size_t>(tag.data() + tag.size() - text.data());
    return CriLine{std::min(content + 1, text.size()), first == "P"};
}

bool may_hold_event(std::string_view content) {
    size_t first = content.find_first_not_of(" \t\r\n");
    if (first == content.npos) return false;
    return content[first] == '{' || read_cri_line(content.substr(first));
}

size_t place_in_json_string(std::string_view raw, size_t byte) {
    auto unit = [&](size_t at) {  // of \uXXXX
        unsigned out = 0;
        if (at + 6 <= raw.size()) std::from_chars(raw.data() + at + 2, raw.data() + at + 6, out, 16);
        return out;
    };
    size_t at = 0;
    for (size_t before = 0; at < raw.size();) {
        size_t width = 1, bytes = 1;
        if (raw[at] == '\\' && at + 1 < raw.size()) {
            width = 2;
            if (raw[at + 1] == 'u') {
                unsigned code = unit(at);
                bool pair = code >= 0xd800 && code < 0xdc00;
                width = pair ? 12 : 6;
                bytes = pair ? 4 : code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
            }
        }
        if (before + bytes > byte) break;
        before += bytes;
        at += width;
    }
    return std::min(at, raw.size());
}

}  // namespace stoop
