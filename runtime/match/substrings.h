// Texts, of which those that a value contains are found. A few are searched for one by one, with vector
// instructions, by the two of their bytes that are rarest in ordinary text; many, or a few in a value in
// which these bytes are not rare, by the automaton of Aho and Corasick. So the time is linear in the length
// of the value for any texts: about a tenth of a nanosecond a byte for a text of a few, one to two for the
// automaton.
//
// Built once by one thread, then only read.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stoop {

// The rules of one literal, as a part of the index's array of rules.
struct RuleRange {
    uint32_t begin = 0, count = 0;
};

class Substrings {
  public:
    // `fold`: upper and lower case of ASCII letters are the same; the literals are in lower case. None is
    // empty.
    void build(const std::map<std::string, RuleRange>& literals, bool fold);

    // Calls `found` with the rules of each text in the value, more than once perhaps.
    template <typename Found>
    void scan(std::string_view value, Found&& found) const;

  private:
    struct Needle {
        std::string text;
        size_t first = 0, second = 0;  // places of its two rarest bytes
        RuleRange rules;
    };
    enum class Search : uint8_t { Found, Missing, TooManyCandidates };
    Search search(const Needle& needle, std::string_view value) const;
    Search try_at(const Needle& needle, const char* at, size_t& tries) const;
    bool is_at(const Needle& needle, const char* at) const;

    static constexpr size_t kFew = 4;
    bool fold_ = false;
    std::vector<Needle> few_;  // empty if the texts are more

    std::vector<uint32_t> next_;     // by state and class of bytes
    std::vector<RuleRange> rules_;   // of the text that ends in a state
    std::vector<uint32_t> shorter_;  // the next state whose text ends here too, or 0
    std::vector<uint8_t> reports_;   // whether any text ends in the state
    uint16_t class_of_[256] = {};
    uint32_t classes_ = 1;
};

template <typename Found>
void Substrings::scan(std::string_view value, Found&& found) const {
    if (!few_.empty()) {
        bool done = true;
        for (const Needle& needle : few_) {
            Search result = search(needle, value);
            if (result == Search::Found) found(needle.rules);
            done = done && result != Search::TooManyCandidates;
        }
        if (done) return;
    }
    uint32_t state = 0, last = 0;
    for (char byte : value) {
        state = next_[state * classes_ + class_of_[static_cast<unsigned char>(byte)]];
        // In a long run of one byte the state stays what it is.
        if (!reports_[state] || state == last) continue;
        last = state;
        for (uint32_t at = state; at != 0; at = shorter_[at])
            if (rules_[at].count != 0) found(rules_[at]);
    }
}

}  // namespace stoop
