#include "runtime/match/substrings.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "runtime/match/text.h"

namespace stoop {
namespace {

// How rare a byte is in paths, names and command lines: a higher number is rarer.
size_t rarity(char byte) {
    constexpr std::string_view kCommon = "e/ atinsroclp-dum.=hb0123g:fy_vw456789kxzjq";
    size_t at = kCommon.find(ascii_lower(byte));
    return at == kCommon.npos ? kCommon.size() : at;
}

// Pairs whose bytes are this rare together may stand for several texts.
constexpr size_t kRareEnough = 24;
constexpr size_t kMostNeedles = 512;
constexpr size_t kFarthest = 4;  // bytes of a pair

struct PairKey {
    size_t distance;
    char first, second;
    auto operator<=>(const PairKey&) const = default;
    size_t rareness() const { return rarity(first) + rarity(second); }
};

}  // namespace

bool Substrings::is_at(const Needle& needle, std::string_view value, size_t pair_at) const {
    if (pair_at < needle.place) return false;
    size_t begin = pair_at - needle.place;
    if (value.size() - begin < needle.text.size()) return false;
    const char* at = value.data() + begin;
    if (!fold_) return std::memcmp(at, needle.text.data(), needle.text.size()) == 0;
    return std::equal(needle.text.begin(), needle.text.end(), at,
                      [](char literal, char byte) { return literal == ascii_lower(byte); });
}

// Greedily: the pair that stands in most of the texts that are left; of several the rarest.
void Substrings::choose_pairs(const std::map<std::string, RuleRange>& literals) {
    bool has_pairs = std::all_of(literals.begin(), literals.end(),
                                 [](const auto& literal) { return literal.first.size() > 1; });
    if (literals.size() > kMostNeedles || !has_pairs) return;
    auto open = literals;
    while (!open.empty()) {
        std::map<PairKey, size_t> counts;
        for (const auto& [text, rules] : open) {
            std::set<PairKey> of_text;
            for (size_t i = 0; i < text.size(); ++i)
                for (size_t j = i + 1; j < text.size() && j - i < kFarthest; ++j)
                    of_text.insert({j - i, text[i], text[j]});
            for (const PairKey& key : of_text) ++counts[key];
        }
        auto value = [](const auto& entry) {
            bool rare = entry.first.rareness() >= kRareEnough;
            return std::pair(rare ? entry.second : 1, entry.first.rareness());
        };
        auto best = std::max_element(counts.begin(), counts.end(),
                                     [&](const auto& a, const auto& b) { return value(a) < value(b); });
        auto fold = [&](char c) { return fold_ ? static_cast<char>(c | 0x20) : c; };
        BytePair pair{fold(best->first.first), fold(best->first.second), best->first.distance};
        std::vector<Needle>& needles = needles_.emplace_back();
        std::erase_if(open, [&](const auto& literal) {
            const std::string& text = literal.first;
            for (size_t i = 0; i + pair.distance < text.size(); ++i) {
                if (text[i] != best->first.first || text[i + pair.distance] != best->first.second) continue;
                needles.push_back({text, literal.second, i});
                return true;
            }
            return false;
        });
        pairs_.push_back(pair);
        if (pairs_.size() <= kMostPairs) continue;
        pairs_.clear();
        needles_.clear();
        return;
    }
}

void Substrings::build(const std::map<std::string, RuleRange>& literals, bool fold) {
    fold_ = fold;
    choose_pairs(literals);
    automaton_.build(literals, fold);
}

}  // namespace stoop
