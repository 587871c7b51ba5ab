// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/literal_index.h"

#include <algorithm>

#include "runtime/search/text.h"

namespace stoop {
namespace {

// Literals that are longer than this are cut; the automaton also keeps within a size.
constexpr size_t kLongestLiteral = 64, kLargestAutomaton = 50'000;  // bytes; states

}  // namespace

void LiteralIndex::add(LiteralPlace place, std::string_view literal, const Members& members) {
    std::string text(literal);
    if (place == LiteralPlace::End) std::reverse(text.begin(), text.end());
    if (place == LiteralPlace::PartAnyCase)
        std::transform(text.begin(), text.end(), text.begin(), ascii_lower);
    added_[static_cast<size_t>(place)][text].push_back(members);
}

LiteralIndex::Added LiteralIndex::cut(Added literals, size_t longest) {
    Added out;
    for (auto& [text, members] : literals) {
        MemberSets& all = out[text.substr(0, longest)];
        all.insert(all.end(), members.begin(), members.end());
    }
    return out;
}

// Each in a function of its own, since the looks before need no memory for it.
[[gnu::noinline]] uint64_t LiteralIndex::scan_parts(const Substrings& parts, uint64_t members,
                                                    std::string_view value, uint32_t held) const {
    uint64_t out = 0;
    parts.scan(value, [&](const RuleRange& range) {
        out |= bits_of(range, members_.data(), held);
        return out != members;
    });
    return out;
}

[[gnu::noinline]] uint64_t LiteralIndex::find_at_ends(std::string_view value, uint32_t places,
                                                      uint32_t held) const {
    uint64_t out = 0;
    look_at_ends(value, places,
                 [&](const RuleRange& range) { out |= bits_of(range, members_.data(), held); });
    return out;
}

void LiteralIndex::build() {
    for (LiteralPlace place :
         {LiteralPlace::Beginning, LiteralPlace::End, LiteralPlace::Part, LiteralPlace::PartAnyCase}) {
        Added& literals = added_[static_cast<size_t>(place)];
        size_t longest = kLongestLiteral;
        bool automaton = place == LiteralPlace::Part || place == LiteralPlace::PartAnyCase;
        while (automaton && literals.size() * longest > kLargestAutomaton) longest /= 2;
        literals = cut(std::move(literals), longest);
    }
    MemberSets all;
    for (const Added& literals : added_)
        for (const auto& [text, members] : literals) all.insert(all.end(), members.begin(), members.end());
    MemberPlacer placer(members_, std::move(all));
    std::map<std::string, RuleRange> ranges[kPlaces];
    for (size_t place = 0; place < kPlaces; ++place) {
        for (const auto& [text, members] : added_[place]) {
            // Of so many that nothing is left of them, all may be in any value.
            if (text.empty() && place != static_cast<size_t>(LiteralPlace::Whole)) {
                always_.push_back(placer.place(members));
                has_ |= kAlways;
            } else
                ranges[place][text] = placer.place(members);
        }
        added_[place].clear();
        if (!ranges[place].empty()) has_ |= uint32_t{1} << place;
    }
    std::vector<std::string_view> texts;
    for (const auto& [text, range] : ranges[static_cast<size_t>(LiteralPlace::Whole)]) {
        texts.push_back(text);
        of_whole_.push_back(range);
    }
    whole_.build(texts);
    auto of = [&](LiteralPlace place) -> const auto& { return ranges[static_cast<size_t>(place)]; };
    for (const auto& [text, range] : of(LiteralPlace::Part))
        of_parts_ |= bits_of(range, members_.data(), UINT32_MAX);
    for (const auto& [text, range] : of(LiteralPlace::PartAnyCase))
        of_folded_parts_ |= bits_of(range, members_.data(), UINT32_MAX);
    if (has_ & place_bit(LiteralPlace::Beginning)) beginnings_.build(of(LiteralPlace::Beginning));
    if (has_ & place_bit(LiteralPlace::End)) ends_.build(of(LiteralPlace::End));
    if (has_ & place_bit(LiteralPlace::Part)) parts_.build(of(LiteralPlace::Part), false);
    if (has_ & place_bit(LiteralPlace::PartAnyCase)) folded_parts_.build(of(LiteralPlace::PartAnyCase), true);
}

}  // namespace stoop
