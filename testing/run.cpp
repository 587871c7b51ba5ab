// SPDX-License-Identifier: Apache-2.0
#include "testing/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <utility>

#include "runtime/base/parallel.h"
#include "runtime/engine/reference.h"
#include "runtime/explain/recorded.h"

namespace stoop {
namespace {

// Of events on which a missing alert did not come, so many are looked at; and so many for all of a test.
constexpr size_t kMostLookedAt = 1000, kMostLookedAtByTest = 20'000;

constexpr size_t kMostSources = 8;  // that are told apart

std::string event_name(const LoadedTest& test, size_t index) {
    TestEvent event = test.event(index);
    if (!event.recorded) return fmt::format("event {}", index + 1);
    return fmt::format("{}:{}{}", event.file->path, event.recorded->line,
                       test.changes() ? " with changes" : "");
}

}  // namespace

TestRunner::TestRunner(const Compilation& rules, const Limits& limits)
    : program_(*rules.program),
      limits_(limits),
      decoder_(*rules.schema, program_, Check::AllFields, limits),
      renderer_(program_, {}),
      fired_(program_.rules.size() + 1) {
    for (uint32_t i = 0; i < program_.rules.size(); ++i) rules_.try_emplace(program_.rules[i].name, i);
}

// The text of a recorded event is not shown: the file need not be one of events.
std::optional<Diagnostic> TestRunner::decode(const LoadedTest& test, size_t index) {
    event_.number = index + 1;
    hostname_ = test.test->of_generator ? text_.hostname(test, index) : std::nullopt;
    TestEvent from = test.event(index);
    if (from.recorded && test.changes() && decoder_.reads_documents() &&
        !decoder_.decode(from.recorded->text(), event_) && decoder_.is_document())
        return Diagnostic{Problem::TestEvent,
                          fmt::format("'set', 'unset' and 'matrix' change fields, and {}:{} is a document of "
                                      "the source '{}'",
                                      from.file->path, from.recorded->line, program_.source),
                          true,
                          test.test->span,
                          "",
                          {},
                          "write the event in the test, or as a line with the names of fields"};
    auto problem = decoder_.decode(text_.of(test, index), event_);
    if (!problem) return std::nullopt;
    if (from.recorded) problem = without_quotes(std::move(*problem));
    Diagnostic d{Problem::TestEvent, problem->message, true, test.test->span, "", {}, problem->help};
    // A problem in what the test itself gives is shown there: at the last field that begins before it.
    if (const FieldValue* given = text_.given_before(problem->begin)) {
        d.span = given->span;
    } else if (from.recorded) {
        d.problem = Problem::TestEventsFile;
        d.message = fmt::format("{}:{}: {}", from.file->path, from.recorded->line, problem->message);
    }
    return d;
}

SeenAlert TestRunner::alert(uint32_t rule, size_t event) {
    const ProgramRule& r = program_.rules[rule];
    std::string message, text;
    renderer_.message(r, event_, message);
    renderer_.json(r, event_, text);
    size_t bytes = message.size() + text.size() + (hostname_ ? hostname_->size() : 0);
    return {static_cast<uint32_t>(event),
            rule,
            std::move(message),
            std::move(nlohmann::json::parse(text)["output_fields"]),
            hostname_,
            bytes};
}

template <typename Visit>
void TestRunner::for_each_event(const LoadedTest& test, std::vector<uint32_t>& bad_events,
                                const Visit& visit) {
    Engine engine = reference_engine(program_);
    auto limit = static_cast<uint32_t>(test.test->matching == Matching::First ? 1 : program_.rules.size());
    others_.clear();
    for (uint32_t i = 0; i < test.events(); ++i) {
        if (decode(test, i)) {
            bad_events.push_back(i);
        } else if (event_.source == program_.source) {
            uint32_t count = engine.match(event_.values.data(), event_.type, scratch_, fired_.data(), limit);
            if (!visit(i, std::span<const uint32_t>(fired_.data(), count), limit)) return;
        } else {
            bool full = others_.size() >= kMostSources && !others_.contains(event_.source);
            OtherSource& other =
                others_.try_emplace(full ? "" : event_.source, OtherSource{0, i}).first->second;
            ++other.events;
        }
    }
}

std::string TestRunner::other_source_text(const LoadedTest& test, const std::string& source, uint64_t events,
                                          size_t first) const {
    Unread why{Unread::Kind::OtherSource, source};
    // Of a recorded event the text is not shown.
    return unread_text(test.event(first).recorded ? without_names(why) : why, events, program_.source);
}

std::vector<std::string> TestRunner::not_read(const LoadedTest& test) const {
    std::vector<std::string> out;
    if (test.events() == 0) out.push_back("there is no event in its events files, so no rule was asked");
    for (const auto& [source, other] : others_)
        out.push_back(fmt::format("{} (the first is {})",
                                  other_source_text(test, source, other.events, other.first),
                                  event_name(test, other.first)));
    return out;
}

TestResult TestRunner::run(const Suite& suite, uint32_t index, bool strict, Coverage* coverage) {
    const LoadedTest& test = suite.tests[index];
    const std::vector<ExpectedAlert>& expect = test.test->expect;
    TestResult result;
    ExpectedAlerts expected(*test.test);
    Notes notes;
    for_each_event(test, result.bad_events, [&](uint32_t event, auto fired, uint32_t limit) {
        for (uint32_t rule : fired)
            expected.add([&](size_t i) {
                bool same = expect[i].rule == program_.rules[rule].name;
                result.no_hostname = result.no_hostname || (same && expect[i].hostname && !hostname_);
                return same && agree(expect[i], alert(rule, event), program_);
            });
        note_unrecorded(suite.files[test.file], fired, limit, event + 1, notes, result);
        if (coverage) coverage->add(program_, event_.values.data(), index, scratch_);
        return true;
    });
    result.not_read = not_read(test);
    if (result.bad_events.empty() && !expected.all_came()) find_failures(test, result);
    if (!result.bad_events.empty() || result.too_many_alerts) {
        result.outcome = TestResult::Outcome::Invalid;
        return result;
    }
    if (strict)
        for (const Unrecorded& u : result.unrecorded)
            result.failures.push_back({.kind = TestFailure::Kind::NotRecorded,
                                       .rule = u.rule,
                                       .event = u.event,
                                       .span = test.test->span,
                                       .unrecorded = u.fields});
    if (strict)
        for (std::string& text : std::exchange(result.not_read, {}))
            result.failures.push_back({.kind = TestFailure::Kind::NotRead,
                                       .rule = "",
                                       .span = test.test->span,
                                       .not_read = std::move(text)});
    if (!result.failures.empty()) result.outcome = TestResult::Outcome::Failed;
    return result;
}

// Rules that come after the one that fired are not asked under `first`.
void TestRunner::note_unrecorded(const LoadedTestFile& file, std::span<const uint32_t> fired, uint32_t limit,
                                 uint32_t event, Notes& notes, TestResult& result) {
    uint32_t end = fired.size() == limit && !fired.empty() ? fired.back() + 1
                                                           : static_cast<uint32_t>(program_.rules.size());
    for (uint32_t r = 0; r < end; ++r) {
        const ProgramRule& rule = program_.rules[r];
        if (!file.under_test[r] || !rule.event_types.contains(event_.type)) continue;
        std::vector<uint32_t> slots = unrecorded_slots(program_, rule, event_.values.data(), scratch_);
        if (slots.empty()) continue;
        auto [known, fresh] = notes.rules.try_emplace(r);
        Notes::OfRule& note = known->second;
        if (fresh && result.unrecorded.size() == TestResult::kMostUnrecorded) ++result.more_unrecorded;
        if (fresh && result.unrecorded.size() < TestResult::kMostUnrecorded) {
            note.index = result.unrecorded.size();
            result.unrecorded.push_back({rule.name, {}, event});
        }
        if (!note.index) continue;
        for (uint32_t slot : slots)
            if (note.slots.insert(slot).second)
                result.unrecorded[*note.index].fields.push_back(program_.slots[slot].spelling);
    }
}

bool TestRunner::alerts(const LoadedTest& test, std::vector<SeenAlert>& out) {
    constexpr uint64_t kObject = 500, kPerByte = 4;  // what an alert takes in memory
    uint64_t left = limits_[Limit::TestAlerts];
    std::vector<uint32_t> bad_events;
    bool all = true;
    for_each_event(test, bad_events, [&](uint32_t event, auto fired, uint32_t) {
        for (uint32_t rule : fired) {
            out.push_back(alert(rule, event));
            uint64_t size = kObject + kPerByte * out.back().bytes;
            all = all && size <= left;
            if (!all) return false;
            left -= size;
        }
        return true;
    });
    return all;
}

void TestRunner::find_failures(const LoadedTest& test, TestResult& result) {
    std::vector<SeenAlert> seen;
    if (!alerts(test, seen)) {
        result.too_many_alerts = true;
        return;
    }
    missing_.clear();
    looked_at_ = 0;
    Mismatches found = compare(*test.test, program_, seen);
    for (const Mismatch& mismatch : found.first) result.failures.push_back(failure(test, mismatch, seen));
    result.more_failures = found.more;
}

TestFailure TestRunner::failure(const LoadedTest& test, const Mismatch& mismatch,
                                const std::vector<SeenAlert>& seen) {
    TestFailure out;
    if (mismatch.kind == Mismatch::Kind::Missing) {
        out.rule = mismatch.expected->rule;
        out.event = mismatch.expected->event.value_or(0);
        out.span = mismatch.expected->span;
        out.of_rule = mismatch.of_rule;
        out.came = mismatch.came;
        explain_missing(test, mismatch, out);
        if (out.came >= out.of_rule) out.shadowed_by = {};  // it did come, at another place
        return out;
    }
    const SeenAlert& alert = seen[mismatch.seen];
    out.rule = program_.rules[alert.rule].name;
    out.event = alert.event + 1;
    out.seen = alert.rule;
    if (mismatch.kind == Mismatch::Kind::Different) {
        out.kind = TestFailure::Kind::Different;
        out.expected = mismatch.expected;
        out.span = mismatch.expected->span;
    } else {
        out.kind = TestFailure::Kind::Unexpected;
        out.span = test.test->span;
        out.explained = alert.rule;
    }
    return out;
}

// Shows the event on which the rule would have fired but for an earlier one; else the one that was expected
// to raise it, or the first that its event types let it see.
void TestRunner::explain_missing(const LoadedTest& test, const Mismatch& mismatch, TestFailure& out) {
    auto found = rules_.find(mismatch.expected->rule);
    if (found == rules_.end() || test.events() == 0) return;
    uint32_t index = found->second;
    if (auto known = missing_.find(index); known != missing_.end() && out.event == 0) {
        out.event = known->second.event;
        out.shadowed_by = known->second.shadowed_by;
        out.explained = index;
        return;
    }
    bool any_event = out.event == 0;
    const ProgramRule& rule = program_.rules[index];
    std::optional<size_t> chosen;
    size_t begin = out.event > 0 ? out.event - 1 : 0;
    size_t end = out.event > 0 ? out.event : std::min(test.events(), kMostLookedAt);
    for (size_t i = begin; i < end && looked_at_ < kMostLookedAtByTest; ++i, ++looked_at_) {
        if (decode(test, i) || event_.source != program_.source) continue;
        const Value* slots = event_.values.data();
        if (!rule.event_types.contains(event_.type)) continue;
        if (!chosen) chosen = i;
        scratch_.arena.reset();
        const ConditionTree& tree = program_.tree(rule);
        if (!evaluate(program_, tree, tree.root(), slots, scratch_)) continue;
        if (test.test->matching != Matching::First) continue;
        if (reference_engine(program_).match(slots, event_.type, scratch_, fired_.data(), 1) == 0) continue;
        if (fired_[0] == index) continue;  // it did fire here
        out.shadowed_by = program_.rules[fired_[0]].name;
        chosen = i;
        break;
    }
    out.event = static_cast<uint32_t>(chosen.value_or(begin) + 1);
    out.explained = index;
    if (any_event) missing_.emplace(index, out);
}

std::string TestRunner::explanation(const LoadedTest& test, uint32_t rule, size_t index, bool whole,
                                    const Look& look) {
    if (decode(test, index)) return "";
    if (event_.source != program_.source)
        return fmt::format("{}: {}\n", event_name(test, index),
                           other_source_text(test, event_.source, 0, index));
    TestEvent from = test.event(index);
    event_.line = from.recorded ? from.recorded->line : 0;
    Explainer explainer(program_, decoder_, look, limits_);
    const std::string file;
    explainer.set_event(event_, file, event_name(test, index));
    return explainer.human(program_.rules[rule], whole);
}

std::vector<TestResult> run_tests(const Suite& suite, const RunOptions& options) {
    std::vector<TestResult> results(suite.tests.size());
    std::atomic<uint32_t> next = 0;
    std::atomic<uint32_t> end = static_cast<uint32_t>(suite.tests.size());
    std::mutex merging;
    auto work = [&](size_t) {
        TestRunners runners(suite);
        Coverage coverage;
        for (uint32_t i; (i = next++) < end;) {
            if (!suite.tests[i].test->skipped.empty()) {
                results[i].outcome = TestResult::Outcome::Skipped;
                continue;
            }
            TestRunner& runner = runners.of(suite.tests[i]);
            auto start = std::chrono::steady_clock::now();
            results[i] = runner.run(suite, i, options.strict, options.coverage ? &coverage : nullptr);
            results[i].seconds =
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            bool stop = results[i].outcome == TestResult::Outcome::Failed ||
                        results[i].outcome == TestResult::Outcome::Invalid;
            // Indexes are handed out in order, so all before this one are being run.
            for (uint32_t last = end; options.fail_fast && stop && i + 1 < last;)
                if (end.compare_exchange_weak(last, i + 1)) break;
        }
        std::lock_guard lock(merging);
        if (options.coverage) options.coverage->merge(coverage);
    };
    parallel_for(options.threads, options.threads, work);
    results.resize(end);
    return results;
}

TestRunner& TestRunners::of(const LoadedTest& test) {
    const Compilation* rules = suite_.files[test.file].rules;
    if (runners_.size() == kMostKept && !runners_.contains(rules)) runners_.clear();
    auto& runner = runners_[rules];
    if (!runner) runner = std::make_unique<TestRunner>(*rules, suite_.limits);
    return *runner;
}

FailureDetails::Details FailureDetails::of(uint32_t index, const TestFailure& failure) {
    Details out;
    bool differs = failure.kind == TestFailure::Kind::Different;
    out.left_out = left_ == 0 && (differs || failure.explained);
    if (left_ == 0) return out;
    const LoadedTest& test = suite_.tests[index];
    TestRunner& runner = runners_.of(test);
    if (differs && !runner.decode(test, failure.event - 1))
        out.differences = differences(*failure.expected, runner.alert(*failure.seen, failure.event - 1),
                                      *suite_.files[test.file].rules->program);
    if (failure.explained)
        out.explanation = runner.explanation(test, *failure.explained, failure.event - 1, whole_, look_);
    uint64_t size = out.explanation.size();
    for (const Difference& d : out.differences.first)
        size += d.what.size() + d.expected.size() + d.got.size();
    left_ -= std::min(left_, size);
    return out;
}

}  // namespace stoop
