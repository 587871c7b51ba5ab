#include "runtime/base/nearest.h"

#include <algorithm>

#include "runtime/base/ascii.h"

namespace stoop {
namespace {

constexpr size_t kLongest = 128;  // nobody mistypes a longer name
constexpr size_t kMostSteps = 1'000'000;

// The number of edits that make one text the other, if they are fewer than `most`; else `most` or more.
size_t edit_distance(std::string_view a, std::string_view b, size_t most, size_t& steps) {
    std::vector<size_t> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        size_t diagonal = row[0];
        size_t least = row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = above;
            least = std::min(least, row[j]);
        }
        steps += b.size();
        if (least >= most) return most;
    }
    return row[b.size()];
}

// Letters other than ASCII have no case here.
bool differs_in_case_only(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

Nearest::Nearest(std::string_view wanted)
    : wanted_(wanted), distance_(std::max<size_t>(2, wanted.size() / 4) + 1) {}

bool Nearest::consider(std::string_view name) {
    if (wanted_.size() > kLongest || ++steps_ > kMostSteps) return false;
    size_t gap = name.size() > wanted_.size() ? name.size() - wanted_.size() : wanted_.size() - name.size();
    if (gap >= distance_ || name == wanted_) return true;
    size_t distance =
        differs_in_case_only(wanted_, name) ? 0 : edit_distance(wanted_, name, distance_, steps_);
    if (distance < distance_ && distance < wanted_.size()) {
        distance_ = distance;
        best_ = name;
    }
    return true;
}

std::string nearest(std::string_view wanted, const std::vector<std::string_view>& names) {
    return nearest(wanted, names, [](std::string_view name) { return name; });
}

}  // namespace stoop
