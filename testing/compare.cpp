// SPDX-License-Identifier: Apache-2.0
#include "testing/compare.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <memory>

#include "runtime/base/excerpt.h"
#include "runtime/base/text_map.h"
#include "testing/test_values.h"

namespace stoop {
namespace {

std::string shown(const std::string& text) { return excerpt(text); }
std::string shown(const nlohmann::json& value) {
    return excerpt(value.is_string() ? value.get_ref<const std::string&>()
                                     : value.dump(-1, ' ', false, kReplace));
}

// What differs, or only that something does.
class Found {
  public:
    explicit Found(Differences* out) : out_(out) {}

    template <typename Expected, typename Got>
    void add(std::string_view what, const Expected& expected, const Got& got) {
        any_ = true;
        if (!out_) return;
        if (out_->first.size() < Differences::kMost)
            out_->first.push_back({excerpt(what), shown(expected), shown(got)});
        else
            ++out_->more;
    }
    bool is_enough() const { return any_ && !out_; }
    bool any() const { return any_; }

  private:
    Differences* out_;
    bool any_ = false;
};

void compare_fields(const ExpectedAlert& expected, const SeenAlert& seen, Found& found) {
    for (const ExpectedField& field : expected.fields) {
        if (found.is_enough()) return;
        auto got = seen.fields.find(field.field);
        if (got == seen.fields.end())
            found.add(field.field, field.value, std::string("(not in the rule's output)"));
        else if (!equal(field.value, *got))
            found.add(field.field, field.value, *got);
    }
    if (!expected.fields_exactly) return;
    TextViewSet fields;
    for (const ExpectedField& field : expected.fields) fields.insert(field.field);
    for (const auto& [key, value] : seen.fields.items()) {
        if (key == "evt.time") continue;  // every alert has it
        if (!fields.contains(key)) found.add(key, std::string("(no such field)"), value);
    }
}

// One expectation is usually held against many alerts, and the others may be very many.
bool matches_pattern(const std::string& text, const std::string& pattern) {
    thread_local std::unique_ptr<re2::RE2> last;
    if (!last || last->pattern() != pattern) last = std::make_unique<re2::RE2>(pattern, re2::RE2::Quiet);
    return re2::RE2::PartialMatch(text, *last);
}

void compare_output(const ExpectedOutput& expected, const std::string& got, Found& found) {
    if (matches(expected, got)) return;
    if (expected.kind == ExpectedOutput::Kind::Exact) return found.add("output", expected.text, got);
    bool part = expected.kind == ExpectedOutput::Kind::Contains;
    found.add("output", (part ? "contains " : "matches ") + shown(expected.text), got);
}

void compare_alert(const ExpectedAlert& expected, const SeenAlert& seen, const Program& program,
                   Found& found) {
    const ProgramRule& rule = program.rules[seen.rule];
    if (expected.event && *expected.event != seen.event + 1)
        found.add("event", fmt::to_string(*expected.event), fmt::to_string(seen.event + 1));
    if (expected.priority && !same_priority(*expected.priority, priority_name(rule.priority)))
        found.add("priority", *expected.priority, std::string(priority_name(rule.priority)));
    if (expected.source && *expected.source != program.source)
        found.add("source", *expected.source, program.source);
    if (expected.hostname && seen.hostname && *expected.hostname != *seen.hostname)
        found.add("hostname", *expected.hostname, *seen.hostname);
    std::string tags;
    for (const std::string& tag : expected.tags) {
        if (found.is_enough()) return;
        if (std::binary_search(rule.tags.begin(), rule.tags.end(), tag)) continue;
        if (tags.empty()) tags = rule.tags.empty() ? "(none)" : fmt::format("{}", fmt::join(rule.tags, ", "));
        found.add("tags", tag, tags);
    }
    compare_fields(expected, seen, found);
    if (expected.output && !found.is_enough()) compare_output(*expected.output, seen.output, found);
}

class Alignment {
  public:
    Alignment(const TestCase& test, const Program& program, std::span<const SeenAlert> seen)
        : test_(test), program_(program), seen_(seen) {
        // More of one kind than alerts came are missing anyway.
        for (const ExpectedAlert& alert : test.expect) {
            size_t count = std::min<size_t>(alert.count, seen.size() + 1);
            expected_.insert(expected_.end(), std::min(count, kMostCells - expected_.size()), &alert);
        }
    }

    template <typename Visit>
    void for_each_pair(const Visit& visit) {
        bool pairwise = !is_affordable();
        if (!pairwise) fill();
        for (uint32_t i = 0, j = 0; i < expected_.size() || j < seen_.size();) {
            Step step = pairwise ? plain_step(i, j) : best(i, j).step;
            Pair pair;
            if (step != Step::Unexpected)
                pair.expected = static_cast<uint32_t>(expected_[i++] - test_.expect.data());
            if (step != Step::Missing) pair.seen = j++;
            visit(pair);
        }
    }

