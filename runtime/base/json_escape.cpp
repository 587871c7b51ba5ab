// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/json_escape.h"

#include <cstdint>
#include <cstring>

#include "runtime/base/utf8.h"

namespace stoop {
namespace {

constexpr uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;

// Sets the high bit of a byte that is zero, and perhaps of others behind it.
constexpr uint64_t zero_bytes(uint64_t word) { return (word - kOnes) & ~word & kHighs; }

bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

// The first byte from `at` on that does not stand for itself: most text has none, so eight are asked at once.
size_t skip_plain(std::string_view text, size_t at) {
    for (; at + 8 <= text.size(); at += 8) {
        uint64_t word;
        std::memcpy(&word, text.data() + at, 8);
        uint64_t control = (word - kOnes * 0x20) & ~word;
        if (((control | word) & kHighs) != 0 || zero_bytes(word ^ (kOnes * '"')) != 0 ||
            zero_bytes(word ^ (kOnes * '\\')) != 0)
            break;
    }
    while (at < text.size() && is_plain(static_cast<unsigned char>(text[at]))) ++at;
    return at;
}

void append_escape(char c, std::string& out) {
    constexpr std::string_view kLetters = "btn?fr";  // from 8 on
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += '\\';
    if (c == '"' || c == '\\') {
        out += c;
    } else if (c >= 8 && c <= 13 && c != 11) {
        out += kLetters[static_cast<size_t>(c - 8)];
    } else {
        out += "u00";
        out += kDigits[static_cast<size_t>(c >> 4)];
        out += kDigits[static_cast<size_t>(c & 15)];
    }
}

}  // namespace

void append_json_escaped(std::string_view text, std::string& out) {
    size_t copied = 0;  // up to here
    size_t at = 0;
    auto copy = [&] { out.append(text.data() + copied, at - copied); };
    while ((at = skip_plain(text, at)) < text.size()) {
        Utf8Step step = step_utf8(text.substr(at));
        if (step.valid && step.size > 1) {
            at += step.size;
            continue;
        }
        copy();
        if (step.valid)
            append_escape(text[at], out);
        else
            out += "\xEF\xBF\xBD";
        copied = at += step.size;
    }
    copy();
}

void append_json_string(std::string_view text, std::string& out) {
    out += '"';
    append_json_escaped(text, out);
    out += '"';
}

void escape_json_from(size_t start, std::string& out) {
    size_t size = out.size() - start;
    if (skip_plain(out, start) == out.size()) return;
    out.reserve(out.size() + 6 * size);  // so that the text stays where it is while it is read
    append_json_escaped(std::string_view(out).substr(start, size), out);
    out.erase(start, size);
}

}  // namespace stoop
