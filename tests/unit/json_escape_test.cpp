// SPDX-License-Identifier: Apache-2.0
// The escaping of JSON strings against the library that Falco uses.
#include "runtime/base/json_escape.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace stoop {
namespace {

using nlohmann::json;

std::string by_library(const std::string& text) {
    return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string escaped(const std::string& text) {
    std::string out = "before";
    append_json_string(text, out);
    std::string in_place = "before\"" + text;
    escape_json_from(7, in_place);
    EXPECT_EQ(in_place + '"', out);
    return out.substr(6);
}

TEST(JsonEscape, EveryByteAtEveryPlaceOfAWord) {
    for (int byte = 0; byte < 256; ++byte)
        for (size_t place = 0; place < 20; ++place) {
            std::string text(20, 'x');
            text[place] = static_cast<char>(byte);
            ASSERT_EQ(escaped(text), by_library(text)) << byte << " at " << place;
            text.resize(place + 1);
            ASSERT_EQ(escaped(text), by_library(text)) << byte << " last of " << place + 1;
        }
}

// All pairs of bytes, each with what may follow: the ranges of UTF-8 depend on the first two.
TEST(JsonEscape, EveryBeginningOfACharacter) {
    for (int first = 0x7F; first < 256; ++first)
        for (int second = 0; second < 256; ++second)
            for (std::string rest : {"", "\x80", "\xBF", "\x80\x80", "\xBF\xBF", "a\x80", "\x80z", "\x80\xC3",
                                     "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
                std::string text{static_cast<char>(first), static_cast<char>(second)};
                text += rest;
                ASSERT_EQ(escaped(text), by_library(text)) << first << " " << second;
            }
}

TEST(JsonEscape, RandomText) {
    std::mt19937 random(1);
    const std::vector<std::string> pieces = {"plain text ", "\"", "\\", "\n", "\x01", std::string(1, '\0'),
                                             "\x7f",        "é",  "€",  "😀",  "\xF0", "\xF0\x9F\x98",
                                             "\xED\xA0\x80"};
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (size_t i = random() % 12; i > 0; --i) {
            text += pieces[random() % pieces.size()];
            if (random() % 8 == 0) text += static_cast<char>(random());
        }
        ASSERT_EQ(escaped(text), by_library(text));
    }
}

}  // namespace
}  // namespace stoop
