#include "runtime/match/automaton.h"

#include <deque>

namespace stoop {

void Automaton::build(const std::map<std::string, RuleRange>& texts, bool fold) {
    for (const auto& [text, rules] : texts)
        for (char byte : text) {
            uint16_t& known = class_of_[static_cast<unsigned char>(byte)];
            if (known == 0) known = static_cast<uint16_t>(classes_++);
        }
    if (fold)
        for (int upper = 'A'; upper <= 'Z'; ++upper) class_of_[upper] = class_of_[upper + 'a' - 'A'];
    // First the tree of the texts, then for each state where a byte leads that does not go on in it.
    auto add_state = [&] {
        next_.resize(next_.size() + classes_, 0);
        rules_.emplace_back();
        return static_cast<uint32_t>(rules_.size() - 1);
    };
    add_state();
    longest_ = 0;
    for (const auto& [text, rules] : texts) {
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
    std::vector<uint32_t> back(rules_.size(), 0), reports(rules_.size(), 0);
    shorter_.assign(rules_.size(), 0);  // states first
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
    for (std::vector<uint32_t>* states : {&next_, &shorter_})
        for (uint32_t& state : *states) state = state * classes_ << 1 | reports[state];
}

}  // namespace stoop
