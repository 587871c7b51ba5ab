#include "runtime/match/substrings.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <set>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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
constexpr size_t kMostPairs = 4, kMostNeedles = 24;
constexpr size_t kFarthest = 16;  // bytes of a pair

struct PairKey {
    size_t distance;
    char first, second;
    auto operator<=>(const PairKey&) const = default;
    size_t rareness() const { return rarity(first) + rarity(second); }
};

uint64_t bits(uint32_t low, uint32_t high) { return low | uint64_t{high} << 32; }

// Less than 64 places.
PairPlaces last_pairs(const char* data, size_t at, size_t end, size_t distance, char first, char second,
                      char fold) {
    uint64_t mask = 0;
    for (size_t i = at; i < end; ++i)
        mask |= uint64_t{(data[i] | fold) == first && (data[i + distance] | fold) == second} << (i - at);
    return {at, end - at, mask};
}

#if defined(__x86_64__)

PairPlaces next_pair_sse2(const char* data, size_t at, size_t end, size_t distance, char first, char second,
                          char fold) {
    const __m128i bit = _mm_set1_epi8(fold), a = _mm_set1_epi8(first), b = _mm_set1_epi8(second);
    auto mask = [&](size_t place) {
        auto load = [&](size_t from) {
            return _mm_or_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data + from)), bit);
        };
        __m128i both =
            _mm_and_si128(_mm_cmpeq_epi8(load(place), a), _mm_cmpeq_epi8(load(place + distance), b));
        return static_cast<uint32_t>(_mm_movemask_epi8(both));
    };
    for (; at + 16 <= end; at += 16)
        if (uint32_t found = mask(at); found != 0) return {at, 16, found};
    // The last block overlaps the one before.
    if (at < end && end >= 16) return {at, end - at, mask(end - 16) >> (at + 16 - end)};
    return last_pairs(data, at, end, distance, first, second, fold);
}

__attribute__((target("avx2"))) inline uint32_t pair_mask_avx2(const char* data, size_t distance, __m256i a,
                                                               __m256i b, __m256i bit) {
    auto at = _mm256_or_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(data)), bit);
    auto behind = _mm256_or_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + distance)), bit);
    auto both = _mm256_and_si256(_mm256_cmpeq_epi8(at, a), _mm256_cmpeq_epi8(behind, b));
    return static_cast<uint32_t>(_mm256_movemask_epi8(both));
}

__attribute__((target("avx2"))) PairPlaces next_pair_avx2(const char* data, size_t at, size_t end,
                                                          size_t distance, char first, char second,
                                                          char fold) {
    const __m256i bit = _mm256_set1_epi8(fold), a = _mm256_set1_epi8(first), b = _mm256_set1_epi8(second);
    for (; at + 64 <= end; at += 64) {
        uint64_t found = bits(pair_mask_avx2(data + at, distance, a, b, bit),
                              pair_mask_avx2(data + at + 32, distance, a, b, bit));
        if (found != 0) return {at, 64, found};
    }
    if (end < 32) return next_pair_sse2(data, at, end, distance, first, second, fold);
    for (; at < end; at += 32) {
        size_t from = std::min(at, end - 32);
        uint32_t found = pair_mask_avx2(data + from, distance, a, b, bit) >> (at - from);
        if (found != 0) return {at, std::min<size_t>(32, end - at), found};
    }
    return {end, 0, 0};
}

const auto kNextPair = __builtin_cpu_supports("avx2") ? &next_pair_avx2 : &next_pair_sse2;

#endif

}  // namespace

PairPlaces next_pair(const char* data, size_t at, size_t end, size_t distance, char first, char second,
                     char fold) {
#if defined(__x86_64__)
    return kNextPair(data, at, end, distance, first, second, fold);
#else
    for (; at + 64 < end; at += 64)
        if (PairPlaces found = last_pairs(data, at, at + 64, distance, first, second, fold); found.mask != 0)
            return found;
    return last_pairs(data, at, end, distance, first, second, fold);
#endif
}

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
        Pair pair;
        pair.distance = best->first.distance;
        auto fold = [&](char c) { return fold_ ? static_cast<char>(c | 0x20) : c; };
        pair.first = fold(best->first.first);
        pair.second = fold(best->first.second);
        std::erase_if(open, [&](const auto& literal) {
            const std::string& text = literal.first;
            for (size_t i = 0; i + pair.distance < text.size(); ++i) {
                if (text[i] != best->first.first || text[i + pair.distance] != best->first.second) continue;
                pair.needles.push_back({text, literal.second, i});
                return true;
            }
            return false;
        });
        pairs_.push_back(std::move(pair));
        if (pairs_.size() > kMostPairs) return pairs_.clear();
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
    for (const auto& [text, rules] : literals) {
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
    reports_.assign(rules_.size(), 0);
    std::deque<uint32_t> open{0};
    while (!open.empty()) {
        uint32_t state = open.front();
        open.pop_front();
        uint32_t other = back[state];
        shorter_[state] = rules_[other].count != 0 ? other : shorter_[other];
        reports_[state] = state != 0 && (rules_[state].count != 0 || shorter_[state] != 0);
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
}

}  // namespace stoop
