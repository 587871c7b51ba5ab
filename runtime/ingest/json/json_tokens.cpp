// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/json/json_tokens.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <new>

#include "runtime/base/reuse.h"

namespace stoop {
namespace {

constexpr size_t kFirstCapacity = size_t{64} << 10;
constexpr size_t kBeyond = simdjson::SIMDJSON_PADDING + 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Steps over digits; false if there are none.
bool skip_digits(std::string_view text, size_t& at) {
    size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > from;
}

enum class Written : uint8_t { NotANumber, Integer, Fraction };

Written number_form(std::string_view text) {
    size_t at = text[0] == '-' ? 1 : 0;
    if (at < text.size() && text[at] == '0')
        ++at;
    else if (!skip_digits(text, at))
        return Written::NotANumber;
    Written out = Written::Integer;
    if (at < text.size() && text[at] == '.') {
        out = Written::Fraction;
        if (!skip_digits(text, ++at)) return Written::NotANumber;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        out = Written::Fraction;
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        if (!skip_digits(text, at)) return Written::NotANumber;
    }
    return at == text.size() ? out : Written::NotANumber;
}

bool is_number_text(std::string_view text) {
    if (JsonTokens::is_short_integer(text)) return true;
    Written form = number_form(text);
    if (form == Written::NotANumber) return false;
    if (form == Written::Integer && text.size() < 300) return true;
    return read_json_number(text).kind != JsonNumber::Kind::None;
}

}  // namespace

JsonNumber read_json_number(std::string_view text) {
    JsonNumber out;
    if (JsonTokens::is_short_integer(text)) {
        for (char c : text) out.u = out.u * 10 + static_cast<uint64_t>(c - '0');
        out.kind = JsonNumber::Kind::Unsigned;
        return out;
    }
    Written form = number_form(text);
    if (form == Written::NotANumber) return out;
    const char* end = text.data() + text.size();
    if (form == Written::Integer) {
        bool negative = text[0] == '-';
        auto result =
            negative ? std::from_chars(text.data(), end, out.i) : std::from_chars(text.data(), end, out.u);
        if (result.ec == std::errc()) {
            out.kind = negative ? JsonNumber::Kind::Negative : JsonNumber::Kind::Unsigned;
            return out;
        }
    }
    // Of a number out of range from_chars does not say whether it is too large or too small.
    auto result = std::from_chars(text.data(), end, out.d);
    if (result.ec != std::errc()) out.d = std::strtod(std::string(text).c_str(), nullptr);
    if (std::isfinite(out.d)) out.kind = JsonNumber::Kind::Double;
    return out;
}

JsonTokens::JsonTokens() {
    auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
        kFirstCapacity, simdjson::DEFAULT_MAX_DEPTH, parser_);
    if (error) throw std::bad_alloc();
}

JsonTokens::~JsonTokens() = default;

bool JsonTokens::scan(std::string_view text) {
    text_ = text;
    count_ = 0;
    if (text.empty()) return false;
    if (parser_->capacity() > kKeptBytes && text.size() <= kKeptBytes) give_back();
    if (text.size() > parser_->capacity()) {
        size_t wanted = std::max(text.size(), parser_->capacity() * 2);
        if (parser_->set_capacity(wanted)) throw std::bad_alloc();
    }
    auto error = parser_->stage1(reinterpret_cast<const uint8_t*>(text.data()), text.size(),
                                 simdjson::stage1_mode::regular);
    if (error) return false;
    starts_ = parser_->structural_indexes.get();
    count_ = parser_->n_structural_indexes;
    escapes_ = std::memchr(text.data(), '\\', text.size()) != nullptr;
    return true;
}

// What one huge text took.
void JsonTokens::give_back() {
    if (parser_->set_capacity(kFirstCapacity)) throw std::bad_alloc();
    clear_for_reuse(open_);
    clear_for_reuse(padded_);
    clear_for_reuse(unescaped_);
}

// simdjson reads up to a closing quote, and beyond; and writes beyond what it makes.
uint8_t* JsonTokens::unescape(std::string_view raw, uint8_t* out) {
    padded_.assign(raw).append("\"").append(simdjson::SIMDJSON_PADDING, ' ');
    return parser_->parse_string(reinterpret_cast<const uint8_t*>(padded_.data()), out);
}

bool JsonTokens::are_escapes(std::string_view raw) {
    if (raw.find('\\') == raw.npos) return true;
    unescaped_.resize(raw.size() + kBeyond);
    return unescape(raw, unescaped_.data()) != nullptr;
}

std::string_view JsonTokens::string(uint32_t token, Arena& arena) {
    std::string_view raw = raw_string(token);
    if (!escapes_ || raw.find('\\') == raw.npos) return raw;
    auto* out = reinterpret_cast<uint8_t*>(arena.bytes(raw.size() + kBeyond));
    uint8_t* end = unescape(raw, out);
    return {reinterpret_cast<const char*>(out), end ? static_cast<size_t>(end - out) : 0};
}

bool JsonTokens::is_string(uint32_t token, std::string_view wanted) {
    std::string_view raw = raw_string(token);
    if (!escapes_ || raw.find('\\') == raw.npos) return raw == wanted;
    unescaped_.resize(raw.size() + kBeyond);
    uint8_t* end = unescape(raw, unescaped_.data());
    return end && std::string_view(reinterpret_cast<const char*>(unescaped_.data()),
                                   static_cast<size_t>(end - unescaped_.data())) == wanted;
}

bool JsonTokens::is_scalar(uint32_t token) {
    std::string_view all = text(token);
    switch (all[0]) {
        case '"': return !escapes_ || are_escapes(all.substr(1, all.size() - 2));
        case 'n': return all == "null";
        case 't': return all == "true";
        case 'f': return all == "false";
        default: return is_number_text(all);
    }
}

bool JsonTokens::skip_other_value(uint32_t& token) {
    char first = kind(token);
    if (first != '{' && first != '[') return first != '\0' && is_scalar(token++);
    // What comes next: a value, or what stands behind one. Not recursive: nesting may be as deep as the text
    // is long.
    open_.clear();
    bool value = true;
    do {
        char c = kind(token);
        if (value) {
            if (c == '{' || c == '[') {
                open_.push_back(c);
                char next = kind(token + 1);
                if (next == (c == '{' ? '}' : ']')) {
                    open_.pop_back();
                    token += 2;
                    value = false;
                    continue;
                }
                ++token;
            } else {
                if (c == '\0' || !is_scalar(token)) return false;
                ++token;
                value = false;
                continue;
            }
        } else if (c == ',') {
            ++token;
            value = true;
        } else if (c == (open_.back() == '{' ? '}' : ']')) {
            open_.pop_back();
            ++token;
            continue;
        } else {
            return false;
        }
        if (open_.back() == '{') {  // a key, and the value behind it
            if (kind(token) != '"' || !is_scalar(token) || kind(token + 1) != ':') return false;
            token += 2;
        }
    } while (!open_.empty());
    return true;
}

size_t JsonTokens::depth(uint32_t token) const {
    size_t open = 0, most = 0;
    do {
        char c = kind(token++);
        if (c == '{' || c == '[')
            most = std::max(most, ++open);
        else if (c == '}' || c == ']')
            --open;
    } while (open > 0);
    return most;
}

size_t JsonTokens::value_end(uint32_t token) {
    uint32_t behind = token;
    if (!skip_value(behind)) return text_.size();
    return begin(behind - 1) + (behind - 1 == token ? text(token).size() : 1);
}

}  // namespace stoop
