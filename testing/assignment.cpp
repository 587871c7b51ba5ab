// SPDX-License-Identifier: Apache-2.0
#include "testing/assignment.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace stoop {
namespace {

class Assigner {
  public:
    Assigner(const TestCase& test, const Program& program, std::span<const SeenAlert> seen)
        : test_(test), program_(program), seen_(seen) {
        out_.expected.resize(seen.size());
        out_.came.resize(test.expect.size());
    }

    Assignment run() {
        for (const Pair& pair : align(test_, program_, seen_)) {
            if (!pair.seen) continue;
            if (pair.expected)
                give(*pair.seen, *pair.expected);
            else
                free_[rule(*pair.seen)].push_back(*pair.seen);
        }
        while (take_those_that_agree()) continue;
        for (uint32_t i = 0; i < test_.expect.size(); ++i) {
            std::vector<uint32_t>& free = free_of(i);
            auto at = free.begin();
            for (; at != free.end() && misses(i); ++at) give(*at, i);
            free.erase(free.begin(), at);
        }
        return std::move(out_);
    }

  private:
    static constexpr size_t kMostBytes = size_t{4} << 30;  // that are compared
    static constexpr size_t kBytesOfComparison = 1000;

    std::string_view rule(uint32_t alert) const { return program_.rules[seen_[alert].rule].name; }
    std::vector<uint32_t>& free_of(uint32_t expected) { return free_[test_.expect[expected].rule]; }
    bool misses(uint32_t expected) const { return out_.came[expected] < test_.expect[expected].count; }
    void give(uint32_t alert, uint32_t expected) {
        out_.expected[alert] = expected;
        ++out_.came[expected];
    }

    bool agrees(uint32_t expected, uint32_t alert) {
        size_t bytes = kBytesOfComparison + seen_[alert].bytes;
        if (bytes > left_) return false;
        left_ -= bytes;
        return agree(test_.expect[expected], seen_[alert], program_);
    }

    // Gives each expectation those that agree with it, in the place of others that it has; whether any were
    // found.
    bool take_those_that_agree() {
        std::vector<std::vector<uint32_t>> others(test_.expect.size());
        for (uint32_t alert = 0; alert < seen_.size(); ++alert)
            if (auto i = out_.expected[alert]; i && !free_of(*i).empty() && !agrees(*i, alert))
                others[*i].push_back(alert);
        bool any = false;
        for (uint32_t i = 0; i < test_.expect.size(); ++i) {
            std::vector<uint32_t> left, given_up;
            for (uint32_t alert : free_of(i)) {
                bool wanted = misses(i) || !others[i].empty();
                if (!wanted || !agrees(i, alert)) {
                    left.push_back(alert);
                    continue;
                }
                if (!misses(i)) {
                    given_up.push_back(others[i].back());
                    others[i].pop_back();
                    out_.expected[given_up.back()].reset();
                    --out_.came[i];
                }
                give(alert, i);
                any = true;
            }
            left.insert(left.end(), given_up.begin(), given_up.end());
            std::sort(left.begin(), left.end());
            free_of(i) = std::move(left);
        }
        return any;
    }

    const TestCase& test_;
    const Program& program_;
    std::span<const SeenAlert> seen_;
    Assignment out_;
    std::map<std::string_view, std::vector<uint32_t>> free_;  // by rule: alerts of no expectation, in order
    size_t left_ = kMostBytes;
};

}  // namespace

Assignment assign(const TestCase& test, const Program& program, std::span<const SeenAlert> seen) {
    return Assigner(test, program, seen).run();
}

}  // namespace stoop
