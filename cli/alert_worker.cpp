#include "cli/alert_worker.h"

#include <fmt/format.h>

#include "runtime/alert/json_escape.h"
#include "runtime/base/printable.h"

namespace stoop::cli {

AlertWorker::AlertWorker(const AlertJob& job)
    : job_(job),
      decoder_(job.schema, job.plan, job.strict ? Check::AllFields : Check::AskedFields, job.limits),
      fired_(job.plan.rules.size() + 1),
      renderer_(job.plan, job.alerts),
      incidents_(job.plan, job.alerts) {}

void AlertWorker::run(const InputBlock& input, BlockResult& result) {
    result.fired.resize(job_.plan.rules.size());
    for (size_t i = 0; i < input.block.records.size(); ++i) {
        auto problem = decode_record(decoder_, input, i, true, event_);
        if (!problem) {
            ++result.events;
            if (event_.source == job_.plan.source) match(result);
            continue;
        }
        ++result.bad;
        if (result.problems.size() < kMostShown)
            result.problems.push_back(bad_event_text(*problem, input, input.block.records[i], job_.color));
        result.stop = job_.strict;
        if (result.stop) return;
    }
}

void AlertWorker::match(BlockResult& result) {
    uint32_t count =
        job_.matcher.engine(1).match(event_.values.data(), event_.type, scratch_, fired_.data(), job_.limit);
    if (count == 0) return;
    for (uint32_t i = 0; i < count; ++i) ++result.fired[fired_[i]];
    print(count, result.alerts);
}

void AlertWorker::print(uint32_t count, AlertBatch& out) {
    if (job_.form == AlertForm::Verdicts) return print_verdicts(count, out);
    for (uint32_t i = 0; i < count; ++i) {
        const PlanRule& rule = job_.plan.rules[fired_[i]];
        size_t begin = out.text.size();
        switch (job_.form) {
            case AlertForm::Json: renderer_.json(rule, event_, out.text); break;
            case AlertForm::Incident: incidents_.report(rule, event_, out.text); break;
            default: renderer_.text(rule, event_, out.text); break;
        }
        if (job_.terminal && job_.form != AlertForm::Incident)  // which is lines, and harmless
            out.text.replace(begin, out.text.npos, printable(out.text.substr(begin)));
        out.end_alert();
    }
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
