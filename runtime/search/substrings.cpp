// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/substrings.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "runtime/search/text.h"

namespace stoop {
namespace {

// How rare a byte is in paths, names and command lines: a higher number is rarer. Where case is ignored, `_`
// is 0x7f.
size_t rarity(char byte) {
    constexpr std::string_view kCommon = "e/ atinsroclp-dum.=hb0123g:fy_\x7fvw456789kxzjq";
    size_t at = kCommon.find(ascii_lower(byte));
    return at == kCommon.npos ? kCommon.size() : at;
}

// Pairs whose bytes are this rare together may stand for several texts.
constexpr size_t kRareEnough = 24;
constexpr size_t kMostNeedles = 512;
constexpr size_t kFarthest = 3;  // bytes of a pair

struct PairKey {
    char first, second;
    auto operator<=>(const PairKey&) const = default;
    size_t rareness() const { return rarity(first) + rarity(second); }
    double chance() const { return 1.0 / static_cast<double>((rarity(first) + 2) * (rarity(second) + 2)); }
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
Substrings::Choice Substrings::choose_pairs(const std::map<std::string, RuleRange>& literals,
                                            size_t distance) const {
    auto pair_at = [&](const std::string& text, size_t at) {
        auto folded = [&](char byte) { return static_cast<char>(byte | fold()); };
        return PairKey{folded(text[at]), folded(text[at + distance])};
    };
    Choice out;
    auto open = literals;
    while (!open.empty()) {
        if (out.pairs.size() == PairSieve::kMostPairs) return {};
        std::map<PairKey, size_t> counts;
        for (const auto& [text, rules] : open) {
            std::set<PairKey> of_text;
            for (size_t i = 0; i + distance < text.size(); ++i) of_text.insert(pair_at(text, i));
            if (of_text.empty()) return {};
            for (const PairKey& key : of_text) ++counts[key];
        }
        auto value = [](const auto& entry) {
            bool rare = entry.first.rareness() >= kRareEnough;
            return std::pair(rare ? entry.second : 1, entry.first.rareness());
        };
        PairKey best = std::max_element(counts.begin(), counts.end(), [&](const auto& a, const auto& b) {
                           return value(a) < value(b);
                       })->first;
        std::vector<Needle>& needles = out.needles.emplace_back();
        std::erase_if(open, [&](const auto& literal) {
            const std::string& text = literal.first;
            for (size_t i = 0; i + distance < text.size(); ++i) {
                if (pair_at(text, i) != best) continue;
                needles.push_back({text, literal.second, i});
                return true;
            }
            return false;
        });
        out.pairs.push_back({best.first, best.second, distance});
        out.chance += best.chance();
    }
    return out;
}

void Substrings::build(const std::map<std::string, RuleRange>& literals, bool fold) {
    fold_ = fold;
    automaton_.build(literals, fold);
    if (literals.size() > kMostNeedles) return;
    Choice best;
    for (size_t distance = 1; distance <= kFarthest; ++distance) {
        Choice choice = choose_pairs(literals, distance);
        if (choice.pairs.empty() || (!best.pairs.empty() && best.chance <= choice.chance)) continue;
        best = std::move(choice);
    }
    needles_ = std::move(best.needles);
    if (!best.pairs.empty()) sieve_.distance = best.pairs[0].distance;
    for (size_t i = 0; i < best.pairs.size(); ++i) {
        pair_ = best.pairs[i];
        sieve_.add(i, pair_.first, pair_.second, this->fold());
    }
}

}  // namespace stoop
