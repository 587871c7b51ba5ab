// SPDX-License-Identifier: Apache-2.0
#include "testing/verdict_changes.h"

#include <map>
#include <set>

#include "runtime/engine/reference.h"
#include "runtime/ingest/json/block_reader.h"
#include "runtime/ingest/json/event_decoder.h"
#include "testing/event_text.h"

namespace stoop {
namespace {

// The names of the rules that fire.
class Firing {
  public:
    Firing(const RuleSetToMatch& set, const Limits& limits)
        : program_(set.program),
          decoder_(set.schema, set.program, Check::AllFields, limits),
          engine_(reference_engine(set.program)),
          limit_(set.matching == Matching::First ? 1 : static_cast<uint32_t>(set.program.rules.size())),
          fired_(set.program.rules.size() + 1) {}

    std::set<std::string_view> on(const std::string& text) {
        std::set<std::string_view> out;
        if (decoder_.decode(text, event_) || event_.source != program_.source) return out;
        uint32_t count = engine_.match(event_.values.data(), event_.type, scratch_, fired_.data(), limit_);
        for (uint32_t i = 0; i < count; ++i) out.insert(program_.rules[fired_[i]].name);
        return out;
    }

  private:
    const PreparedProgram& program_;
    EventDecoder decoder_;
    Engine engine_;
    uint32_t limit_;
    Event event_;
    Scratch scratch_;
    std::vector<uint32_t> fired_;
};

}  // namespace

void EventTexts::add(std::string_view text) {
    if (known_.contains(text)) return;
    if (text.size() > left_) {
        full_ = true;
        return;
    }
    left_ -= text.size();
    known_.insert(texts_.emplace_back(text));
}

void EventTexts::add(const Suite& suite) {
    EventText text;
    for (const LoadedTest& test : suite.tests) {
        if (!test.test->skipped.empty()) continue;
        for (size_t i = 0; i < test.events() && !full_; ++i) add(text.of(test, i));
    }
}

std::string EventTexts::add(Descriptor file) {
    ByteSource source(std::move(file), left_);
    BlockReader reader(source);
    for (Block block; !full_ && reader.next(block);)
        for (const Record& record : block.records)
            if (record.flaw == Flaw::None) add(block.text(record));
    full_ = full_ || source.is_too_long();
    return source.is_too_long() ? "" : source.problem();
}

std::vector<RuleChange> verdict_changes(const EventTexts& events, const RuleSetToMatch& before,
                                        const RuleSetToMatch& after, const Limits& limits) {
    Firing was(before, limits), is(after, limits);
    std::map<std::string, RuleChange, std::less<>> changes;
    for (const std::string& event : events.all()) {
        std::set<std::string_view> old = was.on(event), now = is.on(event);
        auto note = [&](std::string_view rule, uint64_t RuleChange::*count) {
            RuleChange& change = changes[std::string(rule)];
            change.rule = rule;
            if (change.example.empty()) change.example = event;
            ++(change.*count);
        };
        for (std::string_view rule : now)
            if (!old.contains(rule)) note(rule, &RuleChange::gained);
        for (std::string_view rule : old)
            if (!now.contains(rule)) note(rule, &RuleChange::lost);
    }
    std::vector<RuleChange> out;
    for (auto& [name, change] : changes) out.push_back(std::move(change));
    return out;
}

}  // namespace stoop
