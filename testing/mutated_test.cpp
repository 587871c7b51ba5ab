// SPDX-License-Identifier: Apache-2.0
#include "testing/mutated_test.h"

#include <algorithm>

#include "runtime/engine/reference.h"
#include "testing/work.h"

namespace stoop {

MutatedTest::MutatedTest(const LoadedTest& test, const PreparedProgram& program, TestRunner& runner,
                         MutantWork& work)
    : test_(test), program_(program), runner_(runner), work_(work) {
    std::vector<uint32_t> fired(program.rules.size() + 1);
    Scratch scratch;
    auto limit = static_cast<uint32_t>(program.rules.size());
    if (test.test->matching == Matching::First) limit = std::min(limit, uint32_t{2});
    for (size_t i = 0; i < test.events() && !work.is_exceeded(); ++i) {
        work.spend(1 + evaluation_steps(program.nodes.size(), 1, test.event(i).bytes()));
        if (!runner.decode(test, i) && runner.event().source == program.source) {
            uint32_t count = reference_engine(program).match(
                runner.event().values.data(), runner.event().type, scratch, fired.data(), limit);
            fired_.insert(fired_.end(), fired.begin(), fired.begin() + count);
        }
        offsets_.push_back(fired_.size());
    }
}

// True if they are not the test's own.
bool MutatedTest::add_alerts(uint32_t event, uint32_t rule, bool fires) {
    auto begin = fired_.begin() + static_cast<ptrdiff_t>(offsets_[event]),
         end = fired_.begin() + static_cast<ptrdiff_t>(offsets_[event + 1]);
    if (test_.test->matching == Matching::First) {
        const uint32_t kNone = UINT32_MAX;
        uint32_t before = begin == end ? kNone : *begin;
        auto other = std::find_if(begin, end, [&](uint32_t fired) { return fired != rule; });
        uint32_t now = std::min(fires ? rule : kNone, other == end ? kNone : *other);
        if (now != kNone) alerts_.push_back({event, now});
        return now != before;
    }
    auto at = std::lower_bound(begin, end, rule);
    bool before = at != end && *at == rule;
    for (auto fired = begin; fired != at; ++fired) alerts_.push_back({event, *fired});
    if (fires) alerts_.push_back({event, rule});
    for (auto fired = before ? at + 1 : at; fired != end; ++fired) alerts_.push_back({event, *fired});
    return before != fires;
}

bool MutatedTest::is_as_expected() {
    work_.spend(alerts_.size() + test_.test->expect.size());
    ExpectedAlerts expected(*test_.test);
    for (Alert alert : alerts_) expected.add([&](size_t i) { return agrees(i, alert); });
    return expected.all_came();
}

bool MutatedTest::agrees(size_t expected, Alert alert) {
    constexpr size_t kMostKnown = 1'000'000;
    const ExpectedAlert& wanted = test_.test->expect[expected];
    if (wanted.rule != program_.rules[alert.rule].name) return false;
    auto [known, fresh] = agree_.try_emplace({static_cast<uint32_t>(expected), alert.event}, false);
    if (!fresh) return known->second;
    bool out = false;
    if (!work_.is_exceeded() && !runner_.decode(test_, alert.event)) {
        SeenAlert seen = runner_.alert(alert.rule, alert.event);
        work_.spend(100 + seen.bytes / 8);
        out = agree(wanted, seen, program_);
    }
    known->second = out;
    if (agree_.size() > kMostKnown) agree_.clear();
    return out;
}

}  // namespace stoop
