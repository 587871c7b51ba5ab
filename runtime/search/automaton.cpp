// SPDX-License-Identifier: Apache-2.0
#include "runtime/search/automaton.h"

#include <bitset>
#include <deque>

namespace stoop {

size_t Automaton::memory(const std::map<std::string, RuleRange>& texts) {
    if (texts.size() > kMostTexts) return SIZE_MAX;
    std::bitset<256> bytes;
    size_t states = 1;
    for (const auto& [text, rules] : texts) {
        states += text.size();
        for (char byte : text) bytes.set(static_cast<unsigned char>(byte));
    }
    return states * (bytes.count() + 2) * sizeof(uint32_t);
}

void Automaton::build(const std::map<std::string, RuleRange>& texts, bool fold) {
    for (const auto& [text, rules] : texts)
        for (char byte : text) {
            uint16_t& known = class_of_[static_cast<unsigned char>(byte)];
            if (known == 0) known = static_cast<uint16_t>(classes_++);
        }
    if (fold)
        for (int upper = 'A'; upper <= 'Z'; ++upper) class_of_[upper] = class_of_[upper + 'a' - 'A'];
    // First the tree of the texts, then for each state where a byte leads that does not go on in it. States
    // are numbers until all is known.
    const size_t row = classes_ + size_t{1};
    next_.reserve(memory(texts) / sizeof next_[0]);
    uint32_t states = 0;
    auto add_state = [&] {
        next_.resize(next_.size() + row, 0);
        return states++;
    };
    add_state();
    rules_.emplace_back();
    for (const auto& [text, rules] : texts) {
        longest_ = std::max(longest_, text.size());
        uint32_t state = 0;
        for (char byte : text) {
            size_t way = state * row + class_of_[static_cast<unsigned char>(byte)];
            uint32_t to = next_[way];
            if (to == 0) next_[way] = to = add_state();
            state = to;
        }
        next_[state * row + classes_] = static_cast<uint32_t>(rules_.size());
        rules_.push_back(rules);
    }
    shorter_.assign(rules_.size(), 0);
    std::vector<uint32_t> back(states, 0);
    std::deque<uint32_t> open{0};
    while (!open.empty()) {
        uint32_t state = open.front();
        open.pop_front();
        const uint32_t* other = &next_[back[state] * row];
        uint32_t& text = next_[state * row + classes_];
        if (state != 0) (text == 0 ? text : shorter_[text]) = other[classes_];
        for (uint32_t byte = 1; byte < classes_; ++byte) {
            uint32_t& way = next_[state * row + byte];
            uint32_t fallback = state == 0 ? 0 : other[byte];
            if (way == 0) {
                way = fallback;
            } else {
                back[way] = fallback;
                open.push_back(way);
            }
        }
    }
    for (size_t state = 0; state < states; ++state)
        for (uint32_t byte = 1; byte < classes_; ++byte) {
            uint32_t& way = next_[state * row + byte];
            size_t to = way * row;
            way = static_cast<uint32_t>(to << 1 | (next_[to + classes_] != 0));
        }
}

}  // namespace stoop
