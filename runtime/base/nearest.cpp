// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/nearest.h"

#include <algorithm>

#include "runtime/base/ascii.h"

namespace stoop {
namespace {

constexpr size_t kLongest = 128;  // nobody mistypes a longer name
constexpr size_t kMostSteps = 1'000'000;

// The number of edits that make one text the other, if they are fewer than `most`; else `most` or more. Two
// neighbours that change places are one edit. Letters other than ASCII have no case here.
size_t edit_distance(std::string_view a, std::string_view b, size_t most, size_t& steps) {
    std::vector<size_t> row(b.size() + 1), above(b.size() + 1), before(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
    auto same = [&](size_t i, size_t j) { return lower(a[i - 1]) == lower(b[j - 1]); };
    for (size_t i = 1; i <= a.size(); ++i) {
        before.swap(above);
        above.swap(row);
        size_t least = row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + !same(i, j)});
            if (i > 1 && j > 1 && same(i, j - 1) && same(i - 1, j))
                row[j] = std::min(row[j], before[j - 2] + 1);
            least = std::min(least, row[j]);
        }
        steps += b.size();
        if (least >= most) return most;
    }
    return row[b.size()];
}

// Whether the name goes on where the word behind its last dot ends: `proc.cmd` for `proc.cmdline`.
bool is_beginning(std::string_view wanted, std::string_view name) {
    constexpr size_t kShortest = 3;
    size_t word = wanted.size() - (wanted.rfind('.') + 1);  // npos + 1 is 0
    return word >= kShortest && name.size() <= 2 * wanted.size() && name.starts_with(wanted);
}

}  // namespace

Nearest::Nearest(std::string_view wanted)
    : wanted_(wanted), score_(2 * (std::max<size_t>(2, wanted.size() / 4) + 1)) {}

bool Nearest::consider(std::string_view name) {
    if (wanted_.size() > kLongest || ++steps_ > kMostSteps) return false;
    size_t gap = name.size() > wanted_.size() ? name.size() - wanted_.size() : wanted_.size() - name.size();
    if (name == wanted_) return true;
    size_t score = score_;
    if (is_beginning(wanted_, name)) {
        score = 1;
        if (score == score_ && gap >= gap_) return true;
    } else if (2 * gap >= score_) {
        return true;
    } else {
        size_t distance = edit_distance(wanted_, name, (score_ + 1) / 2, steps_);
        if (distance >= wanted_.size()) return true;
        score = 2 * distance;
        if (score >= score_) return true;
    }
    score_ = score;
    gap_ = gap;
    best_ = name;
    return true;
}

std::string nearest(std::string_view wanted, const std::vector<std::string_view>& names) {
    return nearest(wanted, names, [](std::string_view name) { return name; });
}

bool is_one_slip_away(std::string_view a, std::string_view b) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > 1 || a == b) return false;
    size_t at = 0;
    while (at < a.size() && a[at] == b[at]) ++at;
    if (b.size() > a.size()) return a.substr(at) == b.substr(at + 1);
    if (a.substr(at + 1) == b.substr(at + 1)) return true;
    return at + 1 < a.size() && a[at] == b[at + 1] && a[at + 1] == b[at] &&
           a.substr(at + 2) == b.substr(at + 2);
}

}  // namespace stoop
