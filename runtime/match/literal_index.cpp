#include "runtime/match/literal_index.h"

#include <algorithm>

#include "runtime/match/text.h"

namespace stoop {
namespace {

// Literals that are longer than this are cut; the automaton also keeps within a size.
constexpr size_t kLongestLiteral = 64, kLargestAutomaton = 50'000;  // bytes; states

}  // namespace

void LiteralIndex::Members::add(uint32_t member, uint32_t its_guards) {
    guards &= its_guards;
    if (bits.empty() || bits.back().word != member / 64) bits.push_back({member / 64, 0});
    bits.back().bits |= uint64_t{1} << member % 64;
}

void LiteralIndex::Members::add(const Members& others) {
    guards &= others.guards;
    bits.insert(bits.end(), others.bits.begin(), others.bits.end());
}

void LiteralIndex::add(LiteralPlace place, std::string_view literal, uint32_t member, uint32_t guards) {
    std::string text(literal);
    if (place == LiteralPlace::End) std::reverse(text.begin(), text.end());
    if (place == LiteralPlace::PartAnyCase)
        std::transform(text.begin(), text.end(), text.begin(), ascii_lower);
    added_[static_cast<size_t>(place)][text].add(member, guards);
}

LiteralIndex::Added LiteralIndex::cut(Added literals, size_t longest) {
    Added out;
    for (auto& [text, members] : literals) out[text.substr(0, longest)].add(members);
    return out;
}

RuleRange LiteralIndex::keep(const Members& members) {
    RuleRange out{static_cast<uint32_t>(members_.size()), static_cast<uint32_t>(members.bits.size()),
                  members.guards};
    members_.insert(members_.end(), members.bits.begin(), members.bits.end());
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
    std::map<std::string, RuleRange> ranges[kPlaces];
    for (size_t place = 0; place < kPlaces; ++place) {
        for (const auto& [text, members] : added_[place]) {
            // Of so many that nothing is left of them, all may be in any value.
            if (text.empty() && place != static_cast<size_t>(LiteralPlace::Whole))
                always_.push_back(keep(members));
            else
                ranges[place][text] = keep(members);
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
    if (has_ & place_bit(LiteralPlace::Beginning)) beginnings_.build(of(LiteralPlace::Beginning));
    if (has_ & place_bit(LiteralPlace::End)) ends_.build(of(LiteralPlace::End));
    if (has_ & place_bit(LiteralPlace::Part)) parts_.build(of(LiteralPlace::Part), false);
    if (has_ & place_bit(LiteralPlace::PartAnyCase)) folded_parts_.build(of(LiteralPlace::PartAnyCase), true);
}

}  // namespace stoop
