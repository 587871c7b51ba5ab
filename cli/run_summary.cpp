// SPDX-License-Identifier: Apache-2.0
#include "cli/run_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/base/counted.h"
#include "runtime/base/limits.h"
#include "runtime/base/printable.h"

namespace stoop::cli {
namespace {

std::vector<size_t> rules_with_alerts(const RunSummary& summary) {
    std::vector<size_t> out;
    for (size_t rule = 0; rule < summary.by_rule.size(); ++rule)
        if (summary.by_rule[rule] > 0) out.push_back(rule);
    std::stable_sort(out.begin(), out.end(),
                     [&](size_t a, size_t b) { return summary.by_rule[a] > summary.by_rule[b]; });
    return out;
}

double rate(uint64_t events, double seconds) {
    return seconds > 0 ? static_cast<double>(events) / seconds : 0;
}

}  // namespace

std::string summary_text(const RunSummary& s, const PreparedProgram& program) {
    std::string out =
        format_printable("{}, {}, {}; {:.2f} s, {:.0f} events/s{}\n", counted(s.events, "event"),
                         counted(s.alerts, "alert"), counted(s.bad, "bad line"), s.seconds,
                         rate(s.events, s.seconds), s.stopped.empty() ? "" : "; stopped by " + s.stopped);
    if (const RegexMemory& regexes = program.regex_memory; regexes.limited)
        out += fmt::format("{} regular expressions share the memory of '--limit {}': {} bytes each\n",
                           regexes.expressions, limit_info(Limit::RegexMemory).name, regexes.each);
    for (size_t rule : rules_with_alerts(s))
        out += format_printable("{:>10}  {}\n", s.by_rule[rule], program.rules[rule].name);
    return out + s.notes.text(program);
}

std::string summary_json(const RunSummary& s, const PreparedProgram& program) {
    nlohmann::ordered_json rules = nlohmann::ordered_json::array();
    for (size_t rule : rules_with_alerts(s))
        rules.push_back({{"rule", program.rules[rule].name}, {"alerts", s.by_rule[rule]}});
    nlohmann::ordered_json out = {{"events", s.events},
                                  {"alerts", s.alerts},
                                  {"rules", std::move(rules)},
                                  {"bad_lines", s.bad},
                                  {"bytes", s.bytes},
                                  {"seconds", s.seconds},
                                  {"events_per_second", rate(s.events, s.seconds)},
                                  {"stopped", nullptr},
                                  {"regexes", nullptr}};
    if (!s.stopped.empty()) out["stopped"] = s.stopped;
    if (const RegexMemory& regexes = program.regex_memory; regexes.limited)
        out["regexes"] = {{"expressions", regexes.expressions}, {"bytes_each", regexes.each}};
    s.notes.add_to(out, program);
    return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace stoop::cli
