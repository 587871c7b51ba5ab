#include "testing/compare.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "testing/test_values.h"

namespace stoop {
namespace {

std::string shown(const nlohmann::json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, kReplace);
}

void compare_fields(const ExpectedAlert& expected, const SeenAlert& seen, std::vector<Difference>& out) {
    for (const ExpectedField& field : expected.fields) {
        auto got = seen.fields.find(field.field);
        if (got == seen.fields.end())
            out.push_back({field.field, shown(field.value), "(not in the rule's output)"});
        else if (!equal(field.value, *got))
            out.push_back({field.field, shown(field.value), shown(*got)});
    }
    if (!expected.fields_exactly) return;
    for (const auto& [key, value] : seen.fields.items()) {
        if (key == "evt.time") continue;  // every alert has it
        auto is_it = [&](const ExpectedField& f) { return f.field == key; };
        if (std::none_of(expected.fields.begin(), expected.fields.end(), is_it))
            out.push_back({key, "(no such field)", shown(value)});
    }
}

void compare_output(const ExpectedOutput& expected, const std::string& got, std::vector<Difference>& out) {
    switch (expected.kind) {
        case ExpectedOutput::Kind::Exact:
            if (expected.text != got) out.push_back({"output", expected.text, got});
            break;
        case ExpectedOutput::Kind::Contains:
            if (got.find(expected.text) == got.npos)
                out.push_back({"output", "contains " + expected.text, got});
            break;
        case ExpectedOutput::Kind::Matches:
            if (!re2::RE2::PartialMatch(got, *expected.regex))
                out.push_back({"output", "matches " + expected.text, got});
            break;
    }
}

std::vector<Difference> differences(const ExpectedAlert& expected, const SeenAlert& seen, const Plan& plan) {
    std::vector<Difference> out;
    const PlanRule& rule = plan.rules[seen.rule];
    if (expected.event && *expected.event != seen.event + 1)
        out.push_back({"event", fmt::to_string(*expected.event), fmt::to_string(seen.event + 1)});
    if (expected.priority && !same_priority(*expected.priority, priority_name(rule.priority)))
        out.push_back({"priority", *expected.priority, std::string(priority_name(rule.priority))});
    if (expected.source && *expected.source != plan.source)
        out.push_back({"source", *expected.source, plan.source});
    for (const std::string& tag : expected.tags)
        if (std::find(rule.tags.begin(), rule.tags.end(), tag) == rule.tags.end())
            out.push_back(
                {"tags", tag, rule.tags.empty() ? "(none)" : fmt::format("{}", fmt::join(rule.tags, ", "))});
    compare_fields(expected, seen, out);
    if (expected.output) compare_output(*expected.output, seen.output, out);
    return out;
}

class Alignment {
  public:
    Alignment(const TestCase& test, const Plan& plan, std::span<const SeenAlert> seen)
        : plan_(plan), seen_(seen), ignore_unexpected_(test.ignore_unexpected) {
        for (const ExpectedAlert& alert : test.expect)
            expected_.insert(expected_.end(), std::min<size_t>(alert.count, seen.size() + 1), &alert);
    }

    std::vector<Mismatch> mismatches() {
        constexpr size_t kMostCells = 4'000'000;
        bool pairwise = (expected_.size() + 1) * (seen_.size() + 1) > kMostCells;
        if (!pairwise) fill();
        std::vector<Mismatch> out;
        size_t i = 0, j = 0;
        while (i < expected_.size() || j < seen_.size()) {
            Step step = pairwise ? plain_step(i, j) : best(i, j).step;
            if (step == Step::Missing) {
                out.push_back({Mismatch::Kind::Missing, expected_[i++], nullptr, {}});
            } else if (step == Step::Unexpected) {
                if (!ignore_unexpected_) out.push_back({Mismatch::Kind::Unexpected, nullptr, &seen_[j], {}});
                ++j;
            } else {
                auto found = differences(*expected_[i], seen_[j], plan_);
                if (!found.empty())
                    out.push_back({Mismatch::Kind::Different, expected_[i], &seen_[j], std::move(found)});
                ++i, ++j;
            }
        }
        return out;
    }

  private:
    enum class Step : uint8_t { Pair, Missing, Unexpected };
    struct Cell {
        uint32_t cost = 0;
        Step step = Step::Pair;
    };
    // A pair that differs costs less than one missing and one unexpected.
    static constexpr uint32_t kDifferent = 3, kMissing = 2, kUnexpected = 2;

    bool same_rule(size_t i, size_t j) const { return expected_[i]->rule == plan_.rules[seen_[j].rule].name; }
    Step plain_step(size_t i, size_t j) const {
        if (i == expected_.size()) return Step::Unexpected;
        if (j == seen_.size()) return Step::Missing;
        return same_rule(i, j) ? Step::Pair : Step::Unexpected;
    }
    Cell& best(size_t i, size_t j) { return cells_[i * (seen_.size() + 1) + j]; }

    // The cost of what is left from each pair of positions.
    void fill() {
        uint32_t unexpected = ignore_unexpected_ ? 0 : kUnexpected;
        cells_.resize((expected_.size() + 1) * (seen_.size() + 1));
        for (size_t i = expected_.size() + 1; i-- > 0;)
            for (size_t j = seen_.size() + 1; j-- > 0;) {
                Cell cell{UINT32_MAX, Step::Pair};
                auto consider = [&](uint32_t cost, Step step) {
                    if (cost < cell.cost) cell = {cost, step};
                };
                if (i == expected_.size() && j == seen_.size()) cell.cost = 0;
                if (i < expected_.size() && j < seen_.size() && same_rule(i, j)) {
                    bool same = differences(*expected_[i], seen_[j], plan_).empty();
                    consider(best(i + 1, j + 1).cost + (same ? 0 : kDifferent), Step::Pair);
                }
                if (i < expected_.size()) consider(best(i + 1, j).cost + kMissing, Step::Missing);
                if (j < seen_.size()) consider(best(i, j + 1).cost + unexpected, Step::Unexpected);
                best(i, j) = cell;
            }
    }

    const Plan& plan_;
    std::span<const SeenAlert> seen_;
    bool ignore_unexpected_;
    std::vector<const ExpectedAlert*> expected_;
    std::vector<Cell> cells_;
};

}  // namespace

std::vector<Mismatch> compare(const TestCase& test, const Plan& plan, std::span<const SeenAlert> seen) {
    return Alignment(test, plan, seen).mismatches();
}

}  // namespace stoop
