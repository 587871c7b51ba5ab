// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/regex_literals.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>

namespace stoop {
namespace {

constexpr int kShortest = 3;  // bytes; shorter texts are in too many values

// Whether the expression may match a value that has all of the texts but `without`.
bool may_match_without(const re2::FilteredRE2& filter, size_t texts, size_t without) {
    std::vector<int> found, matching;
    for (size_t i = 0; i < texts; ++i)
        if (i != without) found.push_back(static_cast<int>(i));
    filter.AllPotentials(found, &matching);
    return !matching.empty();
}

}  // namespace

std::vector<std::string> required_literals(const re2::RE2& regex) {
    // RE2 gives texts in lower case by the rules of Unicode; values are searched by those of ASCII.
    auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (!std::all_of(regex.pattern().begin(), regex.pattern().end(), is_ascii)) return {};
    re2::FilteredRE2 filter(kShortest);
    int id;
    if (filter.Add(regex.pattern(), regex.options(), &id) != re2::RE2::NoError) return {};
    std::vector<std::string> texts;
    filter.Compile(&texts);
    std::vector<int> matching;
    filter.AllPotentials({}, &matching);
    if (texts.empty() || !matching.empty()) return {};
    // One that must be there is better than several of which one must.
    std::string longest;
    for (size_t i = 0; i < texts.size(); ++i)
        if (texts[i].size() > longest.size() && !may_match_without(filter, texts.size(), i))
            longest = texts[i];
    return longest.empty() ? texts : std::vector<std::string>{longest};
}

}  // namespace stoop
