#include "runtime/match/literal_index.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/match/text.h"

namespace stoop {
namespace {

uint64_t load(const char* at, size_t bytes) {
    uint64_t out = 0;
    std::memcpy(&out, at, bytes);
    return out;
}

uint64_t mix(uint64_t a, uint64_t b) {
    auto product = static_cast<unsigned __int128>(a ^ 0x9E3779B97F4A7C15u) * (b ^ 0xD1B54A32D192ED03u);
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t hash_of(std::string_view text) {
    size_t n = text.size();
    const char* p = text.data();
    if (n >= 8) {
        uint64_t hash = n;
        for (; n > 8; n -= 8, p += 8) hash = mix(hash, load(p, 8));
        return mix(hash, load(text.data() + text.size() - 8, 8));
    }
    if (n >= 4) return mix(n, load(p, 4) << 32 | load(p + n - 4, 4));
    return n == 0 ? 0 : mix(n, load(p, 1) << 16 | load(p + n / 2, 1) << 8 | load(p + n - 1, 1));
}

uint64_t size_bit(size_t size) { return uint64_t{1} << std::min<size_t>(size, 63); }

// What few texts have in common and takes no time to see: size, first and last byte.
size_t filter_bit(std::string_view text) {
    if (text.empty()) return 0;
    auto first = static_cast<unsigned char>(text.front()), last = static_cast<unsigned char>(text.back());
    return (text.size() * 67 + first * 5u + last * 41u) % ExactTable::kFilterBits;
}

}  // namespace

void ExactTable::build(const std::map<std::string, RuleRange>& literals) {
    entries_.assign(std::bit_ceil(literals.size() * 2), {});
    for (const auto& [text, rules] : literals) {
        uint64_t hash = hash_of(text);
        size_t at = hash & (entries_.size() - 1);
        while (entries_[at].rules.count != 0) at = (at + 1) & (entries_.size() - 1);
        entries_[at] = {hash, static_cast<uint32_t>(texts_.size()), static_cast<uint32_t>(text.size()),
                        rules};
        texts_ += text;
        sizes_ |= size_bit(text.size());
        size_t bit = filter_bit(text);
        filter_[bit / 64] |= uint64_t{1} << bit % 64;
    }
}

const RuleRange* ExactTable::find(std::string_view value) const {
    if ((sizes_ & size_bit(value.size())) == 0) return nullptr;  // without a look at its bytes
    size_t bit = filter_bit(value);
    if ((filter_[bit / 64] >> bit % 64 & 1) == 0) return nullptr;
    uint64_t hash = hash_of(value);
    for (size_t at = hash & (entries_.size() - 1);; at = (at + 1) & (entries_.size() - 1)) {
        const Entry& entry = entries_[at];
        if (entry.rules.count == 0) return nullptr;
        if (entry.hash == hash && entry.size == value.size() &&
            std::memcmp(texts_.data() + entry.offset, value.data(), value.size()) == 0)
            return &entry.rules;
    }
}

void PrefixTree::build(const std::map<std::string, RuleRange>& literals) {
    Literals sorted(literals.begin(), literals.end());
    nodes_.assign(1, {});
    first_.assign(1, 0);
    // Not recursive: literals may be nested as deep as they are many.
    for (std::vector<Group> open{{0, 0, sorted.size(), 0}}; !open.empty();) {
        Group group = open.back();
        open.pop_back();
        add_children(group, sorted, open);
    }
}

void PrefixTree::add_children(Group group, const Literals& literals, std::vector<Group>& open) {
    size_t begin = group.begin, depth = group.depth;
    if (literals[begin].first.size() == depth) nodes_[group.node].rules = literals[begin++].second;
    nodes_[group.node].children = static_cast<uint32_t>(nodes_.size());
    while (begin < group.end) {
        char byte = literals[begin].first[depth];
        size_t end = begin + 1;
        while (end < group.end && literals[end].first[depth] == byte) ++end;
        // They are sorted: what the first and the last have in common all have.
        std::string_view low = literals[begin].first, high = literals[end - 1].first;
        auto differ = std::mismatch(low.begin(), low.end(), high.begin(), high.end()).first;
        auto common = static_cast<size_t>(differ - low.begin());
        open.push_back({static_cast<uint32_t>(nodes_.size()), begin, end, common});
        Node child;
        child.label = static_cast<uint32_t>(labels_.size());
        child.label_size = static_cast<uint32_t>(common - depth);
        labels_ += low.substr(depth, common - depth);
        nodes_.push_back(child);
        first_.push_back(static_cast<unsigned char>(byte));
        ++nodes_[group.node].child_count;
        begin = end;
    }
}

uint32_t PrefixTree::child(const Node& node, unsigned char byte) const {
    const unsigned char* begin = first_.data() + node.children;
    const unsigned char* end = begin + node.child_count;
    const unsigned char* at = std::lower_bound(begin, end, byte);
    return at != end && *at == byte ? static_cast<uint32_t>(at - first_.data()) : 0;
}

// Literals that are longer than this are cut; the automaton also keeps within a size.
constexpr size_t kLongestLiteral = 64, kLargestAutomaton = 50'000;  // bytes; states

void LiteralIndex::add(Place place, std::string_view literal, uint32_t rule) {
    std::string text(literal);
    if (place == Place::End) std::reverse(text.begin(), text.end());
    if (place == Place::PartAnyCase) std::transform(text.begin(), text.end(), text.begin(), ascii_lower);
    std::vector<uint32_t>& rules = added_[static_cast<size_t>(place)][text];
    if (rules.empty() || rules.back() != rule) rules.push_back(rule);
}

LiteralIndex::Added LiteralIndex::cut(Added literals, size_t longest) {
    Added out;
    for (auto& [text, rules] : literals) {
        std::vector<uint32_t>& into = out[text.substr(0, longest)];
        into.insert(into.end(), rules.begin(), rules.end());
    }
    return out;
}

void LiteralIndex::build() {
    for (Place place : {Place::Beginning, Place::End, Place::Part, Place::PartAnyCase}) {
        Added& literals = added_[static_cast<size_t>(place)];
        size_t longest = kLongestLiteral;
        bool automaton = place == Place::Part || place == Place::PartAnyCase;
        while (automaton && literals.size() * longest > kLargestAutomaton) longest /= 2;
        literals = cut(std::move(literals), longest);
    }
    std::map<std::string, RuleRange> ranges[kPlaces];
    static_assert(static_cast<size_t>(Place::Whole) == 0);
    for (size_t place = 0; place < kPlaces; ++place) {
        for (const auto& [text, rules] : added_[place]) {
            ranges[place][text] = {static_cast<uint32_t>(rules_.size()), static_cast<uint32_t>(rules.size())};
            rules_.insert(rules_.end(), rules.begin(), rules.end());
        }
        added_[place].clear();
        // Of so many that nothing is left of them, all may be in any value.
        if (auto nothing = ranges[place].find(""); nothing != ranges[place].end() && place != 0) {
            always_.push_back(nothing->second);
            ranges[place].erase(nothing);
        }
        has_[place] = !ranges[place].empty();
    }
    auto of = [&](Place place) -> const auto& { return ranges[static_cast<size_t>(place)]; };
    if (!of(Place::Whole).empty()) whole_.build(of(Place::Whole));
    if (!of(Place::Beginning).empty()) beginnings_.build(of(Place::Beginning));
    if (!of(Place::End).empty()) ends_.build(of(Place::End));
    if (!of(Place::Part).empty()) parts_.build(of(Place::Part), false);
    if (!of(Place::PartAnyCase).empty()) folded_parts_.build(of(Place::PartAnyCase), true);
}

}  // namespace stoop