  private:
    enum class Step : uint8_t { Pair, Missing, Unexpected };
    struct Cell {
        uint32_t cost = 0;
        Step step = Step::Pair;
    };
    // A pair that differs costs less than one missing and one unexpected, also where the latter costs
    // nothing.
    static constexpr uint32_t kDifferent = 3, kDifferentAlone = 1, kMissing = 2, kUnexpected = 2;
    static constexpr size_t kMostCells = 4'000'000;
    static constexpr size_t kMostBytes = size_t{4} << 30;  // that are compared

    // Every expectation may have to be held against every alert.
    bool is_affordable() const {
        size_t bytes = 0;
        for (const SeenAlert& alert : seen_) bytes += alert.bytes;
        return (expected_.size() + 1) * (seen_.size() + 1) <= kMostCells &&
               bytes * expected_.size() <= kMostBytes;
    }

    bool same_rule(size_t i, size_t j) const {
        return expected_[i]->rule == program_.rules[seen_[j].rule].name;
    }
    Step plain_step(size_t i, size_t j) const {
        if (i == expected_.size()) return Step::Unexpected;
        if (j == seen_.size()) return Step::Missing;
        return same_rule(i, j) ? Step::Pair : Step::Unexpected;
    }
    Cell& best(size_t i, size_t j) { return cells_[i * (seen_.size() + 1) + j]; }

    // The cost of what is left from each pair of positions.
    void fill() {
        uint32_t unexpected = test_.ignore_unexpected ? 0 : kUnexpected;
        uint32_t different = test_.ignore_unexpected ? kDifferentAlone : kDifferent;
        cells_.resize((expected_.size() + 1) * (seen_.size() + 1));
        for (size_t i = expected_.size() + 1; i-- > 0;)
            for (size_t j = seen_.size() + 1; j-- > 0;) {
                Cell cell{UINT32_MAX, Step::Pair};
                auto consider = [&](uint32_t cost, Step step) {
                    if (cost < cell.cost) cell = {cost, step};
                };
                if (i == expected_.size() && j == seen_.size()) cell.cost = 0;
                if (i < expected_.size() && j < seen_.size() && same_rule(i, j)) {
                    bool same = agree(*expected_[i], seen_[j], program_);
                    consider(best(i + 1, j + 1).cost + (same ? 0 : different), Step::Pair);
                }
                if (i < expected_.size()) consider(best(i + 1, j).cost + kMissing, Step::Missing);
                if (j < seen_.size()) consider(best(i, j + 1).cost + unexpected, Step::Unexpected);
                best(i, j) = cell;
            }
    }

    const TestCase& test_;
    const Program& program_;
    std::span<const SeenAlert> seen_;
    std::vector<const ExpectedAlert*> expected_;
    std::vector<Cell> cells_;
};

}  // namespace

bool matches(const ExpectedOutput& expected, const std::string& output) {
    switch (expected.kind) {
        case ExpectedOutput::Kind::Exact: return expected.text == output;
        case ExpectedOutput::Kind::Contains: return output.find(expected.text) != output.npos;
        case ExpectedOutput::Kind::Matches: return matches_pattern(output, expected.text);
    }
    return false;
}

bool agree(const ExpectedAlert& expected, const SeenAlert& seen, const Program& program) {
    if (expected.rule != program.rules[seen.rule].name) return false;
    Found found(nullptr);
    compare_alert(expected, seen, program, found);
    return !found.any();
}

Differences differences(const ExpectedAlert& expected, const SeenAlert& seen, const Program& program) {
    Differences out;
    Found found(&out);
    compare_alert(expected, seen, program, found);
    return out;
}

std::vector<Pair> align(const TestCase& test, const Program& program, std::span<const SeenAlert> seen) {
    std::vector<Pair> out;
    Alignment(test, program, seen).for_each_pair([&](const Pair& pair) { out.push_back(pair); });
    return out;
}

Mismatches compare(const TestCase& test, const Program& program, std::span<const SeenAlert> seen) {
    Mismatches out;
    auto add = [&](Mismatch mismatch) {
        if (out.first.size() < Mismatches::kMost)
            out.first.push_back(mismatch);
        else
            ++out.more;
    };
    TextViewMap<uint64_t> expected, came;  // by rule
    for (const ExpectedAlert& alert : test.expect) expected[alert.rule] += alert.count;
    for (const SeenAlert& alert : seen) ++came[program.rules[alert.rule].name];
    const ExpectedAlert* missing = nullptr;
    Alignment(test, program, seen).for_each_pair([&](const Pair& pair) {
        const ExpectedAlert* alert = pair.expected ? &test.expect[*pair.expected] : nullptr;
        if (!pair.seen && alert != missing)
            add({Mismatch::Kind::Missing, missing = alert, 0, expected[alert->rule], came[alert->rule]});
        else if (!alert && !test.ignore_unexpected)
            add({Mismatch::Kind::Unexpected, nullptr, *pair.seen});
        else if (alert && pair.seen && !agree(*alert, seen[*pair.seen], program))
            add({Mismatch::Kind::Different, alert, *pair.seen});
    });
    return out;
}

}  // namespace stoop
