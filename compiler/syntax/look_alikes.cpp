#include "compiler/syntax/look_alikes.h"

namespace stoop {
namespace {

struct Row {
    std::string_view bytes, name, instead;
};

constexpr std::string_view kQuote = "a typographic quote", kDash = "a typographic dash",
                           kBlank = "a no-break or special blank", kNothing = "an invisible character";

constexpr Row kRows[] = {
    {"\u201c", kQuote, "\""}, {"\u201d", kQuote, "\""}, {"\u201e", kQuote, "\""}, {"\u2018", kQuote, "'"},
    {"\u2019", kQuote, "'"},  {"\u201a", kQuote, "'"},  {"\u00ab", kQuote, "\""}, {"\u00bb", kQuote, "\""},
    {"\u2010", kDash, "-"},   {"\u2011", kDash, "-"},   {"\u2012", kDash, "-"},   {"\u2013", kDash, "-"},
    {"\u2014", kDash, "-"},   {"\u2015", kDash, "-"},   {"\u2212", kDash, "-"},   {"\u00a0", kBlank, " "},
    {"\u2007", kBlank, " "},  {"\u2009", kBlank, " "},  {"\u202f", kBlank, " "},  {"\u3000", kBlank, " "},
    {"\u200b", kNothing, ""}, {"\u200c", kNothing, ""}, {"\u200d", kNothing, ""}, {"\u2060", kNothing, ""},
    {"\ufeff", kNothing, ""}, {"\u00ad", kNothing, ""},
};

}  // namespace

std::optional<LookAlike> find_look_alike(std::string_view text) {
    for (size_t at = 0; at < text.size(); ++at) {
        if (static_cast<unsigned char>(text[at]) < 0xc2) continue;  // ASCII, or within a character
        for (const Row& row : kRows)
            if (text.substr(at).starts_with(row.bytes))
                return LookAlike{at, row.bytes.size(), row.name, row.instead};
    }
    return std::nullopt;
}

}  // namespace stoop
