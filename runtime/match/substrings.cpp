#include "runtime/match/substrings.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <deque>

#if defined(__SSE2__)
#include <emmintrin.h>
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

void choose_bytes(std::string_view text, size_t& first, size_t& second) {
    for (size_t i = 1; i < text.size(); ++i)
        if (rarity(text[i]) > rarity(text[first])) first = i;
    second = first == 0 ? text.size() - 1 : 0;
    for (size_t i = 0; i < text.size(); ++i)
        if (i != first && rarity(text[i]) > rarity(text[second])) second = i;
}

// A value with more false candidates than this, and as many bytes for each, is left to the automaton.
constexpr size_t kMostTries = 16, kBytesPerTry = 64;

}  // namespace

bool Substrings::is_at(const Needle& needle, const char* at) const {
    if (!fold_) return std::memcmp(at, needle.text.data(), needle.text.size()) == 0;
    return std::equal(needle.text.begin(), needle.text.end(), at,
                      [](char literal, char byte) { return literal == ascii_lower(byte); });
}

Substrings::Search Substrings::try_at(const Needle& needle, const char* at, size_t& tries) const {
    if (is_at(needle, at)) return Search::Found;
    return tries-- == 0 ? Search::TooManyCandidates : Search::Missing;
}

Substrings::Search Substrings::search(const Needle& needle, std::string_view value) const {
    if (value.size() < needle.text.size()) return Search::Missing;
    const char* data = value.data();
    size_t places = value.size() - needle.text.size() + 1;  // where it may begin
    size_t tries = kMostTries + value.size() / kBytesPerTry;
    size_t at = 0;
#if defined(__SSE2__)
    // Setting this bit makes upper case lower, and few other bytes equal.
    const __m128i bit = _mm_set1_epi8(fold_ ? 0x20 : 0);
    const __m128i first = _mm_or_si128(_mm_set1_epi8(needle.text[needle.first]), bit);
    const __m128i second = _mm_or_si128(_mm_set1_epi8(needle.text[needle.second]), bit);
    auto equal = [&](size_t place, const __m128i& byte) {
        auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + place));
        return _mm_cmpeq_epi8(_mm_or_si128(bytes, bit), byte);
    };
    auto candidates = [&](size_t place) {
        return _mm_and_si128(equal(place + needle.first, first), equal(place + needle.second, second));
    };
    auto try_all = [&](size_t place, const __m128i& found) {
        auto mask = static_cast<unsigned>(_mm_movemask_epi8(found));
        for (; mask != 0; mask &= mask - 1) {
            Search result = try_at(needle, data + place + std::countr_zero(mask), tries);
            if (result != Search::Missing) return result;
        }
        return Search::Missing;
    };
    for (; at + 64 <= places; at += 64) {
        __m128i parts[] = {candidates(at), candidates(at + 16), candidates(at + 32), candidates(at + 48)};
        __m128i any = _mm_or_si128(_mm_or_si128(parts[0], parts[1]), _mm_or_si128(parts[2], parts[3]));
        if (_mm_movemask_epi8(any) == 0) continue;
        for (size_t part = 0; part < 4; ++part)
            if (Search result = try_all(at + 16 * part, parts[part]); result != Search::Missing)
                return result;
    }
    for (; at + 16 <= places; at += 16)
        if (Search result = try_all(at, candidates(at)); result != Search::Missing) return result;
    if (at < places && places >= 16) return try_all(places - 16, candidates(places - 16));
#endif
    for (; at < places; ++at) {
        if (!fold_ && data[at + needle.first] != needle.text[needle.first]) continue;
        if (Search result = try_at(needle, data + at, tries); result != Search::Missing) return result;
    }
    return Search::Missing;
}

void Substrings::build(const std::map<std::string, RuleRange>& literals, bool fold) {
    fold_ = fold;
    if (literals.size() <= kFew)
        for (const auto& [text, rules] : literals) few_.push_back({text, 0, 0, rules});
    for (Needle& needle : few_) choose_bytes(needle.text, needle.first, needle.second);
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
