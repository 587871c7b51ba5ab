#include "testing/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <unordered_map>

#include "compiler/at_once.h"
#include "runtime/reference/evaluator.h"
#include "runtime/reference/recorded.h"
#include "testing/explainer.h"

namespace stoop {
namespace {

// Of events on which a missing alert did not come, so many are looked at.
constexpr size_t kMostLookedAt = 1000;

std::string event_name(const LoadedTest& test, size_t index) {
    const TestEvent& event = test.events[index];
    if (!event.recorded) return fmt::format("event {}", index + 1);
    return fmt::format("{}:{}{}", event.file->path, event.recorded->line,
                       test.changes() ? " with changes" : "");
}

}  // namespace

TestRunner::TestRunner(const Compilation& rules, const Schema& schema)
    : plan_(*rules.plan), decoder_(schema, plan_), renderer_(plan_, {}), fired_(plan_.rules.size() + 1) {}

// The text of a recorded event is not shown: the file need not be one of events.
std::optional<Diagnostic> TestRunner::decode(const LoadedTest& test, size_t index) {
    std::string text = test.event_text(index);
    auto problem = decoder_.decode(text, event_);
    if (!problem) return std::nullopt;
    const TestEvent& from = test.events[index];
    if (from.recorded) problem = without_quotes(std::move(*problem));
    Diagnostic d{Problem::TestEvent, problem->message, true, test.test->span, "", {}, problem->help};
    // A problem in what the test itself gives is shown there: at the last field that begins before it.
    size_t nearest_start = 0;
    auto consider = [&](const FieldValues& values) {
        for (const FieldValue& v : values) {
            size_t at = text.rfind("\"" + v.field + "\":", problem->begin);
            if (at == text.npos || at < nearest_start) continue;
            nearest_start = at;
            d.span = v.span;
        }
    };
    if (from.written) consider(from.written->values);
    consider(test.test->set);
    if (from.recorded && nearest_start == 0) {
        d.problem = Problem::TestEventsFile;
        d.message = fmt::format("{}:{}: {}", from.file->path, from.recorded->line, problem->message);
    }
    return d;
}

SeenAlert TestRunner::alert(uint32_t rule, size_t event) {
    const PlanRule& r = plan_.rules[rule];
    std::string message, text;
    renderer_.message(r, event_, message);
    renderer_.json(r, event_, text);
    return {static_cast<uint32_t>(event), rule, std::move(message),
            nlohmann::json::parse(text)["output_fields"]};
}

TestResult TestRunner::run(const Suite& suite, uint32_t index, bool strict, Coverage* coverage) {
    const LoadedTest& test = suite.tests[index];
    TestResult result;
    if (!test.test->skipped.empty()) {
        result.outcome = TestResult::Outcome::Skipped;
        return result;
    }
    Engine engine = reference_engine(plan_);
    auto limit = static_cast<uint32_t>(test.test->matching == Matching::First ? 1 : plan_.rules.size());
    for (size_t i = 0; i < test.events.size(); ++i) {
        if (auto problem = decode(test, i)) {
            result.problems.push_back(std::move(*problem));
            continue;
        }
        if (event_.source != plan_.source) continue;
        uint32_t count = engine.match(event_.values.data(), event_.type, scratch_, fired_.data(), limit);
        for (uint32_t f = 0; f < count; ++f) result.seen.push_back(alert(fired_[f], i));
        note_unrecorded(suite.files[test.file], {fired_.data(), count}, limit, static_cast<uint32_t>(i + 1),
                        result);
        if (coverage) coverage->add(plan_, event_.values.data(), index, scratch_);
    }
    if (!result.problems.empty()) {
        result.outcome = TestResult::Outcome::Invalid;
        return result;
    }
    for (const Mismatch& mismatch : compare(*test.test, plan_, result.seen))
        result.failures.push_back(failure(test, mismatch));
    if (strict)
        for (const Unrecorded& u : result.unrecorded)
            result.failures.push_back(
                {TestFailure::Kind::NotRecorded, u.rule, u.event, test.test->span, {}, "", u.fields, ""});
    if (!result.failures.empty()) result.outcome = TestResult::Outcome::Failed;
    return result;
}

// Rules that come after the one that fired are not asked under `first`.
void TestRunner::note_unrecorded(const LoadedTestFile& file, std::span<const uint32_t> fired, uint32_t limit,
                                 uint32_t event, TestResult& result) {
    uint32_t end = fired.size() == limit && !fired.empty() ? fired.back() + 1
                                                           : static_cast<uint32_t>(plan_.rules.size());
    for (uint32_t r = 0; r < end; ++r) {
        const PlanRule& rule = plan_.rules[r];
        if (!file.under_test[r] || !rule.event_types.contains(event_.type)) continue;
        std::vector<uint32_t> slots = unrecorded_slots(plan_, rule, event_.values.data(), scratch_);
        if (slots.empty()) continue;
        auto known = std::find_if(result.unrecorded.begin(), result.unrecorded.end(),
                                  [&](const Unrecorded& u) { return u.rule == rule.name; });
        if (known == result.unrecorded.end())
            known = result.unrecorded.insert(known, Unrecorded{rule.name, {}, event});
        for (uint32_t slot : slots) {
            const std::string& name = plan_.slots[slot].ref.spelling;
            if (std::find(known->fields.begin(), known->fields.end(), name) == known->fields.end())
                known->fields.push_back(name);
        }
    }
}

TestFailure TestRunner::failure(const LoadedTest& test, const Mismatch& mismatch) {
    TestFailure out;
    switch (mismatch.kind) {
        case Mismatch::Kind::Missing:
            out.kind = TestFailure::Kind::Missing;
            out.rule = mismatch.expected->rule;
            out.event = mismatch.expected->event.value_or(0);
            out.span = mismatch.expected->span;
            explain_missing(test, mismatch, out);
            return out;
        case Mismatch::Kind::Unexpected:
            out.kind = TestFailure::Kind::Unexpected;
            out.span = test.test->span;
            break;
        case Mismatch::Kind::Different:
            out.kind = TestFailure::Kind::Different;
            out.span = mismatch.expected->span;
            break;
    }
    const PlanRule& rule = plan_.rules[mismatch.seen->rule];
    out.rule = rule.name;
    out.event = mismatch.seen->event + 1;
    out.differences = mismatch.differences;
    if (out.kind == TestFailure::Kind::Unexpected && !decode(test, mismatch.seen->event))
        out.explanation = explanation(rule, test, mismatch.seen->event);
    return out;
}

// Shows the event on which the rule would have fired but for an earlier one; else the one that was expected
// to raise it, or the first that its event types let it see.
void TestRunner::explain_missing(const LoadedTest& test, const Mismatch& mismatch, TestFailure& out) {
    auto rule = std::find_if(plan_.rules.begin(), plan_.rules.end(),
                             [&](const PlanRule& r) { return r.name == mismatch.expected->rule; });
    if (rule == plan_.rules.end() || test.events.empty()) return;
    std::optional<size_t> chosen;
    size_t begin = out.event > 0 ? out.event - 1 : 0;
    size_t end = out.event > 0 ? out.event : std::min(test.events.size(), kMostLookedAt);
    for (size_t i = begin; i < end; ++i) {
        if (decode(test, i) || event_.source != plan_.source) continue;
        const Value* slots = event_.values.data();
        if (!rule->event_types.contains(event_.type)) continue;
        if (!chosen) chosen = i;
        scratch_.arena.reset();
        if (!evaluate(plan_, rule->tree, rule->tree.root(), slots, scratch_)) continue;
        if (test.test->matching != Matching::First) continue;
        if (reference_engine(plan_).match(slots, event_.type, scratch_, fired_.data(), 1) == 0) continue;
        if (&plan_.rules[fired_[0]] == &*rule) continue;  // it did fire here
        out.shadowed_by = plan_.rules[fired_[0]].name;
        chosen = i;
        break;
    }
    if (!chosen) chosen = begin;
    out.event = static_cast<uint32_t>(*chosen + 1);
    if (!decode(test, *chosen)) out.explanation = explanation(*rule, test, *chosen);
}

std::string TestRunner::explanation(const PlanRule& rule, const LoadedTest& test, size_t index) {
    event_.line = test.events[index].recorded ? test.events[index].recorded->line : 0;
    std::string text = Explainer(plan_, decoder_, false).human(rule, event_, "");
    // Its first line names a place in a file; here it is an event of a test.
    return event_name(test, index) + ":" + text.substr(std::min(text.size(), text.find(": ") + 1));
}

std::vector<TestResult> run_tests(const Suite& suite, const Schema& schema, const RunOptions& options) {
    std::vector<TestResult> results(suite.tests.size());
    std::atomic<uint32_t> next = 0;
    std::atomic<uint32_t> end = static_cast<uint32_t>(suite.tests.size());
    std::mutex merging;
    auto work = [&](size_t) {
        std::unordered_map<const Compilation*, std::unique_ptr<TestRunner>> runners;
        Coverage coverage;
        for (uint32_t i; (i = next++) < end;) {
            const Compilation* rules = suite.files[suite.tests[i].file].rules;
            auto& runner = runners[rules];
            if (!runner) runner = std::make_unique<TestRunner>(*rules, schema);
            results[i] = runner->run(suite, i, options.strict, options.coverage ? &coverage : nullptr);
            bool stop = results[i].outcome == TestResult::Outcome::Failed ||
                        results[i].outcome == TestResult::Outcome::Invalid;
            // Indexes are handed out in order, so all before this one are being run.
            for (uint32_t last = end; options.fail_fast && stop && i + 1 < last;)
                if (end.compare_exchange_weak(last, i + 1)) break;
        }
        std::lock_guard lock(merging);
        if (options.coverage) options.coverage->merge(coverage);
    };
    at_once(options.threads, options.threads, work);
    results.resize(end);
    return results;
}

}  // namespace stoop
