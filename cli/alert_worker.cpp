#include "cli/alert_worker.h"

#include <fmt/format.h>

#include "runtime/alert/json_escape.h"
#include "runtime/base/printable.h"

namespace stoop::cli {
namespace {

constexpr size_t kMostHeld = size_t{1} << 20;  // bytes of alerts

}  // namespace

AlertWorker::AlertWorker(const AlertJob& job)
    : job_(job),
      decoder_(job.schema, job.plan, job.strict ? Check::AllFields : Check::AskedFields, job.limits),
      fired_(job.plan.rules.size() + 1),
      renderer_(job.plan, job.alerts),
      incidents_(job.plan, job.alerts) {}

void AlertWorker::run(const InputBlock& input, BlockResult& result, const WriteAlerts& write_alerts) {
    result.fired.resize(job_.plan.rules.size());
    go_on_ = true;
    for (size_t i = 0; i < input.block.records.size(); ++i) {
        auto problem = decode_record(decoder_, input, i, true, event_);
        if (!problem && event_.source == job_.plan.source) problem = match(result, write_alerts);
        if (!go_on_) return;
        if (!problem) {
            ++result.events;
            continue;
        }
        ++result.bad;
        if (result.problems.size() < kMostShown)
            result.problems.push_back(bad_event_text(*problem, input, input.block.records[i], job_.color));
        result.stop = job_.strict;
        if (result.stop) return;
    }
}

// A problem is an alert that is too long; the others are there.
std::optional<EventProblem> AlertWorker::match(BlockResult& result, const WriteAlerts& write_alerts) {
    uint32_t count =
        job_.matcher.engine(1).match(event_.values.data(), event_.type, scratch_, fired_.data(), job_.limit);
    if (count == 0) return std::nullopt;
    AlertBatch& alerts = result.alerts;
    std::optional<EventProblem> problem;
    if (job_.form == AlertForm::Verdicts) {
        for (uint32_t i = 0; i < count; ++i) ++result.fired[fired_[i]];
        print_verdicts(count, alerts);
        if (alerts.text.size() >= kMostHeld) go_on_ = write_alerts();
        return problem;
    }
    for (uint32_t i = 0; i < count && go_on_; ++i) {
        const PlanRule& rule = job_.plan.rules[fired_[i]];
        if (!print(rule, alerts)) {
            if (!problem) problem = too_long(rule);
            continue;
        }
        ++result.fired[fired_[i]];
        if (alerts.text.size() >= kMostHeld) go_on_ = write_alerts();
    }
    return problem;
}

bool AlertWorker::print(const PlanRule& rule, AlertBatch& out) {
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

EventProblem AlertWorker::too_long(const PlanRule& rule) const {
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
        append_json_string(job_.plan.rules[fired_[i]].name, out.text);
    }
    out.text += "]}";
    out.end_alert();
}

}  // namespace stoop::cli
