// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/look_alikes.h"

#include <algorithm>

namespace stoop {
namespace {

struct Row {
    std::string_view bytes, name, instead;
};

constexpr std::string_view kQuote = "a typographic quote", kDash = "a typographic dash",
                           kBlank = "a no-break or special blank", kNothing = "an invisible character",
                           kSign = "a sign of mathematics", kCyrillic = "a Cyrillic letter",
                           kGreek = "a Greek letter";

constexpr Row kRows[] = {
    {"\u201c", kQuote, "\""},         {"\u201d", kQuote, "\""}, {"\u201e", kQuote, "\""},
    {"\u2018", kQuote, "'"},          {"\u2019", kQuote, "'"},  {"\u201a", kQuote, "'"},
    {"\u00ab", kQuote, "\""},         {"\u00bb", kQuote, "\""}, {"\u2010", kDash, "-"},
    {"\u2011", kDash, "-"},           {"\u2012", kDash, "-"},   {"\u2013", kDash, "-"},
    {"\u2014", kDash, "-"},           {"\u2015", kDash, "-"},   {"\u2212", kDash, "-"},
    {"\u00a0", kBlank, " "},          {"\u2007", kBlank, " "},  {"\u2009", kBlank, " "},
    {"\u202f", kBlank, " "},          {"\u3000", kBlank, " "},  {"\u200b", kNothing, ""},
    {"\u200c", kNothing, ""},         {"\u200d", kNothing, ""}, {"\u2060", kNothing, ""},
    {"\ufeff", kNothing, ""},         {"\u00ad", kNothing, ""}, {"\u2260", kSign, "!="},
    {"\u2264", kSign, "<="},          {"\u2265", kSign, ">="},  {"\u2227", kSign, "and"},
    {"\u2228", kSign, "or"},          {"\u00ac", kSign, "not"}, {"\u2208", kSign, "in"},
    {"\u2026", "an ellipsis", "..."}, {"\u00b4", kQuote, "'"},  {"\u2032", kQuote, "'"},
    {"\u2033", kQuote, "\""},
};

// Letters that look like those of ASCII.
constexpr Row kLetters[] = {
    {"\u0430", kCyrillic, "a"}, {"\u0435", kCyrillic, "e"}, {"\u043e", kCyrillic, "o"},
    {"\u0440", kCyrillic, "p"}, {"\u0441", kCyrillic, "c"}, {"\u0443", kCyrillic, "y"},
    {"\u0445", kCyrillic, "x"}, {"\u0456", kCyrillic, "i"}, {"\u0458", kCyrillic, "j"},
    {"\u0455", kCyrillic, "s"}, {"\u04bb", kCyrillic, "h"}, {"\u0501", kCyrillic, "d"},
    {"\u0410", kCyrillic, "A"}, {"\u0412", kCyrillic, "B"}, {"\u0415", kCyrillic, "E"},
    {"\u041a", kCyrillic, "K"}, {"\u041c", kCyrillic, "M"}, {"\u041d", kCyrillic, "H"},
    {"\u041e", kCyrillic, "O"}, {"\u0420", kCyrillic, "P"}, {"\u0421", kCyrillic, "C"},
    {"\u0422", kCyrillic, "T"}, {"\u0425", kCyrillic, "X"}, {"\u0405", kCyrillic, "S"},
    {"\u0406", kCyrillic, "I"}, {"\u0408", kCyrillic, "J"}, {"\u03bf", kGreek, "o"},
    {"\u03bd", kGreek, "v"},    {"\u0391", kGreek, "A"},    {"\u0392", kGreek, "B"},
    {"\u0395", kGreek, "E"},    {"\u0397", kGreek, "H"},    {"\u0399", kGreek, "I"},
    {"\u039a", kGreek, "K"},    {"\u039c", kGreek, "M"},    {"\u039d", kGreek, "N"},
    {"\u039f", kGreek, "O"},    {"\u03a1", kGreek, "P"},    {"\u03a4", kGreek, "T"},
    {"\u03a7", kGreek, "X"},    {"\u0396", kGreek, "Z"},
};

// U+FF01 to U+FF5E are the visible characters of ASCII once more, as wide as those of Chinese.
constexpr std::string_view kVisible =
    "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

std::optional<std::string_view> visible_of_wide(std::string_view character) {
    if (character.size() < 3 || character[0] != '\xef') return std::nullopt;
    unsigned code = (static_cast<unsigned char>(character[1]) & 0x3fu) << 6 |
                    (static_cast<unsigned char>(character[2]) & 0x3fu);
    constexpr unsigned kFirst = 0x3c << 6 | 0x01;  // of U+FF01
    if (code < kFirst || code - kFirst >= kVisible.size()) return std::nullopt;
    return kVisible.substr(code - kFirst, 1);
}

const Row* find_row(std::string_view text, const Row* begin, const Row* end) {
    const Row* row = std::find_if(begin, end, [&](const Row& r) { return text.starts_with(r.bytes); });
    return row == end ? nullptr : row;
}

// Whether every letter that is not of ASCII looks like one: a word of another language has others, too.
bool only_looks_like_ascii(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            ++at;
            continue;
        }
        const Row* row = find_row(text.substr(at), std::begin(kLetters), std::end(kLetters));
        if (!row) return false;
        at += row->bytes.size();
    }
    return true;
}

}  // namespace

std::optional<LookAlike> find_look_alike(std::string_view text) {
    std::optional<bool> letters;
    for (size_t at = 0; at < text.size(); ++at) {
        if (static_cast<unsigned char>(text[at]) < 0xc2) continue;  // ASCII, or within a character
        std::string_view here = text.substr(at);
        if (auto visible = visible_of_wide(here)) return LookAlike{at, 3, "a wide character", *visible};
        if (const Row* row = find_row(here, std::begin(kRows), std::end(kRows)))
            return LookAlike{at, row->bytes.size(), row->name, row->instead};
        const Row* row = find_row(here, std::begin(kLetters), std::end(kLetters));
        if (!row) continue;
        if (!letters) letters = only_looks_like_ascii(text);
        if (*letters) return LookAlike{at, row->bytes.size(), row->name, row->instead};
    }
    return std::nullopt;
}

}  // namespace stoop
