// SPDX-License-Identifier: Apache-2.0
// One JSON text as a row of tokens: where each brace, bracket, colon, comma, string, number and word begins.
// simdjson finds them, many bytes at a time, and checks that the text is UTF-8 and that its strings end
// (its "stage 1"). The walk over the tokens is ours because simdjson's own does not look at what it passes
// over, and here a bad line must be found to be bad whatever a rule asks for.
//
// A token is named by its number. The text is borrowed and need not be padded. Memory grows to five bytes for
// each byte of the text and is kept, unless the text was huge; nothing else is allocated. One thread at a
// time.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/event/arena.h"
#include "runtime/ingest/json/expected_key.h"

namespace simdjson::internal {
class dom_parser_implementation;
}

namespace stoop {

class JsonTokens {
  public:
    JsonTokens();
    ~JsonTokens();

    // What an entry of an object is that one look shows to be well-formed, without a look at each of its four
    // tokens: the key, a colon, the value, a comma.
    enum class Entry : uint8_t {
        Other,  // the look did not tell
        Null,
        Text,    // without escapes
        Scalar,  // a boolean, or a short integer that is not negative
    };
    [[gnu::always_inline]] Entry entry(uint32_t token, const ExpectedKey& key) const {
        const uint32_t* at = starts_ + token;
        const char* text = text_.data();
        if (count_ - token < 4 || text_.size() - at[0] <= key.needed() || text[at[0]] != '"')
            return Entry::Other;
        ExpectedKey::Found found = key.look(text + at[0] + 1);
        if (found == ExpectedKey::Found::Null) return Entry::Null;
        if (found == ExpectedKey::Found::Another || text[at[3]] != ',') return Entry::Other;
        const char* value = text + at[2];
        size_t size = at[3] - at[2];
        switch (*value) {
            case '"': return escapes_ ? Entry::Other : Entry::Text;
            case 't': return size == 4 && std::memcmp(value, "true", 4) == 0 ? Entry::Scalar : Entry::Other;
            case 'f': return size == 5 && std::memcmp(value, "false", 5) == 0 ? Entry::Scalar : Entry::Other;
            default: return is_short_integer({value, size}) ? Entry::Scalar : Entry::Other;
        }
    }

    // Finds the tokens of `text`; false if it cannot be JSON. What the tokens say is not checked yet.
    bool scan(std::string_view text);

    uint32_t count() const { return count_; }
    // The first byte of a token; 0 behind the last one.
    char kind(uint32_t token) const { return token < count_ ? text_[starts_[token]] : '\0'; }
    size_t begin(uint32_t token) const { return token < count_ ? starts_[token] : text_.size(); }

    bool is_number(uint32_t token) const {
        char c = kind(token);
        return c == '-' || (c >= '0' && c <= '9');
    }

    // All of a string (with its quotes), number or word.
    std::string_view text(uint32_t token) const {
        size_t from = starts_[token], to = starts_[token + 1];
        while (is_space(text_[to - 1])) --to;
        return {text_.data() + from, to - from};
    }
    // What a string holds, escapes as they are written.
    std::string_view raw_string(uint32_t token) const {
        std::string_view all = text(token);
        return all.substr(1, all.size() - 2);
    }

    // Whether the string `token` is written as `quoted`, which ends with the closing quote, and the next
    // token follows at once. The usual way to recognise a key.
    bool is_key(uint32_t token, std::string_view quoted) const {
        size_t at = starts_[token] + 1;
        return starts_[token + 1] - at == quoted.size() &&
               std::memcmp(text_.data() + at, quoted.data(), quoted.size()) == 0;
    }

    // Steps over the value that begins at `token`, all that is in it included; false if it is not JSON.
    bool skip_value(uint32_t& token) {
        char c = kind(token);
        if (c == 'n' && starts_[token + 1] - starts_[token] == 4 &&
            std::memcmp(text_.data() + starts_[token], "null", 4) == 0)
            return ++token, true;
        if (c == '"' && !escapes_) return ++token, true;
        return skip_other_value(token);
    }

    // Behind the value that begins at `token`, in bytes.
    size_t value_end(uint32_t token);

    // How many arrays and objects are open at once in the value that begins at `token`, which is well-formed.
    size_t depth(uint32_t token) const;

    // The contents of a string without its escapes: borrowed from the text if there are none, else in
    // `arena`. skip_value has found it to be well-formed.
    std::string_view string(uint32_t token, Arena& arena);

    // Whether that is `text`. Takes no memory of an arena's.
    bool is_string(uint32_t token, std::string_view text);

    // An integer of so few digits that it fits 64 bits; nothing more need be known of it.
    static bool is_short_integer(std::string_view text) {
        if (text.size() > 19 || (text[0] == '0' && text.size() > 1)) return false;
        for (char c : text)
            if (c < '0' || c > '9') return false;
        return true;
    }

  private:
    static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

    bool skip_other_value(uint32_t& token);
    void give_back();
    bool is_scalar(uint32_t token);
    bool are_escapes(std::string_view raw);
    uint8_t* unescape(std::string_view raw, uint8_t* out);  // null if there is a bad escape

    std::string_view text_;
    std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
    const uint32_t* starts_ = nullptr;
    uint32_t count_ = 0;
    bool escapes_ = false;    // there is a backslash somewhere
    std::vector<char> open_;  // of the containers around: `{` or `[`
    std::string padded_;      // a string with escapes, as simdjson wants it
    std::vector<uint8_t> unescaped_;
};

// What a number is, as it is written (RFC 8259). Integers that fit neither 64-bit type are Doubles.
struct JsonNumber {
    enum class Kind : uint8_t { None, Unsigned, Negative, Double };
    Kind kind = Kind::None;
    uint64_t u = 0;  // Unsigned
    int64_t i = 0;   // Negative, or -0
    double d = 0;    // Double
};

// Kind::None if `text` is not a number, or is larger than a double can be.
JsonNumber read_json_number(std::string_view text);

}  // namespace stoop
