#include "runtime/match/substrings.h"

#include <algorithm>
#include <cstring>
#include <deque>
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
    for (const auto& [text, rules] : literals)
        for (char byte : text) {
            uint16_t& known = class_of_[static_cast<unsigned char>(byte)];
            if (known == 0) known = static_cast<uint16_t>(classes_++);
        }
    if (fold)
        for (int upper = 'A'; upper <= 'Z'; ++upper) class_of_[upper] = class_of_[upper + 'a' - 'A'];
    // First the tree of the literals, then for each state where a byte leads that does not go on in it.
    auto add_state = [&] {
        next_.resize(next_.size() + classes_, 0);
        rules_.emplace_back();
        return static_cast<uint32_t>(rules_.size() - 1);
    };
    add_state();
    longest_ = 0;
    for (const auto& [text, rules] : literals) {
        longest_ = std::max(longest_, text.size());
        uint32_t state = 0;
        for (char byte : text) {
            size_t way = state * size_t{classes_} + class_of_[static_cast<unsigned char>(byte)];
            uint32_t to = next_[way];
            if (to == 0) next_[way] = to = add_state();
            state = to;
        }
        rules_[state] = rules;
    }
    std::vector<uint32_t> back(rules_.size(), 0);
    shorter_.assign(rules_.size(), 0);
    std::vector<uint32_t> reports(rules_.size(), 0);
    std::deque<uint32_t> open{0};
    while (!open.empty()) {
        uint32_t state = open.front();
        open.pop_front();
        uint32_t other = back[state];
        shorter_[state] = rules_[other].count != 0 ? other : shorter_[other];
        reports[state] = state != 0 && (rules_[state].count != 0 || shorter_[state] != 0);
        for (uint32_t byte = 1; byte < classes_; ++byte) {
            uint32_t& way = next_[state * size_t{classes_} + byte];
            uint32_t fallback = state == 0 ? 0 : next_[other * size_t{classes_} + byte];
            if (way == 0) {
                way = fallback;
            } else {
                back[way] = fallback;
                open.push_back(way);
            }
        }
    }
    for (uint32_t& way : next_) way = way * classes_ << 1 | reports[way];
}

}  // namespace stoop
