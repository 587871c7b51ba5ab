// SPDX-License-Identifier: Apache-2.0
#include "cli/alert_worker.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/json_escape.h"
#include "runtime/base/printable.h"

namespace stoop::cli {
namespace {

constexpr size_t kMostHeld = size_t{1} << 20;  // bytes of alerts

}  // namespace

AlertWorker::AlertWorker(const AlertJob& job)
    : job_(job),
      decoder_(job.schema, job.program, job.strict ? Check::AllFields : Check::AskedFields, job.limits),
      fired_(job.program.rules.size() + 1),
      verdicts_(job.program, job.strict),
      renderer_(job.program, job.alerts),
      incidents_(job.program, job.alerts) {
    std::vector<bool> asked(job.program.slots.size());
    for (const Atom& atom : job.program.atoms)
        for_each_slot(atom, [&](uint32_t slot) {
            if (!asked[slot]) asked_.push_back(slot);
            asked[slot] = true;
        });
}

void AlertWorker::run(const InputBlock& input, BlockResult& result, const WriteAlerts& write_alerts) {
    result.fired.resize(job_.program.rules.size());
    go_on_ = true;
    verdicts_.start_block();
    for (size_t i = 0; i < input.block.records.size(); ++i) {
        const Record& record = input.block.records[i];
        auto problem = decode_record(decoder_, input, i, true, event_);
        uint32_t fired = 0;
        if (!problem && event_.source == job_.program.source) problem = match(result, write_alerts, fired);
        if (!go_on_) return;
        if (!problem) {
            ++result.events;
            if (job_.notes) note(fired, input, record, result.notes);
            continue;
        }
        if (decoder_.is_unread()) {
            ++result.events;
            result.notes.add_opened(decoder_.opened());
            note_unread(decoder_.why_unread(), input, record, result.notes);
            continue;
        }
        ++result.bad;
        if (result.problems.size() < kMostShown)
            result.problems.push_back(bad_event_text(*problem, input, record, job_.color));
        result.stop = job_.strict;
        if (result.stop) return;
    }
}

std::optional<EventProblem> AlertWorker::match(BlockResult& result, const WriteAlerts& write_alerts,
                                               uint32_t& fired) {
    fired =
        job_.matcher.engine(1).match(event_.values.data(), event_.type, scratch_, fired_.data(), job_.limit);
    if (fired == 0) return std::nullopt;
    AlertBatch& alerts = result.alerts;
    std::optional<EventProblem> problem;
    if (job_.form == AlertForm::Verdicts) {
        for (uint32_t i = 0; i < fired; ++i) ++result.fired[fired_[i]];
        print_verdicts(fired, alerts);
        if (alerts.text.size() >= kMostHeld) go_on_ = write_alerts();
        return problem;
    }
    for (uint32_t i = 0; i < fired && go_on_; ++i) {
        const ProgramRule& rule = job_.program.rules[fired_[i]];
        if (!print(rule, alerts)) {
            if (!problem) problem = too_long(rule);
            continue;
        }
        ++result.fired[fired_[i]];
        if (alerts.text.size() >= kMostHeld) go_on_ = write_alerts();
    }
    return problem;
}

void AlertWorker::note_unread(const Unread& why, const InputBlock& input, const Record& record,
                              RunNotes& notes) {
    notes.add_unread(input.quoted ? why : without_names(why), RunNotes::Place{input.file, record.line});
}

// What there is to say of an event that was read, after it has been matched.
void AlertWorker::note(uint32_t fired, const InputBlock& input, const Record& record, RunNotes& notes) {
    notes.add_opened(decoder_.opened());
    if (event_.source != job_.program.source)
        return note_unread({Unread::Kind::OtherSource, event_.source}, input, record, notes);
    const auto* misspelt = decoder_.misspelling(event_);
    if (misspelt)
        note_unread({Unread::Kind::MisspeltField, misspelt->name, misspelt->meant}, input, record, notes);
    bool read = fired > 0 || asked_.empty() || std::any_of(asked_.begin(), asked_.end(), [&](uint32_t slot) {
                    const Value& value = event_.values[slot];
                    return value.state != State::NotRecorded && !value.derived;
                });
    if (!read && !misspelt) note_unread(decoder_.why_unread(), input, record, notes);
    if (!read) return;
    note_type(input, record, notes);
    if (decoder_.time_is_unreadable()) note_unread({Unread::Kind::UnreadableTime, ""}, input, record, notes);
    // Rules that come after the last one that was asked for have no verdict.
    auto all = static_cast<uint32_t>(job_.program.rules.size());
    verdicts_.note(event_, fired == job_.limit && fired > 0 ? fired_[fired - 1] + 1 : all, scratch_, notes);
}

// A type that does not exist is a slip: no condition asks for it.
void AlertWorker::note_type(const InputBlock& input, const Record& record, RunNotes& notes) {
    if (event_.type != kAnyEventType || !job_.program.type_slot) return;
    const Value& type = event_.values[*job_.program.type_slot];
    const EventTypes& types = job_.schema.event_types();
    if (!type.present() || types.names().empty() || types.knows(type.text())) return;
    note_unread({Unread::Kind::UnknownEventType, std::string(type.text()), meant_type(type.text())}, input,
                record, notes);
}

// To look for it takes long, so that is done for the first types only.
const std::string& AlertWorker::meant_type(std::string_view type) {
    constexpr size_t kMost = 64;
    static const std::string kNone;
    auto known = meant_types_.find(type);
    if (known != meant_types_.end()) return known->second;
    if (meant_types_.size() == kMost) return kNone;
    return meant_types_.emplace(type, job_.schema.suggest_event_type(type)).first->second;
}

bool AlertWorker::print(const ProgramRule& rule, AlertBatch& out) {
    size_t begin = out.text.size();
    bool fits = false;
    switch (job_.form) {
        case AlertForm::Json: fits = renderer_.json(rule, event_, out.text); break;
        case AlertForm::Incident: fits = incidents_.report(rule, event_, out.text); break;
        default: fits = renderer_.text(rule, event_, out.text); break;
    }
    if (!fits) return false;
    if (job_.terminal && job_.form != AlertForm::Incident)  // which is lines, and harmless
        out.text.replace(begin, out.text.npos, printable(out.text.substr(begin)));
    out.end_alert();
    return true;
}

EventProblem AlertWorker::too_long(const ProgramRule& rule) const {
    return {EventProblem::Kind::LimitExceeded,
            fmt::format("the alert of rule '{}' on this event is too long: {} allowed", rule.name,
                        limit_text(Limit::AlertBytes, job_.alerts.largest)),
            "",
            limit_help(Limit::AlertBytes, job_.alerts.largest),
            0,
            1};
}

void AlertWorker::print_verdicts(uint32_t count, AlertBatch& out) const {
    out.text += fmt::format("{{\"event\":{},\"rules\":", event_.number);
    for (uint32_t i = 0; i < count; ++i) {
        out.text += i == 0 ? '[' : ',';
        append_json_string(job_.program.rules[fired_[i]].name, out.text);
    }
    out.text += "]}";
    out.end_alert();
}

}  // namespace stoop::cli
